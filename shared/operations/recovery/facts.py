"""What stands of a platform with a standby, as plain values: what AWS was asked, without any judgement.

`home` is the region that the platform is at home in, `away` the one that takes over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.operations.common.facts import Alarm, Ended, Running

LAG_WINDOW = timedelta(minutes=10)
"""An older sample of the replication lag is none."""

#: Words of a global database's status while its writer moves (RDS API reference, FailoverState).
_MOVING = ("switching-over", "failing-over")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One region's cluster of the global database."""

    region: str
    cluster_arn: str
    writer: bool
    synchronization: str
    """`connected` or `pending-resync`; empty when RDS does not say, as it need not of the writer."""
    status: str
    """RDS's word; empty when its region does not say, or was left out."""
    engine_version: str
    """With its patch; empty when its region does not say, or was left out."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The global database."""

    status: str
    change: str
    """RDS's word for the switchover or failover that is under way; empty when none is."""
    members: tuple[Member, ...]
    to: str = ""
    """Region that the writer is being moved to; empty when it is not, or nobody says where."""
    loses: bool = False
    """Whether what is under way is a failover: a loss of data is allowed."""

    @property
    def changing(self) -> bool:
        """Return whether a switchover or failover is under way."""
        return bool(self.change) or self.status in _MOVING

    @property
    def under_way(self) -> str:
        """Return RDS's word for what is under way; empty when nothing is."""
        return self.change or (self.status if self.changing else "")

    def stays_in(self, region: str) -> bool:
        """Return whether a region writes, and nothing moves the writer elsewhere."""
        return self.writer == region and (not self.changing or self.to == region)

    def promotes(self, region: str) -> bool:
        """Return whether a failover to a region is under way."""
        return bool(self.change) and self.loses and self.to == region

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when none or more than one says so."""
        regions = [member.region for member in self.members if member.writer]
        return regions[0] if len(regions) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class Lag:
    """The newest sample of a cluster's replication lag (AuroraGlobalDBRPOLag, its maximum of a minute)."""

    milliseconds: float
    at: datetime
    """The beginning of the minute."""


@dataclass(frozen=True, kw_only=True)
class Pin:
    """What keeps the home region out of DNS."""

    pinned: bool
    since: datetime | None = None
    by: str = ""
    """What it says itself; empty when it does not."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What became of the intents."""

    drained: int = 0
    already_there: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """How far the last execution came, in its own words."""

    stage: str
    """`none`; `failing-over`, `switching-over`, `failing-back`; `failed-over`, `switched-over`,
    `failed-back`."""
    step: str = ""
    """State of the machine that was begun last."""
    execution: str = ""
    at: str = ""
    requested_by: str = ""
    reason: str = ""
    accept_data_loss: bool = False
    lag_ms: float | None = None
    lag_at: str = ""
    writer_before: str = ""
    traffic: str = ""
    """`pinned` or `not-pinned`."""
    writes: str = ""
    """Of the region that was left: `blocked`, `not-blocked`, `unknown` or `not-needed`."""
    drained: Drained | None = None


@dataclass(frozen=True, kw_only=True)
class Topology:
    """The platform at one moment. None stands for what could not be read."""

    home: str
    away: str
    looked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    lag_limit_ms: int = 0
    """`alarms.replication_lag_ms` of the settings: more, and no planned move begins."""
    left_out: str = ""
    """The region that was not asked anything; empty when both were."""
    database: Database | None = None
    lags: Mapping[str, Lag] = field(default_factory=dict)
    """Region -> newest sample there; only a cluster that does not write has one."""
    pin: Pin | None = None
    checkpoint: Checkpoint | None = None
    executions_read: bool = False
    """Whether `running` and `ended` say something when they are None."""
    running: Running | None = None
    ended: Ended | None = None
    """The last execution that has ended."""
    alarms: tuple[Alarm, ...] = ()
    waiting: int | None = None
    """Payment intents that wait for the database, as the standby's table has them."""
    unreachable: Mapping[str, str] = field(default_factory=dict)
    """`SERVICE in REGION` -> why it did not answer."""
    unread: tuple[str, ...] = ()
    """What AWS refused to say, or said in a way that nobody understands."""

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when nobody knows."""
        return self.database.writer if self.database else ""

    @property
    def changing(self) -> bool:
        """Return whether the writer is being moved."""
        return bool(self.database and self.database.changing)

    def stays_in(self, region: str) -> bool:
        """Return whether a region certainly writes, and nothing moves the writer elsewhere."""
        return bool(self.database and self.database.stays_in(region))

    @property
    def stage(self) -> str:
        """Return the checkpoint's stage; empty when it could not be read."""
        return self.checkpoint.stage if self.checkpoint else ""

    @property
    def pinned(self) -> bool | None:
        """Return whether the home region is kept out of DNS; None when nobody knows."""
        return self.pin.pinned if self.pin else None

    def member(self, region: str) -> Member | None:
        """Return the region's member of the global database."""
        members = self.database.members if self.database else ()
        return next((member for member in members if member.region == region), None)

    def silent(self, region: str) -> tuple[str, ...]:
        """Return what does not answer in a region, each with why."""
        return tuple(
            f"{place} does not answer: {why}"
            for place, why in self.unreachable.items()
            if place.endswith(f" in {region}")
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values (times: ISO 8601 by `default=str`)."""
        return asdict(self) | {"writer": self.writer, "changing": self.changing, "pinned": self.pinned}
