"""What an operator asks of an execution: its input, and what is wrong with it.

The function `start` looks at it once more and refuses the same; here it is refused before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from shared.errors import Problem

METRICS = ("alarms", "replication_lag", "healthy_targets", "error_rate")
LIMITS = ("failure", "inconclusive", "consecutive_error")
_LEAST, _MOST = 1, 100
_DAY = 86_400
_TOLERATED = 100
_LONGEST_REASON = 500
_Value = TypeVar("_Value")


@dataclass(frozen=True, kw_only=True)
class Request:
    """The input of an execution; what is None is the environment's setting."""

    phases: tuple[int, ...] | None = None
    """Share of the target in per cent after each phase; rises."""
    bake_seconds: int | None = None
    """Wait after each phase before the gate looks at it."""
    approve_phases: tuple[int, ...] | None = None
    """Shares that are not reached without asking a person."""
    switchover: bool = True
    """Go on to the database after the last phase, if that is 100 %."""
    dry_run_metrics: tuple[str, ...] | None = None
    """Measured and reported, without effect."""
    limits: Mapping[str, int] | None = None
    """`failure`, `inconclusive`, `consecutive_error`: how many a phase survives."""
    approval_timeout_seconds: int | None = None
    drain_seconds: int | None = None
    settle_seconds: int | None = None
    retry_seconds: int | None = None
    reason: str = ""

    def document(self, action: str, by: str) -> dict[str, Any]:
        """Return the input that asks for `action` (`migrate`, `rollback`, `switchover`)."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        if self.switchover:
            del said["switchover"]
        return {"action": action, **said, "requested_by": by}

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with it, under the names of the command's options."""
        looks: tuple[tuple[str, Any, Callable[[Any], list[str]]], ...] = (
            ("--phases", self.phases, _phases),
            ("--bake", self.bake_seconds, _between(0, _DAY, "seconds")),
            ("--approve-phases", self.approve_phases, _shares),
            ("--dry-run-metrics", self.dry_run_metrics, _known(METRICS)),
            ("--limits", self.limits, _limits),
            ("--reason", len(self.reason), _between(0, _LONGEST_REASON, "characters")),
        )
        return [
            Problem(where=where, what=what)
            for where, value, look in looks
            if value is not None
            for what in look(value)
        ]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The options of `invoke migrate.start`, as they were typed."""

    phases: str | None = None
    bake: str | None = None
    approve_phases: str | None = None
    switchover: bool = True
    dry_run_metrics: str | None = None
    limits: str | None = None
    reason: str = ""

    def request(self) -> tuple[Request, list[Problem]]:
        """Return what is asked for, and everything that is wrong with what was typed."""
        reading = _Reading()
        request = Request(
            phases=reading.read("--phases", self.phases, _numbers, "25,50,75,100"),
            bake_seconds=reading.read("--bake", self.bake, int, "seconds: 300"),
            approve_phases=reading.read("--approve-phases", self.approve_phases, _numbers, "75,100"),
            switchover=self.switchover,
            dry_run_metrics=reading.read("--dry-run-metrics", self.dry_run_metrics, _words, "error_rate"),
            limits=reading.read("--limits", self.limits, _pairs, "failure=1,inconclusive=2"),
            reason=self.reason,
        )
        return request, [*reading.problems, *request.problems()]


@dataclass
class _Reading:
    problems: list[Problem] = field(default_factory=list)

    def read(
        self, where: str, text: str | None, convert: Callable[[str], _Value], example: str
    ) -> _Value | None:
        """Return the value of a text; None, and a problem, when it has none."""
        if text is None:
            return None
        try:
            return convert(text)
        except ValueError:
            self.problems.append(
                Problem(where=where, what=f"{text!r} cannot be read", remedy=f"as in: {example}")
            )
            return None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, _words(text)))


def _pairs(text: str) -> dict[str, int]:
    return {name: int(number) for name, number in (word.split("=") for word in _words(text))}


def _between(least: int, most: int, unit: str) -> Callable[[int], list[str]]:
    def look(value: int) -> list[str]:
        return [] if least <= value <= most else [f"{value} is not from {least} to {most} {unit}"]

    return look


def _shares(values: tuple[int, ...]) -> list[str]:
    return [what for value in values for what in _between(_LEAST, _MOST, "per cent")(value)]


def _phases(values: tuple[int, ...]) -> list[str]:
    falls = [
        f"the phases have to rise, but {after} comes after {before}"
        for before, after in pairwise(values)
        if after <= before
    ]
    return _shares(values) + falls + ([] if values else ["there is no phase"])


def _known(names: tuple[str, ...]) -> Callable[[tuple[str, ...]], list[str]]:
    def look(values: tuple[str, ...]) -> list[str]:
        return [f"there is no {value!r}: {', '.join(names)}" for value in values if value not in names]

    return look


def _limits(values: Mapping[str, int]) -> list[str]:
    tolerated = _between(0, _TOLERATED, "times")
    return _known(LIMITS)(tuple(values)) + [what for value in values.values() for what in tolerated(value)]
