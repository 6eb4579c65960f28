"""What stands, as plain values: what AWS was asked, without any judgement."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from shared.operations.common.facts import Alarm, Ended, Running

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL = 100
"""All of the traffic, in per cent."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights of the two records."""

    source: int
    target: int

    @property
    def share(self) -> float | None:
        """Return the target's share in per cent; None when both weights are 0."""
        whole = self.source + self.target
        return FULL * self.target / whole if whole else None

    def __str__(self) -> str:
        """Return them as people say them: `75 to 25`."""
        return f"{self.source} to {self.target}"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One region's cluster of the global database."""

    region: str
    cluster_arn: str
    writer: bool
    status: str
    """RDS's word; empty when its region does not say."""
    engine_version: str
    """With its patch; empty when its region does not say."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The global database."""

    status: str
    changing: bool
    """A switchover or failover is under way."""
    members: tuple[Member, ...]

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when none or more than one says so."""
        regions = [member.region for member in self.members if member.writer]
        return regions[0] if len(regions) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Targets of one region's load balancer."""

    region: str
    healthy: int
    registered: int


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """How far the last execution came, in its own words."""

    stage: str
    execution: str = ""
    found_weights: Weights | None = None
    """What a rollback returns to."""
    found_writer: str = ""
    weights: Weights | None = None
    phase: int = 0
    """Share in per cent that was asked for last."""
    reason: str = ""
    at: str = ""

    @property
    def expected(self) -> tuple[Weights, ...]:
        """Return the weights that can be in place when the execution died here; none: any."""
        begun = self.stage == "shifting" and Weights(source=FULL - self.phase, target=self.phase)
        back = self.stage in {"rolling-back", "rolled-back"} and self.found_weights
        return tuple(dict.fromkeys(one for one in (self.weights, begun, back) if one))


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person is asked, and now."""

    kind: str
    """`phase`, `inconclusive` or `switchover`."""
    phase: int
    reasons: tuple[str, ...]
    asked_at: str
    token: str = field(repr=False)
    """Whoever has it can answer: it is shown nowhere."""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """The platform at one moment. None stands for what could not be read."""

    source: str
    target: str
    weights: Weights | None = None
    propagation: str = "asked for"
    """`in sync` when Route 53 says so of the last change; `pending`; `asked for` when nobody knows."""
    database: Database | None = None
    source_member: bool = True
    """The source's cluster is still in the global database, or nobody can tell."""
    lag_ms: float | None = None
    """Latest replication lag in the region that does not write, in milliseconds."""
    alarms: tuple[Alarm, ...] = ()
    targets: tuple[Targets, ...] = ()
    paused: tuple[str, ...] = ()
    """Regions whose load balancer answers writes with 503."""
    checkpoint: Checkpoint | None = None
    executions_read: bool = False
    """Whether `running` and `ended` say something when they are None."""
    running: Running | None = None
    ended: Ended | None = None
    """The last execution that has ended."""
    question: Question | None = None
    unreachable: Mapping[str, str] = field(default_factory=dict)
    """Region, or `Route 53` -> why it did not answer."""
    unread: tuple[str, ...] = ()
    """What AWS refused to say, or said in a way that nobody understands."""

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when nobody knows."""
        return self.database.writer if self.database else ""

    @property
    def share(self) -> float | None:
        """Return the target's share of the traffic in per cent; None when nobody knows."""
        return self.weights.share if self.weights else None

    @property
    def stage(self) -> str:
        """Return the checkpoint's stage; empty when it could not be read."""
        return self.checkpoint.stage if self.checkpoint else ""

    @property
    def counting(self) -> tuple[Alarm, ...]:
        """Return the alarms that the gate goes by: the lag has data only where nobody writes."""
        return tuple(
            alarm for alarm in self.alarms if alarm.measures == "healthy hosts" or alarm.region != self.writer
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything but the question's token, as JSON values (times: ISO 8601 by `default=str`)."""
        document = asdict(self) | {"writer": self.writer, "share": self.share}
        if document["question"]:
            del document["question"]["token"]
        if document["ended"]:
            # what it says is in its outcome, and in the history
            del document["ended"]["output"]
        return document
