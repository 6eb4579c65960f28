"""RDS global clusters: created with all attributes, joined from any region, left.

moto 5.2.5 loses `DatabaseName` and the tags of CreateGlobalCluster (the provider then wants to
replace the global cluster), ignores the identifier of DescribeGlobalClusters, answers nothing for
RemoveFromGlobalCluster of a member in another region, adopts a source cluster only in us-east-1 and
without making it the writer, crashes on an identifier that does not exist, and has no
ModifyGlobalCluster. (Its switchover is in `rds_switchover`.)

AWS: API reference of those actions; "Removing a cluster from an Amazon Aurora global database".

    POST /moto-api/regionshift/members {"global_cluster": "...", "member_arn": "..."}
         no AWS can do this: a cluster that left is a secondary again, as if it had stayed, so that one
         deployment can be gone through to its end more than once
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidGlobalClusterStateFault
from moto.rds.models import DBCluster, GlobalCluster, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.faults import Fault


def install() -> None:
    """Replace the actions on global clusters, serve the control of members."""
    RDSResponse.create_global_cluster = create_global_cluster
    RDSResponse.describe_global_clusters = describe_global_clusters
    RDSResponse.modify_global_cluster = modify_global_cluster
    RDSResponse.delete_global_cluster = delete_global_cluster
    RDSResponse.remove_from_global_cluster = remove_from_global_cluster
    controls.add("members", control_members)


def backends(account_id: str) -> list[RDSBackend]:
    """Return the RDS backend of every region of the account."""
    return list(rds_backends[account_id].values())


def global_cluster_of(cluster: DBCluster) -> GlobalCluster | None:
    """Return the global cluster that has `cluster` as a member."""
    for backend in backends(cluster.account_id):
        for candidate in backend.global_clusters.values():
            if cluster in candidate.members:
                return candidate
    return None


def is_secondary(cluster: DBCluster) -> bool:
    """Say whether `cluster` is a member of a global cluster that writes elsewhere."""
    return global_cluster_of(cluster) is not None and not cluster.is_writer


def find_global_cluster(response: RDSResponse) -> GlobalCluster:
    """Return the global cluster that the request names; GlobalClusterNotFoundFault without one."""
    name = response.params["GlobalClusterIdentifier"]
    found = response.global_backend.global_clusters.get(name)
    if found is None:
        raise Fault("GlobalClusterNotFoundFault", f"Global cluster {name} not found")
    return found


def find_member(cluster: GlobalCluster, name: str) -> DBCluster:
    """Return the member with this ARN or identifier; DBClusterNotFoundFault without one."""
    for member in cluster.members:
        if name in (member.db_cluster_arn, member.db_cluster_identifier):
            return member
    raise Fault("DBClusterNotFoundFault", f"{name} is no member of {cluster.resource_id}")


def check_settled(cluster: GlobalCluster) -> None:
    """Refuse a change while the writer moves: InvalidGlobalClusterStateFault."""
    if cluster.status != "available":
        raise Fault(
            "InvalidGlobalClusterStateFault",
            f"Global cluster {cluster.resource_id} is {cluster.status}: it has to be available",
        )


def create_global_cluster(self: RDSResponse) -> ActionResult:
    """Create it empty, or around an existing cluster, which becomes its writer."""
    params = self.params
    name = params["GlobalClusterIdentifier"]
    if name in self.global_backend.global_clusters:
        raise Fault("GlobalClusterAlreadyExistsFault", f"Global cluster {name} already exists")
    source_arn = params.get("SourceDBClusterIdentifier")
    source = _source_cluster(self, source_arn) if source_arn else None
    created = self.global_backend.create_global_cluster(
        global_cluster_identifier=name,
        source_db_cluster_identifier=None,
        engine=source.engine if source else params.get("Engine"),
        engine_version=source.engine_version if source else params.get("EngineVersion"),
        storage_encrypted=source.storage_encrypted if source else params.get("StorageEncrypted"),
        deletion_protection=params.get("DeletionProtection"),
    )
    created.database_name = source.database_name if source else params.get("DatabaseName")
    created.tags = params.get("Tags") or []
    created.failover_state = None
    if source:
        source.global_cluster_identifier = created.global_cluster_identifier
        source.is_writer = True
        created.members.append(source)
    return ActionResult({"GlobalCluster": created})


def _source_cluster(response: RDSResponse, arn: str) -> DBCluster:
    if response.params.get("Engine"):
        raise Fault(
            "InvalidParameterCombination",
            "When creating global cluster from existing db cluster, value for engineName should not be "
            "specified since it will be inherited from source cluster",
        )
    for cluster in response.backend.clusters.values():
        if cluster.db_cluster_arn == arn:
            return cluster
    raise Fault("DBClusterNotFoundFault", f"DBCluster {arn} not found.")


def describe_global_clusters(self: RDSResponse) -> ActionResult:
    """Return the one that is asked for, or those that pass the filters."""
    if self.params.get("GlobalClusterIdentifier"):
        return ActionResult({"GlobalClusters": [find_global_cluster(self)]})
    found = list(self.global_backend.global_clusters.values())
    for asked in self.params.get("Filters") or []:
        wanted = set(asked["Values"])
        found = [cluster for cluster in found if wanted & _filter_values(cluster, asked["Name"])]
    return ActionResult({"GlobalClusters": found})


def _filter_values(cluster: GlobalCluster, name: str) -> set[str]:
    if name == "region":
        return {member.region for member in cluster.members}
    if name == "db-cluster-id":  # what the provider sends, though the API reference has `region` only
        arns = {member.db_cluster_arn for member in cluster.members}
        return arns | {member.db_cluster_identifier for member in cluster.members}
    raise Fault("InvalidParameterValue", f"Unrecognized filter name: {name}")


def modify_global_cluster(self: RDSResponse) -> ActionResult:
    """Change protection, version (of every member) or name."""
    cluster = find_global_cluster(self)
    params = self.params
    if params.get("DeletionProtection") is not None:
        cluster.deletion_protection = params["DeletionProtection"]
    if params.get("EngineVersion"):
        for one in (cluster, *cluster.members):
            one.engine_version = params["EngineVersion"]
    new_name = params.get("NewGlobalClusterIdentifier")
    if new_name:
        self.global_backend.global_clusters.pop(cluster.global_cluster_identifier)
        cluster.global_cluster_identifier = new_name
        self.global_backend.global_clusters[new_name] = cluster
        for member in cluster.members:
            member.global_cluster_identifier = cluster.global_cluster_identifier
    return ActionResult({"GlobalCluster": cluster})


def delete_global_cluster(self: RDSResponse) -> ActionResult:
    """Refuse one with members or with deletion protection, as AWS does."""
    cluster = find_global_cluster(self)
    if cluster.deletion_protection:
        raise Fault("InvalidParameterCombination", "Cannot delete protected global cluster")
    deleted = self.global_backend.delete_global_cluster(cluster.global_cluster_identifier)
    return ActionResult({"GlobalCluster": deleted})


def remove_from_global_cluster(self: RDSResponse) -> ActionResult:
    """Detach a member of any region: it becomes a cluster of its own that can be written to.

    The writer can only be detached when it is the last member.
    """
    cluster = find_global_cluster(self)
    name = self.params["DbClusterIdentifier"]
    if name not in {member.db_cluster_arn for member in cluster.members}:
        # The provider knows this message: it takes a member that left already for removed.
        raise Fault("InvalidParameterValue", f"{name} is not found in global cluster {cluster.resource_id}")
    member = find_member(cluster, name)
    check_settled(cluster)
    if member.is_writer and len(cluster.members) > 1:
        raise InvalidGlobalClusterStateFault(cluster.global_cluster_arn)
    cluster.members.remove(member)
    member.global_cluster_identifier = None
    member.replication_source_identifier = None
    member.is_writer = True
    member.designate_writer()
    return ActionResult({"GlobalCluster": cluster})


def control_members(_method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Let a cluster of its own be a member again. ValueError for one that is none, or is a member."""
    name, arn = str(document.get("global_cluster")), str(document.get("member_arn"))
    regions = [backend for account in list(rds_backends) for backend in backends(account)]
    joined = next((one.global_clusters[name] for one in regions if name in one.global_clusters), None)
    clusters = [cluster for one in regions for cluster in list(one.clusters.values())]
    found = next((cluster for cluster in clusters if cluster.db_cluster_arn == arn), None)
    if joined is None or found is None or global_cluster_of(found) is not None:
        raise ValueError(f"there is no cluster of its own {arn}, or no global cluster {name}")
    found.is_writer = False
    found.global_cluster_identifier = joined.global_cluster_identifier
    writers = [member.db_cluster_arn for member in joined.members if member.is_writer]
    found.replication_source_identifier = writers[0] if writers else None
    for instance in found._members:
        instance.is_cluster_writer = False
    joined.members.append(found)
    return {"members": [member.db_cluster_arn for member in joined.members]}
