"""RDS clusters and instances: secondaries of a global cluster, and attributes that moto loses.

moto 5.2.5 makes the first instance of a secondary a writer, lets a member be deleted while a global
cluster in another region still lists it (DeleteGlobalCluster then fails for ever), joins a global
cluster that does not exist without a word, answers `ScalingConfigurationInfo` full of nulls for a
provisioned cluster and `PerformanceInsightsEnabled = false` whatever was asked (both are drift for
the provider), and keeps a cluster's automated backups for ever. A cluster is `creating` when it is
first looked at, which may cost the provider a poll.

AWS: CreateDBCluster, DeleteDBCluster (API reference); "Configuration requirements of an Amazon
Aurora global database" (a secondary has readers only); provider documentation of `aws_rds_cluster`
(`replication_source_identifier` is set on a secondary by AWS).
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, RDSBackend

from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.rds_global import backends, global_cluster_of, is_secondary

_scaling_configuration_info = DBCluster.scaling_configuration_info.fget
_designate_writer = DBCluster.designate_writer
_create_db_cluster = RDSBackend.create_db_cluster
_delete_db_cluster = RDSBackend.delete_db_cluster
_instance_init = DBInstance.__init__
_clustered_init = DBInstanceClustered.__init__

#: Days of Performance Insights history without a charge (CreateDBInstance: default 7).
FREE_RETENTION_DAYS = 7


def install() -> None:
    """Wrap the models of clusters and instances."""
    DBCluster.scaling_configuration_info = property(scaling_configuration_info)
    DBCluster.designate_writer = designate_writer
    RDSBackend.create_db_cluster = create_db_cluster
    RDSBackend.delete_db_cluster = delete_db_cluster
    DBInstance.__init__ = instance_init
    DBInstanceClustered.__init__ = clustered_init


def scaling_configuration_info(self: DBCluster) -> dict[str, Any] | None:
    """Return the configuration of Serverless v1 only when there is one."""
    return _scaling_configuration_info(self) if self.scaling_configuration else None


def designate_writer(self: DBCluster) -> None:
    """Choose a writer, but never in a secondary: it has readers only until a switchover."""
    if not is_secondary(self):
        _designate_writer(self)


def create_db_cluster(self: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
    """Refuse what AWS refuses of a secondary, then join it to its global cluster."""
    name = kwargs.get("global_cluster_identifier")
    if name:
        _check_member(self, name, kwargs)
    cluster = _create_db_cluster(self, kwargs)
    cluster.status = "available"
    joined = global_cluster_of(cluster)
    if joined and not cluster.is_writer:
        primary = next(member for member in joined.members if member.is_writer)
        cluster.replication_source_identifier = primary.db_cluster_arn
        cluster.master_username = primary.master_username
    return cluster


def _check_member(backend: RDSBackend, name: str, kwargs: dict[str, Any]) -> None:
    found = [b.global_clusters[name] for b in backends(backend.account_id) if name in b.global_clusters]
    if not found:
        raise Fault("GlobalClusterNotFoundFault", f"Global cluster {name} not found")
    joined = found[0]
    if not joined.members:
        return
    if kwargs.get("master_username") or kwargs.get("master_user_password"):
        raise Fault(
            "InvalidParameterCombination",
            "Cannot specify user name or password for a secondary cluster of a global database",
        )
    if joined.storage_encrypted and not kwargs.get("kms_key_id"):
        raise Fault(
            "InvalidParameterCombination",
            "A secondary of an encrypted global cluster needs KmsKeyId, a key of its own region",
        )
    if kwargs.get("engine_version") not in (None, joined.engine_version):
        raise Fault(
            "InvalidParameterValue",
            f"{kwargs['engine_version']} is not the global cluster's engine version {joined.engine_version}",
        )


def delete_db_cluster(self: RDSBackend, cluster_identifier: str, *args: Any, **kwargs: Any) -> DBCluster:
    """Refuse a member of a global cluster; the automated backups of another go with it."""
    cluster = self.clusters.get(cluster_identifier)
    if cluster is not None and global_cluster_of(cluster) is not None:
        raise Fault(
            "InvalidDBClusterStateFault",
            "This cluster is a part of a global cluster, please remove it from globalcluster first",
        )
    deleted = _delete_db_cluster(self, cluster_identifier, *args, **kwargs)
    for name, snapshot in list(self.cluster_snapshots.items()):
        if (
            snapshot.snapshot_type == "automated"
            and snapshot.cluster.db_cluster_arn == deleted.db_cluster_arn
        ):
            del self.cluster_snapshots[name]
    return deleted


def instance_init(self: DBInstance, backend: RDSBackend, *args: Any, **kwargs: Any) -> None:
    """Keep what was asked about Performance Insights."""
    _instance_init(self, backend, *args, **kwargs)
    enabled = bool(kwargs.get("enable_performance_insights"))
    self.performance_insights_enabled = enabled
    days = kwargs.get("performance_insights_retention_period") or FREE_RETENTION_DAYS
    self.performance_insights_retention_period = days if enabled else None
    self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id") if enabled else None


def clustered_init(self: DBInstanceClustered, db_cluster_identifier: str, *args: Any, **kwargs: Any) -> None:
    """Make the first instance the writer, except in a secondary."""
    _clustered_init(self, db_cluster_identifier, *args, **kwargs)
    if is_secondary(self.cluster):
        self.is_cluster_writer = False
