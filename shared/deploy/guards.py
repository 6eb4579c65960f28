"""Refusals on a plan's JSON: nothing that holds state, or that all else stands in, is lost by a moved line.

Terraform's own `prevent_destroy` goes with its block when the block is removed
(hashicorp/terraform#17599), and nothing in it sees a cluster leave its global cluster
(cloudposse/terraform-aws-rds-cluster#281). These checks look at the plan, so they also hold then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from shared.deploy.plans import kind_of
from shared.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Protection = Literal["destroyable", "production"]

#: Resource type -> what is lost with it.
STATEFUL = {
    "aws_acmpca_certificate_authority": "the authority and the trust in its certificates",
    "aws_backup_vault": "the recovery points in it",
    "aws_cloudwatch_log_group": "the logs in it",
    "aws_cognito_user_pool": "its users",
    "aws_db_cluster_snapshot": "the snapshot",
    "aws_db_instance": "the database",
    "aws_db_snapshot": "the snapshot",
    "aws_dms_replication_task": "the position of the replication",
    "aws_docdb_cluster": "the database",
    "aws_docdb_cluster_instance": "an instance that serves the database",
    "aws_docdb_global_cluster": "the global cluster and its replication",
    "aws_dynamodb_global_table": "the table's replicas",
    "aws_dynamodb_table": "the table",
    "aws_dynamodb_table_replica": "the replica",
    "aws_ebs_snapshot": "the snapshot",
    "aws_ebs_volume": "the volume",
    "aws_ecr_repository": "the images in it",
    "aws_efs_file_system": "the files in it",
    "aws_elasticache_cluster": "the data in it",
    "aws_elasticache_global_replication_group": "the global store and its replication",
    "aws_elasticache_replication_group": "the data in it",
    "aws_fsx_lustre_file_system": "the files in it",
    "aws_fsx_ontap_file_system": "the files in it",
    "aws_fsx_openzfs_file_system": "the files in it",
    "aws_fsx_windows_file_system": "the files in it",
    "aws_kinesis_stream": "the records in it",
    "aws_kms_external_key": "everything that is encrypted with it",
    "aws_kms_key": "everything that is encrypted with it",
    "aws_kms_replica_key": "everything in this region that is encrypted with it",
    "aws_memorydb_cluster": "the data in it",
    "aws_mq_broker": "the messages in it",
    "aws_msk_cluster": "the records in it",
    "aws_neptune_cluster": "the database",
    "aws_neptune_global_cluster": "the global cluster and its replication",
    "aws_opensearch_domain": "the indexes in it",
    "aws_opensearchserverless_collection": "the indexes in it",
    "aws_rds_cluster": "the database",
    "aws_rds_cluster_instance": "an instance that serves the database",
    "aws_rds_global_cluster": "the global cluster and its replication",
    "aws_redshift_cluster": "the database",
    "aws_redshiftserverless_namespace": "the database",
    "aws_route53_zone": "the zone; a new one gets other name servers",
    "aws_s3_bucket": "the objects in it",
    "aws_secretsmanager_secret": "the secret",
    "aws_sqs_queue": "the messages in it",
    "aws_timestreamwrite_table": "the table",
}
#: Resource type -> what is lost with it when a deployment replaces or removes it: no data, but what runs.
#: A command that destroys takes these along like everything else.
STANDING = {
    "aws_sfn_state_machine": "its executions: a migration that runs is ended on the spot",
    "aws_ssm_parameter": "what the migration wrote into it: where it stands, or its open question",
    "aws_subnet": "the subnet, with every address in it",
    "aws_vpc": "the region's network, with everything in it",
}
#: Argument -> what leaving it means. A value that changes or goes detaches the resource.
MEMBERSHIPS = {
    "global_cluster_identifier": "leaves its global cluster",
    "global_replication_group_id": "leaves its global store",
    "replicate_source_db": "stops replicating from its source",
    "replication_source_identifier": "stops replicating from its source",
}
#: Resource type -> argument that switches a key off, and with it all that is encrypted with it.
SWITCHES = {
    "aws_kms_external_key": "enabled",
    "aws_kms_key": "is_enabled",
    "aws_kms_replica_key": "enabled",
}


def permitted(kind: str, place: str, allowed: Collection[str]) -> bool:
    """Tell whether `STACK:ADDRESS` has leave: `replace:STACK:ADDRESS`, or bare for every kind of loss."""
    return place in allowed or f"{kind}:{place}" in allowed


def violations(
    document: Mapping[str, Any],
    *,
    stack: str,
    allowed: Collection[str] = (),
    protection: Protection = "production",
    destroying: bool = False,
) -> list[Problem]:
    """Return a problem for each resource of these lists that the plan would lose without leave.

    `document` is the output of `terraform show -json`. `destroying` says that the command itself
    is a destruction, which a `destroyable` deployment allows for every resource.
    """
    if destroying and protection == "destroyable":
        return []
    return [
        Problem(
            where=f"{stack}:{address}",
            what=what,
            remedy=f"if it is meant: --allow-{kind} {stack}:{address}",
        )
        for change in document.get("resource_changes", ())
        if change.get("mode", "managed") == "managed"
        for kind, address, what in _losses(change, destroying=destroying)
        if not permitted(kind, f"{stack}:{address}", allowed)
    ]


def _losses(resource: Mapping[str, Any], *, destroying: bool) -> Iterator[tuple[str, str, str]]:
    """Yield (kind of leave, address, sentence) for what one resource of a plan would lose."""
    change = resource["change"]
    kind = kind_of(change)
    address, type_ = resource["address"], resource["type"]
    lost = STATEFUL.get(type_)
    # what was made in part only is no network yet: it is made anew without being asked about
    if not lost and not destroying and resource.get("action_reason") != "replace_because_tainted":
        lost = STANDING.get(type_)
    if kind == "delete" and lost:
        gone = resource.get("action_reason") == "delete_because_no_resource_config"
        why = " because its block was removed from the code" if gone else ""
        yield "destroy", address, f"this plan destroys {lost}{why}"
    elif kind == "replace" and lost:
        paths = sorted({str(path[0]) for path in change.get("replace_paths", ()) if path})
        why = f" because {', '.join(paths)} cannot be changed in place" if paths else ""
        yield "replace", address, f"this plan replaces the resource and loses {lost}{why}"
    elif kind == "forget" and type_ in STATEFUL and not destroying:
        yield "detach", address, "this plan leaves the resource to itself: no state knows it any more"
    elif kind == "update":
        for sentence in _detached(change):
            yield "detach", address, f"this plan {sentence}"
        switch = SWITCHES.get(type_, "")
        if change["before"].get(switch) and change["after"].get(switch) is False:
            yield "detach", address, f"this plan disables the key: {STATEFUL[type_]} cannot be read any more"


def _detached(change: Mapping[str, Any]) -> Iterator[str]:
    before, after = change["before"] or {}, change["after"] or {}
    unknown = change.get("after_unknown") or {}
    for name, meaning in MEMBERSHIPS.items():
        old = before.get(name)
        if old and (unknown.get(name) or after.get(name) != old):
            new = "a value not known yet" if unknown.get(name) else (after.get(name) or "nothing")
            yield f"changes {name} from {old} to {new}: it {meaning}"
    regions = {_region(item) for item in before.get("replica") or ()} - {None}
    kept = {_region(item) for item in after.get("replica") or ()}
    # parts of a replica may be unknown; which regions there are is known then
    if regions - kept and unknown.get("replica") is not True:
        yield f"removes the replicas in {', '.join(sorted(filter(None, regions - kept)))} with their data"


def _region(replica: Mapping[str, Any]) -> str | None:
    """Return where a replica is: tables say `region_name`, secrets `region`."""
    return replica.get("region_name") or replica.get("region")
