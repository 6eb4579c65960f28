"""What stands of a state machine and of alarms, as plain values, whatever the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One of the alarms of the platform."""

    region: str
    name: str
    state: str
    """`OK`, `ALARM`, `INSUFFICIENT_DATA`; `missing` when there is no such alarm."""
    measures: str
    """What it measures, in words: `healthy hosts`, `replication lag`."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """The execution that runs."""

    arn: str
    name: str
    state: str
    """Name of the state that it is in; empty before the first."""
    since: datetime
    """When it entered that state."""
    waits: bool
    """It waits for an answer."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An execution that has ended."""

    arn: str
    name: str
    status: str
    """`SUCCEEDED`, `FAILED`, `ABORTED` or `TIMED_OUT`."""
    outcome: str = ""
    """The word for how it ended; empty unless it succeeded."""
    error: str = ""
    cause: str = ""
    at: datetime | None = None
    output: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All that it says of its end, `outcome` included; empty unless it succeeded."""


class Seen(Protocol):
    """A system at one moment, as its operations see it."""

    @property
    def running(self) -> Running | None:
        """Return the execution that runs."""

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""


SeenT = TypeVar("SeenT", bound=Seen)
