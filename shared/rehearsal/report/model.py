"""What a rehearsal found, as plain values: JSON in and out, nothing of how it is shown.

All times of samples and events are seconds since their chapter began; a chapter's own beginning is in
seconds since the rehearsal began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.errors import Problem, UserError


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The platform at one look."""

    seconds: float
    weights: Mapping[str, int] | None
    """`source` and `target`, as Route 53 held them, or 100 for the one that DNS answered with; None when
    nobody said."""
    writer: str
    """Region that writes; empty when nobody knows."""
    lag_ms: float | None
    """Replication lag, in milliseconds; None when there was no data."""
    alarms: Mapping[str, str]
    """Region and name -> CloudWatch's word: `eu-west-1 alarm-healthy-hosts-abc123` -> `OK`."""
    state: str
    """Where the state machine was; empty when none ran."""
    paused: tuple[str, ...] = ()
    """Regions whose load balancer refused writes."""
    lost: tuple[str, ...] = ()
    """Regions that did not answer."""
    pinned: bool | None = None
    """Whether the source was kept out of DNS; None when nobody knows, or there is no such thing."""
    waiting: int | None = None
    """Payment intents that waited for the database; None when nobody knows, or there is no such thing."""
    paid_a_second: float | None = None
    """Payments that were acknowledged since the last look; None when nobody counted."""
    slowest_ms: float | None = None
    """The longest that one of them took, in milliseconds."""

    @property
    def share(self) -> float | None:
        """Return the target's part of the traffic, 0 to 1; None when it is not known or nobody has any."""
        whole = sum(self.weights.values()) if self.weights else 0
        return self.weights.get("target", 0) / whole if self.weights and whole else None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, or that somebody was told: `phase-passed`, `rolling-back`, a fault."""

    seconds: float
    name: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something that has to be so, and whether it was."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class Number:
    """Something that was measured or counted."""

    name: str
    value: str
    """With its unit: `31.4 s`, `0`."""
    detail: str = ""
    """What it is to be compared with, or how it was found."""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One migration, one rollback, one failover or one fault."""

    title: str
    began: float
    """Seconds since the rehearsal began."""
    seconds: float
    samples: tuple[Sample, ...]
    events: tuple[Event, ...]
    checks: tuple[Check, ...]
    outcome: str
    """How it ended, in the operation's word: `moved`, `MigrationRolledBack`."""
    numbers: tuple[Number, ...] = ()

    @property
    def length(self) -> float:
        """Return the seconds that its drawing spans: nothing that was seen lies outside, and never 0."""
        return (
            max(self.seconds, 0.0, *(s.seconds for s in self.samples), *(e.seconds for e in self.events))
            or 1.0
        )

    @property
    def failed(self) -> tuple[Check, ...]:
        """Return what was not as it has to be."""
        return tuple(check for check in self.checks if not check.passed)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the rehearsal and its wall time."""

    title: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class StackLine:
    """What became of one stack."""

    address: str
    resources: int
    result: str
    """The engine's word: `applied`, `failed`."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole rehearsal."""

    environment: str
    suffix: str
    source: str
    """Region that is left, or lost."""
    target: str
    began_at: str
    """ISO 8601."""
    seconds: float
    passed: bool
    failure: str
    """Why it did not pass, for people; empty when it did."""
    parts: tuple[Part, ...]
    stacks: tuple[StackLine, ...]
    chapters: tuple[Chapter, ...]
    refusals: tuple[str, ...]
    """What was asked for on purpose and refused, as it has to be."""
    cannot_prove: tuple[str, ...]
    """What only AWS itself can show."""
    scaled: str
    """A sentence on how much faster than in AWS time passes."""
    system: str = "region-migration"
    """Says in which words the report is written."""

    def __post_init__(self) -> None:
        """Refuse a beginning that is no time (ValueError)."""
        datetime.fromisoformat(self.began_at)

    @property
    def succeeded(self) -> bool:
        """Return whether it passed and no check says otherwise."""
        return self.passed and not any(chapter.failed for chapter in self.chapters)

    def moment(self, seconds: float) -> datetime:
        """Return the time of day so many seconds after it began."""
        return datetime.fromisoformat(self.began_at) + timedelta(seconds=seconds)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        document: dict[str, Any] = _REPORT.dump_python(self, mode="json")
        return document

    @classmethod
    def from_json(cls, document: Any) -> Report:
        """Return what `as_json` gave; keys that it does not know are left out.

        Raises UserError with everything that is wrong with the document.
        """
        try:
            return _REPORT.validate_python(document)
        except ValidationError as error:
            raise UserError([_problem(*each["loc"], says=each["msg"]) for each in error.errors()]) from None


_REPORT = TypeAdapter(Report)


def _problem(*place: str | int, says: str) -> Problem:
    return Problem(what=says, where=".".join(str(part) for part in place) or "report")
