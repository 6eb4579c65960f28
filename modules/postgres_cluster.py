"""The Aurora PostgreSQL cluster that a database comes to: Serverless v2, a writer and its readers.

A cluster by itself, not a member of a global database: that is what `aurora_primary` makes.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from constructs import Construct

from modules.aurora_instances import AuroraInstances, AuroraInstancesInputs
from modules.postgres_support import EXPORTED_LOG, PostgresSupport, PostgresSupportInputs
from shared.blocks import resource
from shared.naming import Naming
from shared.settings.landingsections import LandingDatabaseSettings

_MASTER = "ephemeral.aws_secretsmanager_secret_version.master"
#: Instances of a cluster with a capacity instead of a size (Aurora user guide, Serverless v2).
SERVERLESS_CLASS = "db.serverless"


@dataclass(frozen=True, kw_only=True)
class PostgresClusterInputs:
    """The database's settings and where it lives."""

    naming: Naming
    settings: LandingDatabaseSettings
    database_name: str
    support: PostgresSupportInputs
    zones: tuple[str, ...]
    tags: dict[str, str]
    """By which AWS Backup finds the cluster."""
    destroyable: bool
    """Without it: deletion protection, and a final snapshot when the cluster goes."""


@dataclass(frozen=True, kw_only=True)
class PostgresClusterOutputs:
    """Identifiers and endpoints."""

    cluster_identifier: str
    cluster_arn: str
    endpoint: str
    reader_endpoint: str
    security_group_id: str


class PostgresCluster(Construct):
    """The cluster and its instances, each in another zone as far as there are zones."""

    def __init__(self, scope: Construct, id_: str, inputs: PostgresClusterInputs) -> None:
        super().__init__(scope, id_)
        support = PostgresSupport(self, "support", inputs.support)
        cluster = self._cluster(support, inputs)
        AuroraInstances(
            self,
            "instance",
            AuroraInstancesInputs(
                naming=inputs.naming,
                side="landing",
                cluster_identifier=cluster.id,
                engine=inputs.settings.engine,
                instance_class=SERVERLESS_CLASS,
                count=1 + inputs.settings.readers,
                zones=inputs.zones,
                monitoring_role_arn=support.outputs.monitoring_role_arn,
                kms_key_arn=inputs.support.kms_key_arn,
            ),
        )
        self.outputs = PostgresClusterOutputs(
            cluster_identifier=cluster.cluster_identifier,
            cluster_arn=cluster.arn,
            endpoint=cluster.endpoint,
            reader_endpoint=cluster.reader_endpoint,
            security_group_id=support.outputs.security_group_id,
        )

    def _cluster(self, support: PostgresSupport, inputs: PostgresClusterInputs) -> RdsCluster:
        settings, base = inputs.settings, support.outputs
        # As in `aurora_primary`: an ephemeral value and a write-only argument keep the password out of state.
        TerraformStack.of(self).add_override(_MASTER, {"secret_id": settings.master_secret_name})
        return resource(
            RdsCluster,
            self,
            "cluster",
            cluster_identifier=base.cluster_identifier,
            engine=settings.engine,
            engine_version=settings.engine_version,
            database_name=inputs.database_name,
            master_username=settings.master_username,
            master_password_wo=f'${{jsondecode({_MASTER}.secret_string)["password"]}}',
            master_password_wo_version=settings.master_password_version,
            serverlessv2_scaling_configuration={
                "min_capacity": settings.min_capacity,
                "max_capacity": settings.max_capacity,
            },
            db_subnet_group_name=base.subnet_group_name,
            vpc_security_group_ids=[base.security_group_id],
            db_cluster_parameter_group_name=base.parameter_group_name,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=inputs.support.kms_key_arn,
            # The way back when everything else fails: into a new cluster, at any second of these days.
            backup_retention_period=settings.backup_retention_days,
            preferred_backup_window=settings.backup_window,
            preferred_maintenance_window=settings.maintenance_window,
            enabled_cloudwatch_logs_exports=[EXPORTED_LOG],
            copy_tags_to_snapshot=True,
            deletion_protection=not inputs.destroyable,
            skip_final_snapshot=inputs.destroyable,
            final_snapshot_identifier=f"{base.cluster_identifier}-final",
            tags=inputs.tags,
            depends_on=[base.log_group],
        )
