"""A secondary cluster of the global database: readers only, until the switchover.

It takes no master user and no database name (both are replicated), and a key of its own region.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from constructs import Construct

from modules.aurora_instances import AuroraInstances, AuroraInstancesInputs
from modules.aurora_support import EXPORTED_LOGS, AuroraSupport, AuroraSupportInputs
from shared.blocks import resource
from shared.naming import Naming
from shared.settings import DatabaseSettings


@dataclass(frozen=True, kw_only=True)
class AuroraSecondaryInputs:
    """Which global database it joins, and where it lives."""

    naming: Naming
    settings: DatabaseSettings
    support: AuroraSupportInputs
    zones: tuple[str, ...]
    source_region: str
    """Region of the primary: Aurora presigns the encrypted copy with it."""
    global_cluster_identifier: str
    engine_version: str
    """Exactly the primary's, patch included."""
    data_api: bool
    """Whether SQL may be sent over HTTPS: the migration's canary does."""
    destroyable: bool


@dataclass(frozen=True, kw_only=True)
class AuroraSecondaryOutputs:
    """Identifiers and endpoints; the writer endpoint answers after a switchover only."""

    cluster_identifier: str
    cluster_arn: str
    endpoint: str
    reader_endpoint: str


class AuroraSecondary(Construct):
    """Secondary cluster and its instances; tier 0 is the designated writer."""

    def __init__(self, scope: Construct, id_: str, inputs: AuroraSecondaryInputs) -> None:
        super().__init__(scope, id_)
        settings = inputs.settings
        support = AuroraSupport(self, "support", inputs.support)
        cluster = self._cluster(support, inputs)
        AuroraInstances(
            self,
            "instance",
            AuroraInstancesInputs(
                naming=inputs.naming,
                side=inputs.support.side,
                cluster_identifier=cluster.id,
                engine=settings.engine,
                instance_class=settings.instance_class,
                count=settings.instances,
                zones=inputs.zones,
                monitoring_role_arn=support.outputs.monitoring_role_arn,
                kms_key_arn=inputs.support.kms_key_arn,
            ),
        )
        self.outputs = AuroraSecondaryOutputs(
            cluster_identifier=cluster.cluster_identifier,
            cluster_arn=cluster.arn,
            endpoint=cluster.endpoint,
            reader_endpoint=cluster.reader_endpoint,
        )

    def _cluster(self, support: AuroraSupport, inputs: AuroraSecondaryInputs) -> RdsCluster:
        settings, base = inputs.settings, support.outputs
        return resource(
            RdsCluster,
            self,
            "cluster",
            cluster_identifier=base.cluster_identifier,
            global_cluster_identifier=inputs.global_cluster_identifier,
            engine=settings.engine,
            engine_version=inputs.engine_version,
            source_region=inputs.source_region,
            db_subnet_group_name=base.subnet_group_name,
            vpc_security_group_ids=[base.security_group_id],
            db_cluster_parameter_group_name=base.parameter_group_name,
            storage_encrypted=True,
            kms_key_id=inputs.support.kms_key_arn,
            backup_retention_period=settings.backup_retention_days,
            preferred_backup_window=settings.backup_window,
            preferred_maintenance_window=settings.maintenance_window,
            enabled_cloudwatch_logs_exports=list(EXPORTED_LOGS),
            enable_http_endpoint=inputs.data_api,
            copy_tags_to_snapshot=True,
            deletion_protection=not inputs.destroyable,
            skip_final_snapshot=inputs.destroyable,
            final_snapshot_identifier=f"{base.cluster_identifier}-final",
            depends_on=list(base.log_groups),
            lifecycle={
                # Owned by the switchover (`invoke migrate.switchover`) and by `migrate.finalize`: not
                # ignored, the next apply would promote this cluster to a standalone one or detach it.
                "ignore_changes": [
                    "replication_source_identifier",
                    "global_cluster_identifier",
                    "engine_version",
                ]
            },
        )
