"""The global database: where it writes, and the switchover to the other region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .errors import WriterError, calling

_AVAILABLE = "available"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One region's cluster."""

    region: str
    cluster_arn: str
    writer: bool
    status: str
    """RDS's word, or `unreadable: ...` when its region does not answer."""


@dataclass(frozen=True, kw_only=True)
class State:
    """The global database as it is."""

    status: str
    changing: bool
    """A switchover or failover is under way or pending."""
    members: tuple[Member, ...]

    @property
    def writer(self) -> str:
        """Return the region that writes; empty when none or more than one says so."""
        regions = [member.region for member in self.members if member.writer]
        return regions[0] if len(regions) == 1 else ""

    @property
    def settled(self) -> bool:
        """Say whether nothing is under way and every cluster is available."""
        clusters = all(member.status == _AVAILABLE for member in self.members)
        return self.status == _AVAILABLE and not self.changing and clusters

    @property
    def writer_settled(self) -> bool:
        """Say whether nothing is under way and the cluster that writes is available: it takes writes."""
        writers = [member.status for member in self.members if member.writer]
        return not self.under_way and writers == [_AVAILABLE]

    @property
    def under_way(self) -> bool:
        """Say whether the global database is being changed: another change would be refused."""
        return self.changing or self.status != _AVAILABLE


def observe(configuration: Configuration) -> dict[str, Any]:
    """Return where the database writes and whether it is settled. WriterError when no region says it."""
    cluster = _global_cluster(configuration)
    arns = [member["DBClusterArn"] for member in cluster["GlobalClusterMembers"]]
    state = state_of(cluster, {arn: _cluster_status(arn) for arn in arns})
    return {
        "writer": state.writer,
        "status": state.status,
        "settled": state.settled,
        "writer_settled": state.writer_settled,
        "members": [asdict(member) for member in state.members],
    }


def switch(configuration: Configuration, to: str) -> dict[str, Any]:
    """Ask for the switchover to a region, unless it writes there or a change is under way already.

    It is sent to the region of the present writer: RDS takes it nowhere else ("Using switchover or
    failover in Amazon Aurora Global Database"). Raises WriterError when it cannot be asked for.
    """
    if to not in configuration.regions:
        raise WriterError(f"to is {to!r}, which is none of {', '.join(configuration.regions)}")
    state = state_of(_global_cluster(configuration), {})
    if state.writer == to or state.under_way:
        return {"asked": False, "writer": state.writer}
    arn = configuration.regions[to].cluster_arn
    if not state.writer:
        raise WriterError(f"{configuration.global_cluster} has not exactly one writer")
    if arn not in [member.cluster_arn for member in state.members]:
        raise WriterError(f"{arn} is no member of {configuration.global_cluster}")
    try:
        calling(
            "rds:SwitchoverGlobalCluster",
            state.writer,
            lambda: client("rds", state.writer).switchover_global_cluster(
                GlobalClusterIdentifier=configuration.global_cluster, TargetDbClusterIdentifier=arn
            ),
        )
    except WriterError:
        # Taken, though its answer got lost: the repeated call is refused then.
        if not state_of(_global_cluster(configuration), {}).under_way:
            raise
    return {"asked": True, "writer": state.writer}


def state_of(cluster: Mapping[str, Any], statuses: Mapping[str, str]) -> State:
    """Return the state; `statuses` is ARN -> status of the member clusters that were asked."""
    members = tuple(
        Member(
            region=_region(member["DBClusterArn"]),
            cluster_arn=member["DBClusterArn"],
            writer=bool(member["IsWriter"]),
            status=statuses.get(member["DBClusterArn"], ""),
        )
        for member in cluster["GlobalClusterMembers"]
    )
    return State(status=cluster["Status"], changing=bool(cluster.get("FailoverState")), members=members)


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _global_cluster(configuration: Configuration) -> dict[str, Any]:
    """Return the global cluster from the first region that answers: one of them may be lost."""
    refusals = []
    for region in configuration.regions:
        try:
            answer = client("rds", region).describe_global_clusters(
                GlobalClusterIdentifier=configuration.global_cluster
            )
        except (BotoCoreError, ClientError) as error:
            refusals.append(f"rds:DescribeGlobalClusters in {region}: {error}")
        else:
            return dict(answer["GlobalClusters"][0])
    raise WriterError("\n".join(refusals))


def _cluster_status(arn: str) -> str:
    try:
        answer = client("rds", _region(arn)).describe_db_clusters(DBClusterIdentifier=arn)
    except (BotoCoreError, ClientError) as error:
        return f"unreadable: {error}"[:200]
    return str(answer["DBClusters"][0]["Status"])
