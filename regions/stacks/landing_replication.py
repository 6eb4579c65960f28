"""`REGION/replication`: DMS between the data centre and Aurora, in both directions, started by nobody yet."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import App, ITerraformDependable

from modules.replication.account_roles import AccountRoles, AccountRolesInputs
from modules.replication.endpoints import DatabaseEnds, DatabaseEndsInputs, DatabaseEndsOutputs
from modules.replication.instance import ReplicationInstance, ReplicationInstanceInputs
from modules.replication.tasks import ReplicationTasks, ReplicationTasksInputs
from regions.stacks.landing import LandingStack
from shared.contracts import Replication
from shared.settings import DatabaseMigration


class ReplicationStack(LandingStack):
    """Comes after the routes and the database: what DMS reaches has to be there before it is started."""

    name = "replication"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        for upstream in ("routing", "database"):
            self.come_after(self.here(upstream))
        foundation, source, settings = self.foundation, environment.on_premises, environment.replication
        instance = ReplicationInstance(
            self,
            "dms",
            ReplicationInstanceInputs(
                naming=self.naming,
                settings=settings,
                vpc_id=foundation.vpc_id,
                vpc_cidr=environment.landing.vpc_cidr,
                subnet_ids=foundation.private_subnet_ids,
                source_cidrs=source.cidrs,
                source_port=source.port,
                kms_key_arn=foundation.kms_key_arn,
                log_retention_days=environment.log_retention_days,
                after=self._account_roles(),
            ),
        ).outputs
        on_premises, aurora = self._on_premises(), self._aurora()
        tasks = ReplicationTasks(
            self,
            "tasks",
            ReplicationTasksInputs(
                naming=self.naming,
                settings=settings,
                instance_arn=instance.arn,
                on_premises=on_premises,
                aurora=aurora,
            ),
        ).outputs
        self.publish(
            Replication(
                dms_replication_instance_arn=instance.arn,
                dms_replication_instance_id=instance.identifier,
                dms_security_group_id=instance.security_group_id,
                dms_source_endpoint_arn=on_premises.source_arn,
                dms_target_endpoint_arn=aurora.target_arn,
                dms_forward_task_arn=tasks.forward_arn,
                dms_forward_task_id=tasks.forward_id,
                dms_reverse_task_arn=tasks.reverse_arn,
            )
        )

    def _account_roles(self) -> Sequence[ITerraformDependable]:
        if self.environment.replication.account_roles == "exist":
            return ()
        inputs = AccountRolesInputs(account_id=self.environment.account_id)
        return AccountRoles(self, "account", inputs).outputs.permissions

    def _on_premises(self) -> DatabaseEndsOutputs:
        source = self.environment.on_premises
        inputs = DatabaseEndsInputs(
            naming=self.naming,
            account_id=self.environment.account_id,
            region=self.region,
            kms_key_arn=self.foundation.kms_key_arn,
            purpose="on-premises",
            engine="postgres",
            database=source.database,
            secret_name=source.secret_name,
            ca_certificate=source.ca_certificate,
            settings=self.environment.replication,
        )
        return DatabaseEnds(self, "on-premises", inputs).outputs

    def _aurora(self) -> DatabaseEndsOutputs:
        settings = self.environment.replication
        inputs = DatabaseEndsInputs(
            naming=self.naming,
            account_id=self.environment.account_id,
            region=self.region,
            kms_key_arn=self.foundation.kms_key_arn,
            purpose="aurora",
            engine="aurora-postgresql",
            database=self.environment.on_premises.database,
            secret_name=settings.target_secret_name,
            ca_certificate=settings.target_ca_certificate,
            settings=settings,
        )
        return DatabaseEnds(self, "aurora", inputs).outputs
