"""`STANDBY/failover`: what brings the platform to the standby region when the primary is lost."""

from __future__ import annotations

from cdktf import App

from modules.drain import Drain, DrainInputs
from regions.stacks.base import SideStack
from shared.contracts import Database, Failover, Foundation, Intents
from shared.settings import DisasterRecovery


class FailoverStack(SideStack):
    """Stands in the standby region and asks nothing of the primary: that is what may be lost."""

    environment: DisasterRecovery
    name = "failover"

    def __init__(self, scope: App, environment: DisasterRecovery, role: str) -> None:
        super().__init__(scope, environment, role)
        drain = Drain(
            self,
            "drain",
            DrainInputs(
                naming=self.naming,
                account_id=environment.account_id,
                region=self.region,
                kms_key_arn=self.read(Foundation, self.here("foundation")).kms_key_arn,
                log_retention_days=environment.service.log_retention_days,
                table=self.read(Intents, "global/intents").intents_table,
                cluster_arn=self.read(Database, self.here("database")).aurora_cluster_arn,
                secret=environment.service.credentials_secret_name,
                database=environment.database.name,
                retention_days=environment.intents.retention_days,
            ),
        ).outputs
        self.publish(Failover(drain_function=drain.function_name))
