"""The function `gate`: looks, judges, answers. It changes nothing, so it may always be asked again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from . import configuration as configurations
from .errors import GateError
from .question import parse
from .readings import look
from .verdicts import PASS, Measurement, fails_in, judge, overall

#: The answer travels through the state machine's variables and messages, which are small.
_MOST_REASONS = 20
_LONGEST_REASON = 250


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the verdict with its reasons and measurements.

    Raises GateError for an event that asks for something else, and with every call that failed.
    """
    configuration = configurations.read(os.environ["CONFIG"])
    question = parse(event, (configuration.source, configuration.target))
    measurements = judge(configuration, question, look(configuration, question, datetime.now(UTC)))
    # Where the traffic has left the source, a source that is ill is no place to go back to.
    return answer(measurements, spared=configuration.source if question.phase else "")


def answer(measurements: Sequence[Measurement], *, spared: str = "") -> dict[str, Any]:
    """Return the measurements as the state machine reads them; GateError when one has no verdict.

    What fails in the region `spared` alone is inconclusive: a person decides.
    """
    failed = [one.reason for one in measurements if one.failed_call and not one.dry_run]
    if failed:
        raise GateError([_cut(reason) for reason in failed])
    return {
        "verdict": overall(measurements, spared=spared),
        "source_ill": bool(spared) and fails_in(measurements, spared),
        "reasons": _reasons(measurements),
        "measurements": [_shown(one) for one in measurements],
    }


def _reasons(measurements: Sequence[Measurement]) -> list[str]:
    """Return why it is not a pass, what counts first."""
    against = sorted((one for one in measurements if one.verdict != PASS), key=lambda one: one.dry_run)
    said = [f"{_cut(one.reason)}{' (dry run: no effect)' if one.dry_run else ''}" for one in against]
    return said[:_MOST_REASONS]


def _shown(measurement: Measurement) -> dict[str, Any]:
    shown = asdict(measurement)
    del shown["failed_call"]
    return {**shown, "reason": _cut(measurement.reason)}


def _cut(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 3]}..."
