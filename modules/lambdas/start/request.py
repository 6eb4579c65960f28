"""The input of an execution: what somebody asked for, checked and filled up with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .checks import Check, boolean, list_of, one_of, phases, shares, text, unknown, whole

#: What the gate measures; the same names are in the gate's verdicts.
METRICS = ("alarms", "replication_lag", "healthy_targets", "error_rate")
_DAY = 86_400
_YEAR = 31_536_000  # no execution of a standard state machine lasts longer (Step Functions quotas)
_HOUR = 3_600
#: Each tolerated look costs events of the execution's history, which ends at 25,000 (Step Functions
#: quotas): an execution that ends there can neither go on nor roll back.
_MOST_TOLERATED = 100

_LIMITS: Mapping[str, Check] = {
    name: whole(0, _MOST_TOLERATED) for name in ("failure", "inconclusive", "consecutive_error")
}
_CHECKS: Mapping[str, Check] = {
    "action": one_of("migrate", "rollback", "switchover"),
    "phases": phases,
    "bake_seconds": whole(0, _DAY),
    "approve_phases": shares,
    "switchover": boolean,
    "approval_timeout_seconds": whole(1, _YEAR),
    "drain_seconds": whole(0, _HOUR),
    "settle_seconds": whole(0, _HOUR),
    "retry_seconds": whole(0, _HOUR),
    "dry_run_metrics": list_of(one_of(*METRICS)),
    "requested_by": text(256),
    "reason": text(500),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What an execution is asked to do; the meaning and units are the input's."""

    action: str
    phases: tuple[int, ...]
    """Share of the target in per cent after each phase; rises."""
    bake_seconds: int
    approve_phases: tuple[int, ...]
    """Shares that are not passed or reached without asking a person."""
    switchover: bool
    approval_timeout_seconds: int
    drain_seconds: int
    settle_seconds: int
    limits: Mapping[str, int]
    retry_seconds: int
    dry_run_metrics: tuple[str, ...]
    requested_by: str
    reason: str


def parse(document: Any, defaults: Mapping[str, Any]) -> tuple[Request | None, list[str]]:
    """Return the request, or None with every reason why the input is none."""
    if not isinstance(document, dict):
        return None, [f"the input is not an object: {document!r}"]
    known = [field.name for field in fields(Request)]
    problems = unknown(document, known)
    merged: dict[str, Any] = {"requested_by": "", "reason": ""}
    merged |= {key: value for key, value in {**defaults, **document}.items() if key in known}
    if "action" not in document:  # nothing moves because somebody said nothing
        merged.pop("action", None)
    limits = _limits(document, defaults, problems)
    for key, check in _CHECKS.items():
        if key not in merged:
            problems.append(f"{key}: it is missing, and there is no default")
        elif wrong := check(merged[key]):
            problems.append(f"{key}{'' if key in document else ' (the default)'}: {wrong}")
    if problems:
        return None, problems
    lists = {key: tuple(value) for key, value in merged.items() if isinstance(value, list)}
    return Request(**{**merged, **lists, "limits": limits}), []


def _limits(document: Mapping[str, Any], defaults: Mapping[str, Any], problems: list[str]) -> dict[str, int]:
    """Return the limits, each the input's or the default; add what is wrong to `problems`."""
    given = document.get("limits", {})
    if not isinstance(given, dict):
        problems.append(f"limits: {given!r} is not an object")
        return {}
    problems += unknown(given, _LIMITS, where="limits.")
    merged: dict[str, Any] = {**defaults.get("limits", {}), **given}
    for key, check in _LIMITS.items():
        if key not in merged:
            problems.append(f"limits.{key}: it is missing, and there is no default")
        elif wrong := check(merged[key]):
            problems.append(f"limits.{key}{'' if key in given else ' (the default)'}: {wrong}")
    return {key: merged[key] for key in _LIMITS if key in merged}
