"""The global database and its first writer, made by us.

Where a cluster exists already, `aurora_adopted` joins it instead: two constructs, not a flag.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_global_cluster import RdsGlobalCluster
from constructs import Construct

from modules.aurora_instances import AuroraInstances, AuroraInstancesInputs
from modules.aurora_support import EXPORTED_LOGS, AuroraSupport, AuroraSupportInputs
from shared.blocks import resource
from shared.naming import Naming
from shared.settings import DatabaseSettings

_MASTER = "ephemeral.aws_secretsmanager_secret_version.master"


@dataclass(frozen=True, kw_only=True)
class AuroraPrimaryInputs:
    """The database's settings and where its first writer lives."""

    naming: Naming
    settings: DatabaseSettings
    support: AuroraSupportInputs
    zones: tuple[str, ...]
    data_api: bool
    """Whether SQL may be sent over HTTPS: the migration's canary does."""
    destroyable: bool
    """Without it: deletion protection, and a final snapshot when the cluster goes."""


@dataclass(frozen=True, kw_only=True)
class AuroraPrimaryOutputs:
    """Identifiers and endpoints."""

    cluster_identifier: str
    cluster_arn: str
    endpoint: str
    reader_endpoint: str
    global_cluster_identifier: str
    global_writer_endpoint: str
    engine_version: str


class AuroraPrimary(Construct):
    """Global cluster, primary cluster, its instances."""

    def __init__(self, scope: Construct, id_: str, inputs: AuroraPrimaryInputs) -> None:
        super().__init__(scope, id_)
        settings = inputs.settings
        world = resource(
            RdsGlobalCluster,
            self,
            "global",
            global_cluster_identifier=inputs.naming.name("aurora-global", "payments"),
            engine=settings.engine,
            engine_version=settings.engine_version,
            database_name=settings.name,
            storage_encrypted=True,
            deletion_protection=not inputs.destroyable,
            force_destroy=inputs.destroyable,
        )
        support = AuroraSupport(self, "support", inputs.support)
        cluster = self._cluster(world, support, inputs)
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
        self.outputs = AuroraPrimaryOutputs(
            cluster_identifier=cluster.cluster_identifier,
            cluster_arn=cluster.arn,
            endpoint=cluster.endpoint,
            reader_endpoint=cluster.reader_endpoint,
            global_cluster_identifier=world.id,
            global_writer_endpoint=world.endpoint,
            engine_version=settings.engine_version,
        )

    def _cluster(
        self, world: RdsGlobalCluster, support: AuroraSupport, inputs: AuroraPrimaryInputs
    ) -> RdsCluster:
        settings, base = inputs.settings, support.outputs
        # The bindings have no ephemeral resources; an ephemeral value and a write-only argument
        # keep the password out of state and plan.
        TerraformStack.of(self).add_override(_MASTER, {"secret_id": settings.master_secret_name})
        return resource(
            RdsCluster,
            self,
            "cluster",
            cluster_identifier=base.cluster_identifier,
            global_cluster_identifier=world.id,
            engine=settings.engine,
            engine_version=settings.engine_version,
            database_name=settings.name,
            master_username=settings.master_username,
            master_password_wo=f'${{jsondecode({_MASTER}.secret_string)["password"]}}',
            master_password_wo_version=settings.master_password_version,
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
                # Which side writes and which replicates is the switchover's to say
                # (`invoke migrate.switchover`); without these the next apply would undo it, or
                # detach the cluster. The version follows the global cluster's upgrade.
                "ignore_changes": [
                    "replication_source_identifier",
                    "global_cluster_identifier",
                    "engine_version",
                ]
            },
        )
