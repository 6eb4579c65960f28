"""Where a cutover stands, as plain values: what AWS and the databases were asked, without judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

ON_PREMISES, AURORA = "on_premises", "aurora"
"""The two databases, as the weights of the write name are told apart."""
SIDES = (ON_PREMISES, AURORA)
WORDS = {ON_PREMISES: "the source", AURORA: "Aurora"}
LEADS_ON_PREMISES: Mapping[str, int] = {ON_PREMISES: 100, AURORA: 0}
LEADS_TO_AURORA: Mapping[str, int] = {ON_PREMISES: 0, AURORA: 100}


@dataclass(frozen=True, kw_only=True)
class Note:
    """The parameter `/migration/SUFFIX/state`, in the version that was read."""

    stage: str
    step: str
    at: datetime | None
    """When it was written; None for the first one, which Terraform wrote."""
    by: str
    version: int
    kept: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole document."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A replication task of DMS's."""

    status: str
    """As DMS says it: `ready`, `starting`, `running`, `stopping`, `stopped`, `failed`; `missing`."""
    stop_reason: str = ""
    failure: str = ""
    percent: int = 0
    """Of the full load."""
    errored: int = 0
    """Tables with errors."""
    begun: bool = False
    """It ran before."""
    resumed: bool = False
    """It was started again after the full load: the task stops itself then once, for indexes to be made."""

    @property
    def running(self) -> bool:
        """Return whether it runs, or is about to."""
        return self.status in {"running", "starting", "resuming"}


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the forward task."""

    name: str
    state: str
    validation: str
    pending: int
    failed: int
    suspended: int

    @property
    def valid(self) -> bool:
        """Return whether it is loaded, and every row of it was compared and found equal."""
        left = self.pending or self.failed or self.suspended
        return self.state == "Table completed" and self.validation == "Validated" and not left


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Whether applications can write into a database."""

    read_only: bool
    """Sessions are read-only by default."""
    connect: tuple[str, ...]
    """Roles that may connect, beside DMS's and the operator's; `PUBLIC` is everybody."""
    sessions: int
    """Sessions of others."""

    @property
    def frozen(self) -> bool:
        """Return whether nobody writes, and nobody can begin to."""
        return self.read_only and not self.connect and not self.sessions

    @property
    def open(self) -> bool:
        """Return whether nothing of a freeze is left."""
        return not self.read_only


@dataclass(frozen=True, kw_only=True)
class Lag:
    """Latencies of the forward task, source and target together."""

    worst_seconds: float
    """Sum of the worst values of the window."""
    samples: int
    """Minutes that have a value for both."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """Everything that an operation decides by. What is None could not be seen."""

    looked_at: datetime
    note: Note | None
    weights: Mapping[str, int] | None
    """Side -> weight of the write name."""
    forward: Task | None
    reverse: Task | None
    tables: tuple[Table, ...] = ()
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """Side -> its gate; a side that does not answer is absent."""
    lag: Lag | None = None
    unreachable: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def running(self) -> None:
        """Return the execution that runs: a cutover has none."""
        return None

    @property
    def stage(self) -> str:
        """Return the noted stage; empty when it could not be read."""
        return self.note.stage if self.note else ""

    @property
    def leads_to(self) -> str:
        """Return the side that the write name leads to; empty when it is not exactly one."""
        if self.weights == LEADS_ON_PREMISES:
            return ON_PREMISES
        return AURORA if self.weights == LEADS_TO_AURORA else ""

    @property
    def valid_tables(self) -> int:
        """Return how many tables are valid."""
        return sum(table.valid for table in self.tables)

    def age_of_note(self) -> float:
        """Return the seconds since the note was written; 0 when it does not say."""
        if self.note is None or self.note.at is None:
            return 0.0
        return (self.looked_at - self.note.at.astimezone(UTC)).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values (times: ISO 8601 by `default=str`)."""
        return asdict(self) | {"stage": self.stage, "leads_to": self.leads_to}
