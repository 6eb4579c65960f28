"""RDS global clusters: the writer moves out of a region that is lost, which comes back as a secondary.

moto 5.2.5 has no FailoverGlobalCluster, and no SynchronizationStatus of a global cluster's members.

AWS: "Performing managed failovers for Aurora global databases" (sent to the region of the secondary that
is promoted; equal versions; writes in the old primary's region are fenced if it can be reached; when that
region is healthy again its cluster is added back as a secondary, after a snapshot
`rds:unplanned-global-failover-NAME-TIMESTAMP` of its storage); API reference of FailoverGlobalCluster
(without `AllowDataLoss` it is a switchover; not together with `Switchover`), GlobalClusterMember
(`connected`, `pending-resync`). It and the resynchronization take `--switchover-seconds` each.

Not emulated: what the secondary had not received. The database is one for both, so nothing is lost. Whether
AWS refuses a failover that is sent to another region of the global database is not known; here it is taken.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.rds.models import DBCluster, GlobalCluster, rds_backends
from moto.rds.responses import RDSResponse

from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.outages import OUTAGES
from shared.rehearsal.extensions.rds_events import record
from shared.rehearsal.extensions.rds_global import check_settled, find_global_cluster, find_member
from shared.rehearsal.extensions.rds_switchover import (
    FAILING_OVER,
    begin,
    check_versions,
    promote,
    switchover_global_cluster,
    writer_of,
)
from shared.rehearsal.extensions.writer_changes import later

_global_cluster_members = GlobalCluster.global_cluster_members.fget

CONNECTED, PENDING = "connected", "pending-resync"
#: On a cluster: how far its storage follows the writer's.
_STATE = "synchronization_status"


def install() -> None:
    """Add the action, tell how members follow, and take a region that is back in again."""
    RDSResponse.failover_global_cluster = failover_global_cluster
    GlobalCluster.global_cluster_members = property(global_cluster_members)
    OUTAGES.on_end(rejoin)


def global_cluster_members(self: GlobalCluster) -> list[dict[str, Any]]:
    """Return the members, with how each follows the writer."""
    shown = list(_global_cluster_members(self))
    for one, member in zip(shown, self.members, strict=True):
        one["SynchronizationStatus"] = synchronization(member)
    return shown


def synchronization(member: DBCluster) -> str:
    """Return `connected`, or `pending-resync` of an old primary that was failed over from."""
    return str(member.__dict__.get(_STATE, CONNECTED))


def failover_global_cluster(self: RDSResponse) -> ActionResult:
    """Move the writer even with loss when `AllowDataLoss` says so; a switchover otherwise."""
    if self.params.get("AllowDataLoss") and self.params.get("Switchover"):
        raise Fault("InvalidParameterCombination", "AllowDataLoss and Switchover can't be specified together")
    if not self.params.get("AllowDataLoss"):
        return switchover_global_cluster(self)
    cluster = find_global_cluster(self)
    check_settled(cluster)
    target, old = find_member(cluster, self.params["TargetDbClusterIdentifier"]), writer_of(cluster)
    if target is old:
        raise Fault("InvalidDBClusterStateFault", f"{target.db_cluster_arn} is the primary already")
    check_versions(target, old)
    begin(cluster, target, FAILING_OVER)
    fenced = not OUTAGES.dead(old.region)
    record("RDS-EVENT-0390" if fenced else "RDS-EVENT-0391", about=old, at=old if fenced else target)
    later(_finish, cluster, target, old)
    return ActionResult({"GlobalCluster": cluster})


def _finish(cluster: GlobalCluster, target: DBCluster, old: DBCluster) -> None:
    setattr(old, _STATE, PENDING)
    old.failed_over_at = utcnow()
    promote(cluster, target, behind=old)
    record("RDS-EVENT-0238", about=target)
    record("RDS-EVENT-0397", about=target)
    if not OUTAGES.dead(old.region):
        _resynchronize(old)


def rejoin(region: str) -> None:
    """Take the clusters of a region that is back in again as secondaries."""
    for account in list(rds_backends.values()):
        for member in list(account[region].clusters.values()):
            if synchronization(member) == PENDING:
                _resynchronize(member)


def _resynchronize(old: DBCluster) -> None:
    """Keep the old storage as a snapshot, and follow the new writer after a while."""
    name = f"rds:unplanned-global-failover-{old.db_cluster_identifier}-{old.failed_over_at:%Y-%m-%d-%H-%M-%S}"
    if name not in old.backend.cluster_snapshots:
        old.backend.create_auto_cluster_snapshot(old.db_cluster_identifier, name)
    record("RDS-EVENT-0240", about=old)
    later(_resynchronized, old)


def _resynchronized(old: DBCluster) -> None:
    if OUTAGES.dead(old.region):  # lost again: from the beginning when it is back
        return
    setattr(old, _STATE, CONNECTED)
    old.status = "available"
    record("RDS-EVENT-0241", about=old)
