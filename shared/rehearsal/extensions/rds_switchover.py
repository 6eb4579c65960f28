"""RDS global clusters: the writer moves, which takes its time and is seen while it happens.

moto 5.2.5 has neither SwitchoverGlobalCluster nor FailoverGlobalCluster.

AWS: API reference of both and of FailoverState; "Using switchover or failover in Amazon Aurora Global
Database" (a switchover is sent to the primary's region and needs equal engine versions; a failover
names `AllowDataLoss` and may be sent to the secondary's region). How long it takes here is the
server's option `--switchover-seconds`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster, GlobalCluster
from moto.rds.responses import RDSResponse

from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.pace import switchover_seconds
from shared.rehearsal.extensions.rds_global import check_settled, find_global_cluster, find_member

SWITCHING_OVER, FAILING_OVER = "switching-over", "failing-over"


@dataclass(frozen=True, kw_only=True)
class FailoverState:
    """The structure of that name; moto reads the attributes."""

    status: str
    from_db_cluster_arn: str
    to_db_cluster_arn: str
    is_data_loss_allowed: bool


def install() -> None:
    """Add both actions."""
    RDSResponse.switchover_global_cluster = switchover_global_cluster
    RDSResponse.failover_global_cluster = failover_global_cluster


def switchover_global_cluster(self: RDSResponse) -> ActionResult:
    """Move the writer without loss: from the primary's region, to a member of the same version."""
    cluster = find_global_cluster(self)
    check_settled(cluster)
    target = find_member(cluster, self.params["TargetDbClusterIdentifier"])
    writer = _writer(cluster)
    if target is writer:
        raise Fault("InvalidDBClusterStateFault", f"{target.db_cluster_arn} is the primary already")
    if self.region != writer.region:
        raise Fault(
            "InvalidGlobalClusterStateFault",
            f"The switchover must be sent to the primary's Region, {writer.region}, not to {self.region}",
        )
    if target.engine_version != writer.engine_version:
        raise Fault(
            "InvalidDBClusterStateFault",
            f"{target.engine_version} and {writer.engine_version}: a switchover needs equal engine versions",
        )
    _begin(cluster, target, SWITCHING_OVER)
    return ActionResult({"GlobalCluster": cluster})


def failover_global_cluster(self: RDSResponse) -> ActionResult:
    """Move the writer even with loss when `AllowDataLoss` says so; a switchover otherwise."""
    if not self.params.get("AllowDataLoss"):
        return switchover_global_cluster(self)
    cluster = find_global_cluster(self)
    check_settled(cluster)
    _begin(cluster, find_member(cluster, self.params["TargetDbClusterIdentifier"]), FAILING_OVER)
    return ActionResult({"GlobalCluster": cluster})


def _writer(cluster: GlobalCluster) -> DBCluster:
    return next(member for member in cluster.members if member.is_writer)


def _begin(cluster: GlobalCluster, target: DBCluster, status: str) -> None:
    """Show the change as under way, and carry it out after its time."""
    cluster.failover_state = FailoverState(
        status=status,
        from_db_cluster_arn=_writer(cluster).db_cluster_arn,
        to_db_cluster_arn=target.db_cluster_arn,
        is_data_loss_allowed=status == FAILING_OVER,
    )
    for one in (cluster, *cluster.members):
        one.status = status
    timer = threading.Timer(switchover_seconds(), _finish, (cluster, target))
    timer.daemon = True
    timer.start()


def _finish(cluster: GlobalCluster, target: DBCluster) -> None:
    for member in cluster.members:
        member.is_writer = member is target
        member.replication_source_identifier = None if member is target else target.db_cluster_arn
        for instance in member._members:
            instance.is_cluster_writer = False
        member.status = "available"
    target.designate_writer()
    cluster.failover_state = None
    # last: who sees it available sees the new writer
    cluster.status = "available"
