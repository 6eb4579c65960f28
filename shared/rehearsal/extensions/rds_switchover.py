"""RDS global clusters: the writer moves, which takes its time and is seen while it happens.

moto 5.2.5 has no SwitchoverGlobalCluster. (FailoverGlobalCluster is in `rds_failover`.)

AWS: API reference of it and of FailoverState; "Performing switchovers for Amazon Aurora global databases"
(sent to the primary's region; needs healthy members of equal engine versions). How long it takes here is
the server's option `--switchover-seconds`; a region that is lost meanwhile cancels it.
"""

from __future__ import annotations

from dataclasses import dataclass

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster, GlobalCluster
from moto.rds.responses import RDSResponse

from shared.rehearsal.extensions import writer_changes
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.outages import OUTAGES
from shared.rehearsal.extensions.rds_events import record
from shared.rehearsal.extensions.rds_global import check_settled, find_global_cluster, find_member
from shared.rehearsal.extensions.writer_changes import later

SWITCHING_OVER, FAILING_OVER = "switching-over", "failing-over"


@dataclass(frozen=True, kw_only=True)
class FailoverState:
    """The structure of that name; moto reads the attributes."""

    status: str
    from_db_cluster_arn: str
    to_db_cluster_arn: str
    is_data_loss_allowed: bool


def install() -> None:
    """Add the action, and what says how long it takes."""
    writer_changes.install()
    RDSResponse.switchover_global_cluster = switchover_global_cluster


def switchover_global_cluster(self: RDSResponse) -> ActionResult:
    """Move the writer without loss: from the primary's region, between healthy members of one version."""
    cluster = find_global_cluster(self)
    check_settled(cluster)
    target = find_member(cluster, self.params["TargetDbClusterIdentifier"])
    writer = writer_of(cluster)
    if target is writer:
        raise Fault("InvalidDBClusterStateFault", f"{target.db_cluster_arn} is the primary already")
    if self.region != writer.region:
        raise Fault(
            "InvalidGlobalClusterStateFault",
            f"The switchover must be sent to the primary's Region, {writer.region}, not to {self.region}",
        )
    check_versions(target, writer)
    for member in cluster.members:
        if member.status != "available" or OUTAGES.dead(member.region):
            raise Fault(
                "InvalidDBClusterStateFault",
                f"{member.db_cluster_arn} is not available: a switchover needs healthy members",
            )
    begin(cluster, target, SWITCHING_OVER)
    record("RDS-EVENT-0181", about=target, at=writer)
    later(_finish, cluster, target, writer)
    return ActionResult({"GlobalCluster": cluster})


def writer_of(cluster: GlobalCluster) -> DBCluster:
    """Return the member that writes."""
    return next(member for member in cluster.members if member.is_writer)


def check_versions(target: DBCluster, writer: DBCluster) -> None:
    """Refuse members of different versions: InvalidDBClusterStateFault."""
    if target.engine_version != writer.engine_version:
        raise Fault(
            "InvalidDBClusterStateFault",
            f"{target.engine_version} and {writer.engine_version}: the writer needs equal engine versions",
        )


def begin(cluster: GlobalCluster, target: DBCluster, status: str) -> None:
    """Show a change of the writer as under way."""
    cluster.failover_state = FailoverState(
        status=status,
        from_db_cluster_arn=writer_of(cluster).db_cluster_arn,
        to_db_cluster_arn=target.db_cluster_arn,
        is_data_loss_allowed=status == FAILING_OVER,
    )
    for one in (cluster, *cluster.members):
        one.status = status


def _finish(cluster: GlobalCluster, target: DBCluster, old: DBCluster) -> None:
    if any(OUTAGES.dead(member.region) for member in cluster.members):
        record("RDS-EVENT-0186", about=target)
        settle(cluster)
        return
    promote(cluster, target)
    record("RDS-EVENT-0182", about=old)
    for number in ("RDS-EVENT-0184", "RDS-EVENT-0185", "RDS-EVENT-0397"):
        record(number, about=target)


def promote(cluster: GlobalCluster, target: DBCluster, *, behind: DBCluster | None = None) -> None:
    """Let one member write, and all others follow it; one that is behind is not available yet."""
    for member in cluster.members:
        member.is_writer = member is target
        member.replication_source_identifier = None if member is target else target.db_cluster_arn
        for instance in member._members:
            instance.is_cluster_writer = False
    target.designate_writer()
    settle(cluster, behind=behind)


def settle(cluster: GlobalCluster, *, behind: DBCluster | None = None) -> None:
    """Show that nothing is under way any more."""
    for member in cluster.members:
        if member is not behind:
            member.status = "available"
    cluster.failover_state = None
    # last: who sees it available sees the new writer
    cluster.status = "available"
