"""`STANDBY/failover`: what brings the platform to the standby region when the primary is lost, and back."""

from __future__ import annotations

from cdktf import App

from modules.drain import TIMEOUT_SECONDS, Drain, DrainInputs, DrainOutputs
from modules.execution_alarms import ExecutionAlarms, ExecutionAlarmsInputs
from modules.failover.checkpoint import (
    FailoverCheckpoint,
    FailoverCheckpointInputs,
    FailoverCheckpointOutputs,
)
from modules.failover.function import FailoverFunction
from modules.failover.ids import FailoverIds
from modules.failover.state_machine import FailoverStateMachine
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_runbook import failover_runbook
from regions.stacks.base import SideStack
from regions.stacks.failover_runbook import Machine, Platform, Region, runbook_inputs
from shared.contracts import (
    Database,
    Domain,
    Failover,
    FailoverTraffic,
    Foundation,
    Intents,
    PrimaryDatabase,
    Probe,
    Service,
)
from shared.settings import DisasterRecovery

#: Beyond the drain's own time-out: Lambda says some seconds later that a function was stopped.
_DRAIN_MARGIN_SECONDS = 30


class FailoverStack(SideStack):
    """Stands in the standby region; what runs there needs nothing of the primary to fail over.

    What it reads of the primary's stacks lies in their states, which are outside of that region.
    """

    environment: DisasterRecovery
    name = "failover"

    def __init__(self, scope: App, environment: DisasterRecovery, role: str) -> None:
        super().__init__(scope, environment, role)
        self._foundation = self.read(Foundation, self.here("foundation"))
        self._clusters = {
            self.sides.peer.region: self.read(PrimaryDatabase, self.there("database")).aurora_cluster_arn,
            self.region: self.read(Database, self.here("database")).aurora_cluster_arn,
        }
        self._global_cluster = self.read(PrimaryDatabase, self.there("database")).global_cluster_identifier
        drain = self._drain()
        checkpoint = FailoverCheckpoint(
            self, "checkpoint", FailoverCheckpointInputs(naming=self.naming)
        ).outputs
        ids = self._ids(checkpoint)
        function = FailoverFunction(self, "function", ids).outputs
        machine = FailoverStateMachine(
            self,
            "machine",
            ids,
            FailoverMachineInputs(
                home=ids.home,
                away=ids.away,
                failover_function_arn=function.arn,
                drain_function_arn=drain.function_arn,
                drain_seconds=TIMEOUT_SECONDS + _DRAIN_MARGIN_SECONDS,
                checkpoint_parameter=checkpoint.name,
                topic_arn=self._foundation.alarm_topic_arn,
                env_options=ids.env_options,
            ),
        ).outputs
        ExecutionAlarms(
            self,
            "alarms",
            ExecutionAlarmsInputs(
                naming=self.naming,
                purpose="failover",
                command=f"failover.status {ids.env_options}",
                failed="was refused or did not finish",
                state_machine_arn=machine.arn,
                topic_arn=self._foundation.alarm_topic_arn,
            ),
        )
        self.publish(
            Failover(
                state_machine_arn=machine.arn,
                checkpoint_parameter=checkpoint.name,
                failover_function=function.name,
                drain_function=drain.function_name,
                failover_runbook=self._runbook(
                    Machine(
                        state_machine_arn=machine.arn,
                        checkpoint_parameter=checkpoint.name,
                        failover_function=function.name,
                        drain_function=drain.function_name,
                    )
                ),
            )
        )

    def _runbook(self, machine: Machine) -> str:
        primary = Region(
            name=self.sides.peer.region,
            foundation=self.read(Foundation, self.there("foundation")),
            database=self.read(PrimaryDatabase, self.there("database")),
            service=self.read(Service, self.there("service")),
            probe=self.read(Probe, self.there("probe")),
        )
        standby = Region(
            name=self.region,
            foundation=self._foundation,
            database=self.read(Database, self.here("database")),
            service=self.read(Service, self.here("service")),
            probe=self.read(Probe, self.here("probe")),
        )
        platform = Platform(
            domain=self.read(Domain, "global/domain"),
            traffic=self.read(FailoverTraffic, "global/traffic"),
            intents=self.read(Intents, "global/intents"),
            primary=self.read(PrimaryDatabase, self.there("database")),
            machine=machine,
        )
        return failover_runbook(runbook_inputs(self.environment, primary, standby, platform))

    def _drain(self) -> DrainOutputs:
        environment, other = self.environment, self.sides.peer.region
        return Drain(
            self,
            "drain",
            DrainInputs(
                naming=self.naming,
                account_id=environment.account_id,
                region=self.region,
                kms_key_arn=self._foundation.kms_key_arn,
                log_retention_days=environment.service.log_retention_days,
                table=self.read(Intents, "global/intents").intents_table,
                cluster_arn=self._clusters[self.region],
                other_region=other,
                other_cluster_arn=self._clusters[other],
                global_cluster_identifier=self._global_cluster,
                secret=environment.service.credentials_secret_name,
                database=environment.database.name,
                retention_days=environment.intents.retention_days,
            ),
        ).outputs

    def _ids(self, checkpoint: FailoverCheckpointOutputs) -> FailoverIds:
        environment = self.environment
        traffic = self.read(FailoverTraffic, "global/traffic")
        home, away = self.sides.peer.region, self.region
        return FailoverIds(
            naming=self.naming,
            account_id=environment.account_id,
            kms_key_arn=self._foundation.kms_key_arn,
            log_retention_days=environment.service.log_retention_days,
            home=home,
            away=away,
            cluster_arns=self._clusters,
            global_cluster_identifier=self._global_cluster,
            checkpoint_parameter=checkpoint.name,
            checkpoint_parameter_arn=checkpoint.arn,
            pin_bucket=traffic.pin_bucket,
            pin_key=traffic.pin_key,
            alarms={
                # Not the primary's probe: it asks the writer endpoint, which leads nowhere until the writer
                # is back, so its alarm is on whenever a failback is due.
                home: (self.read(Service, self.there("service")).healthy_hosts_alarm,),
                away: (
                    self.read(Probe, self.here("probe")).probe_unwell_alarm,
                    self.read(Service, self.here("service")).healthy_hosts_alarm,
                ),
            },
            replication_lag_ms=environment.alarms.replication_lag_ms,
            dns_seconds=environment.failover.recovery_time.seconds,
            data_api=environment.failover.data_api,
            secret=environment.service.credentials_secret_name,
            database=environment.database.name,
            env_options=environment.env_options,
        )
