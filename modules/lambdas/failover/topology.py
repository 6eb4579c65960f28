"""The global database: who writes, who follows, and what is under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .errors import FailoverError

AVAILABLE = "available"
#: How a member's storage follows the writer's (RDS API reference, GlobalClusterMember).
CONNECTED, PENDING = "connected", "pending-resync"
#: Words of a global database's status while its writer moves (RDS API reference, FailoverState).
_MOVING = ("switching-over", "failing-over")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One region's cluster."""

    region: str
    cluster_arn: str
    writer: bool
    synchronization: str
    """`connected`, or `pending-resync` of an old primary that was failed over from."""
    status: str = ""
    """RDS's word; `unreadable: ...` when the region does not answer; empty when it was not asked."""
    engine_version: str = ""
    answered: bool = True
    """False when the region was asked and did not answer."""

    @property
    def cluster(self) -> str:
        """Return the cluster's identifier."""
        return self.cluster_arn.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A switchover or failover that was asked for and has not ended."""

    status: str
    to: str
    """Region."""
    loses: bool
    """It is a failover: data loss is allowed."""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """The global database as it is."""

    status: str
    change: Change | None
    members: tuple[Member, ...]

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when none or more than one says so."""
        regions = [member.region for member in self.members if member.writer]
        return regions[0] if len(regions) == 1 else ""

    @property
    def under_way(self) -> bool:
        """Say whether the writer is being moved."""
        return self.change is not None or self.status in _MOVING

    @property
    def settled(self) -> bool:
        """Say whether nothing is under way and every cluster is available."""
        clusters = all(member.status == AVAILABLE for member in self.members)
        return self.status == AVAILABLE and not self.under_way and clusters

    @property
    def writer_settled(self) -> bool:
        """Say whether the cluster that writes is available, and is not being moved away from."""
        return self.stays_in(self.writer) and self.member(self.writer).status == AVAILABLE

    def stays_in(self, region: str) -> bool:
        """Say whether a region writes and nothing moves the writer elsewhere."""
        return bool(region) and self.writer == region and (self.change is None or self.change.to == region)

    def has(self, region: str) -> bool:
        """Say whether a region has a member."""
        return any(member.region == region for member in self.members)

    def member(self, region: str) -> Member:
        """Return a region's member. FailoverError without one."""
        for member in self.members:
            if member.region == region:
                return member
        raise FailoverError(f"the global database has no member in {region}")

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "writer": self.writer,
            "status": self.status,
            "settled": self.settled,
            "writer_settled": self.writer_settled,
            "under_way": self.under_way,
            "changing_to": self.change.to if self.change else "",
            "unanswered": [member.region for member in self.members if not member.answered],
            "members": [_shown(member) for member in self.members],
        }


def _shown(member: Member) -> dict[str, Any]:
    shown = asdict(member)
    del shown["answered"]
    return shown


def described(configuration: Configuration, *, only: str = "") -> Topology:
    """Return what the global database says of itself; its members' regions are not asked.

    `only` is the one region to ask; else the standby, and the primary when that does not answer.
    FailoverError when none does.
    """
    refusals = []
    for region in (only,) if only else configuration.regions:
        try:
            answer = client("rds", region).describe_global_clusters(
                GlobalClusterIdentifier=configuration.global_cluster
            )
        except (BotoCoreError, ClientError) as error:
            refusals.append(f"rds:DescribeGlobalClusters in {region}: {error}")
        else:
            return topology_of(answer["GlobalClusters"][0])
    raise FailoverError("\n".join(refusals))


def read(configuration: Configuration, *, only: str = "") -> Topology:
    """Return the global database with the state of its clusters; with `only`, of that region's alone."""
    topology = described(configuration, only=only)
    asked: Collection[str] = (only,) if only else configuration.regions
    members = tuple(_asked(one) if one.region in asked else one for one in topology.members)
    return replace(topology, members=members)


def topology_of(cluster: Mapping[str, Any]) -> Topology:
    """Return the topology that DescribeGlobalClusters describes."""
    state = cluster.get("FailoverState") or {}
    change = Change(
        status=state.get("Status", ""),
        to=_region(state.get("ToDbClusterArn", "")),
        loses=bool(state.get("IsDataLossAllowed")),
    )
    members = tuple(
        Member(
            region=_region(member["DBClusterArn"]),
            cluster_arn=member["DBClusterArn"],
            writer=bool(member["IsWriter"]),
            synchronization=member.get("SynchronizationStatus", ""),
        )
        for member in cluster["GlobalClusterMembers"]
    )
    return Topology(status=cluster["Status"], change=change if state else None, members=members)


def _region(arn: str) -> str:
    return arn.split(":")[3] if arn else ""


def _asked(member: Member) -> Member:
    try:
        answer = client("rds", member.region).describe_db_clusters(DBClusterIdentifier=member.cluster_arn)
    except (BotoCoreError, ClientError) as error:
        said = f"unreadable: rds:DescribeDBClusters in {member.region}: {error}"
        return replace(member, status=said[:300], answered=False)
    cluster = answer["DBClusters"][0]
    return replace(member, status=str(cluster["Status"]), engine_version=str(cluster["EngineVersion"]))
