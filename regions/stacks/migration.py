"""`TARGET/migration`: the state machine that carries the move out, its functions, its runbook."""

from __future__ import annotations

from typing import Any

from cdktf import App

from modules.execution_alarms import ExecutionAlarms, ExecutionAlarmsInputs
from modules.machine.inputs import MachineInputs, RecordSide
from modules.migration.functions import MigrationFunctions, MigrationFunctionsOutputs
from modules.migration.ids import MigrationIds, RegionIds
from modules.migration.parameters import (
    MigrationParameters,
    MigrationParametersInputs,
    MigrationParametersOutputs,
)
from modules.migration.state_machine import MigrationStateMachine, MigrationStateMachineInputs
from modules.migration_runbook import runbook
from regions.stacks.base import SideStack
from regions.stacks.migration_runbook import Platform, Region, runbook_inputs
from shared.contracts import (
    Database,
    Domain,
    Foundation,
    Migration,
    PrimaryDatabase,
    Routing,
    Service,
    Traffic,
)
from shared.settings import RegionMigration


class MigrationStack(SideStack):
    """Runs in the target region: what moves the platform must not stand where it moves away from."""

    environment: RegionMigration
    name = "migration"

    def __init__(self, scope: App, environment: RegionMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        self._foundation = self.read(Foundation, self.here("foundation"))
        self._domain = self.read(Domain, "global/domain")
        self._traffic = self.read(Traffic, "global/traffic")
        self._services = {
            "source": self.read(Service, self.there("service")),
            "target": self.read(Service, self.here("service")),
        }
        self._primary = self.read(PrimaryDatabase, self.there("database"))
        self._secondary = self.read(Database, self.here("database"))
        parameters = MigrationParameters(
            self,
            "parameters",
            MigrationParametersInputs(naming=self.naming, kms_key_arn=self._foundation.kms_key_arn),
        ).outputs
        functions = MigrationFunctions(self, "functions", self._ids(parameters)).outputs
        machine = MigrationStateMachine(
            self,
            "machine",
            MigrationStateMachineInputs(
                naming=self.naming,
                account_id=environment.account_id,
                region=self.region,
                machine=self._machine(parameters, functions),
                checkpoint_parameter_arn=parameters.checkpoint_arn,
                approval_parameter_arn=parameters.approval_arn,
                log_retention_days=environment.service.log_retention_days,
            ),
        ).outputs
        ExecutionAlarms(
            self,
            "alarms",
            ExecutionAlarmsInputs(
                naming=self.naming,
                purpose="migration",
                command="migrate.status",
                failed="failed or was rolled back",
                state_machine_arn=machine.arn,
                topic_arn=self._foundation.alarm_topic_arn,
            ),
        )
        self.publish(
            Migration(
                state_machine_arn=machine.arn,
                migration_runbook=self._runbook(parameters, machine.arn),
                checkpoint_parameter=parameters.checkpoint,
                approval_parameter=parameters.approval,
                start_function=functions.start.name,
                gate_function=functions.gate.name,
                writer_function=functions.writer.name,
            )
        )

    def _ids(self, parameters: MigrationParametersOutputs) -> MigrationIds:
        environment = self.environment
        settings, alarms = environment.migration, environment.alarms
        return MigrationIds(
            naming=self.naming,
            account_id=environment.account_id,
            kms_key_arn=self._foundation.kms_key_arn,
            log_retention_days=environment.service.log_retention_days,
            source=_region(self.sides.peer.region, self._primary, self._services["source"]),
            target=_region(self.region, self._secondary, self._services["target"]),
            global_cluster_identifier=self._primary.global_cluster_identifier,
            hosted_zone_id=self._domain.route53_zone_id,
            record_name=self._traffic.traffic_record_name,
            set_identifiers={
                "source": self._traffic.source_set_identifier,
                "target": self._traffic.target_set_identifier,
            },
            checkpoint_parameter=parameters.checkpoint,
            checkpoint_parameter_arn=parameters.checkpoint_arn,
            canary={
                "enabled": settings.canary,
                "secret": environment.service.credentials_secret_name,
                "database": environment.database.name,
            },
            limits={
                "replication_lag_ms": alarms.replication_lag_ms,
                "healthy_hosts_minimum": alarms.healthy_hosts_minimum,
                "minimum_samples": settings.minimum_samples,
                "error_rate_increase": settings.error_rate_increase,
            },
            defaults=self._defaults(),
        )

    def _defaults(self) -> dict[str, Any]:
        """Return what an execution's input means when it does not say."""
        settings = self.environment.migration
        return {
            "phases": list(settings.phases),
            "bake_seconds": settings.bake_seconds,
            "approve_phases": list(settings.approve_phases),
            "switchover": True,
            "approval_timeout_seconds": settings.approval_timeout_seconds,
            "drain_seconds": settings.drain_seconds,
            "settle_seconds": settings.settle_seconds,
            "limits": {
                "failure": settings.failure_limit,
                "inconclusive": settings.inconclusive_limit,
                "consecutive_error": settings.consecutive_error_limit,
            },
            "retry_seconds": settings.retry_seconds,
            "dry_run_metrics": [],
        }

    def _runbook(self, parameters: MigrationParametersOutputs, state_machine_arn: str) -> str:
        source = Region(
            name=self.sides.peer.region,
            foundation=self.read(Foundation, self.there("foundation")),
            database=self._primary,
            service=self._services["source"],
            set_identifier=self._traffic.source_set_identifier,
        )
        target = Region(
            name=self.region,
            foundation=self._foundation,
            database=self._secondary,
            service=self._services["target"],
            set_identifier=self._traffic.target_set_identifier,
        )
        platform = Platform(
            domain=self._domain,
            traffic=self._traffic,
            routing=self.read(Routing, self.here("routing")),
            primary=self._primary,
            state_machine_arn=state_machine_arn,
            checkpoint_parameter=parameters.checkpoint,
            approval_parameter=parameters.approval,
        )
        return runbook(runbook_inputs(self.environment, source, target, platform))

    def _machine(
        self, parameters: MigrationParametersOutputs, functions: MigrationFunctionsOutputs
    ) -> MachineInputs:
        return MachineInputs(
            source_region=self.sides.peer.region,
            target_region=self.region,
            hosted_zone_id=self._domain.route53_zone_id,
            record_name=self._traffic.traffic_record_name,
            source=_side(self._traffic.source_set_identifier, self._services["source"]),
            target=_side(self._traffic.target_set_identifier, self._services["target"]),
            start_function_arn=functions.start.arn,
            gate_function_arn=functions.gate.arn,
            writer_function_arn=functions.writer.arn,
            checkpoint_parameter=parameters.checkpoint,
            approval_parameter=parameters.approval,
            kms_key_arn=self._foundation.kms_key_arn,
            topic_arn=self._foundation.alarm_topic_arn,
        )


def _region(region: str, database: Database, service: Service) -> RegionIds:
    return RegionIds(
        region=region,
        cluster_identifier=database.aurora_cluster_identifier,
        cluster_arn=database.aurora_cluster_arn,
        replication_lag_alarm=database.replication_lag_alarm,
        healthy_hosts_alarm=service.healthy_hosts_alarm,
        load_balancer_arn_suffix=service.alb_arn_suffix,
        target_group_arn=service.target_group_arn,
        target_group_arn_suffix=service.target_group_arn_suffix,
        https_listener_arn=service.https_listener_arn,
    )


def _side(set_identifier: str, service: Service) -> RecordSide:
    return RecordSide(
        set_identifier=set_identifier, dns_name=service.alb_dns_name, zone_id=service.alb_zone_id
    )
