"""`REGION/cutover`: the write name, what moves it, what is watched, and who is told."""

from __future__ import annotations

from typing import Any

from cdktf import App

from modules.alarms import AlarmTiming
from modules.cutover.alarms import LandingAlarms, LandingAlarmsInputs, LandingAlarmsOutputs
from modules.cutover.dashboard import MigrationDashboard, MigrationDashboardInputs
from modules.cutover.events import MigrationEvents, MigrationEventsInputs
from modules.cutover.function import (
    CutoverFunction,
    CutoverFunctionInputs,
    CutoverFunctionOutputs,
    dead_letters,
)
from modules.cutover.parameters import (
    CutoverParameters,
    CutoverParametersInputs,
    CutoverParametersOutputs,
)
from modules.cutover.topic import MigrationTopic
from modules.cutover.write_name import WriteName, WriteNameInputs, WriteNameOutputs
from modules.cutover_runbook import cutover_runbook
from modules.topic import TopicInputs
from regions.stacks.cutover_runbook import Name, runbook_inputs
from regions.stacks.landing import LandingStack
from shared.contracts import Cutover, LandedDatabase, Replication
from shared.settings import DatabaseMigration


class CutoverStack(LandingStack):
    """Until the cutover the write name leads to the data centre."""

    name = "cutover"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        self._database = self.read(LandedDatabase, self.here("database"))
        self._replication = self.read(Replication, self.here("replication"))
        kms_key_arn = self.foundation.kms_key_arn
        name = self._write_name()
        parameters = CutoverParameters(
            self,
            "parameters",
            CutoverParametersInputs(naming=self.naming, kms_key_arn=kms_key_arn, config=self._config()),
        ).outputs
        topic = MigrationTopic(
            self,
            "topic",
            TopicInputs(
                naming=self.naming,
                account_id=environment.account_id,
                kms_key_arn=kms_key_arn,
                emails=environment.alarms.emails,
            ),
        ).outputs
        alarms = self._alarms()
        function = self._function(name, parameters, alarms, topic.arn)
        MigrationEvents(
            self,
            "events",
            MigrationEventsInputs(
                naming=self.naming,
                forward_task_arn=self._replication.dms_forward_task_arn,
                reverse_task_arn=self._replication.dms_reverse_task_arn,
                instance_arn=self._replication.dms_replication_instance_arn,
                lag_alarm_arns=alarms.lag_arns,
                function_name=function.name,
                function_arn=function.arn,
                topic_arn=topic.arn,
            ),
        )
        self.publish(
            Cutover(
                route53_zone_id=name.zone_id,
                name_servers=name.name_servers,
                record_name=environment.record_name,
                on_premises_set_identifier=name.on_premises_set_identifier,
                aurora_set_identifier=name.aurora_set_identifier,
                cutover_function=function.name,
                cutover_dead_letters_url=function.dead_letters_url,
                config_parameter=parameters.config,
                state_parameter=parameters.state,
                migration_topic_arn=topic.arn,
                dashboard_name=self._dashboard(function.name),
                lag_source_alarm=alarms.lag_source,
                lag_target_alarm=alarms.lag_target,
                cutover_runbook=self._runbook(name, parameters, alarms, function.name, topic.arn),
            )
        )

    def _runbook(
        self,
        name: WriteNameOutputs,
        parameters: CutoverParametersOutputs,
        alarms: LandingAlarmsOutputs,
        function_name: str,
        topic_arn: str,
    ) -> str:
        found = Name(
            hosted_zone_id=name.zone_id,
            on_premises_set_identifier=name.on_premises_set_identifier,
            aurora_set_identifier=name.aurora_set_identifier,
            function=function_name,
            config_parameter=parameters.config,
            state_parameter=parameters.state,
            lag_source_alarm=alarms.lag_source,
            lag_target_alarm=alarms.lag_target,
            topic_arn=topic_arn,
            kms_key_arn=self.foundation.kms_key_arn,
        )
        return cutover_runbook(runbook_inputs(self.environment, self._database, self._replication, found))

    def _config(self) -> dict[str, Any]:
        cutover = self.environment.cutover
        return {
            "mode": cutover.mode,
            "lag_limit_seconds": cutover.lag_limit_seconds,
            "lag_window_minutes": cutover.lag_window_minutes,
            "drained_minutes": cutover.drained_minutes,
        }

    def _write_name(self) -> WriteNameOutputs:
        environment = self.environment
        private = (self.foundation.vpc_id, environment.production.vpc_id)
        inputs = WriteNameInputs(
            naming=self.naming,
            zone_name=environment.zone_name,
            record_name=environment.record_name,
            ttl=environment.cutover.ttl,
            private_vpcs=private if environment.domain.private else (),
            on_premises_host=environment.on_premises.host,
            aurora_endpoint=self._database.aurora_cluster_endpoint,
            on_premises_weight=environment.cutover.on_premises_weight,
            aurora_weight=environment.cutover.aurora_weight,
            destroyable=self.destroyable,
        )
        return WriteName(self, "name", inputs).outputs

    def _alarms(self) -> LandingAlarmsOutputs:
        environment, settings = self.environment, self.environment.alarms
        inputs = LandingAlarmsInputs(
            naming=self.naming,
            instance_id=self._replication.dms_replication_instance_id,
            forward_task_id=self._replication.dms_forward_task_id,
            storage_gb=environment.replication.storage_gb,
            cluster_identifier=self._database.aurora_cluster_identifier,
            dead_letters=dead_letters(self.naming),
            lag_seconds=settings.lag_seconds,
            cpu_percent=settings.cpu_percent,
            connections=environment.connections_threshold,
            timing=AlarmTiming(
                period_seconds=settings.period_seconds, evaluation_periods=settings.evaluation_periods
            ),
            topic_arn=self.foundation.alarm_topic_arn,
        )
        return LandingAlarms(self, "alarms", inputs).outputs

    def _function(
        self,
        name: WriteNameOutputs,
        parameters: CutoverParametersOutputs,
        alarms: LandingAlarmsOutputs,
        topic_arn: str,
    ) -> CutoverFunctionOutputs:
        environment = self.environment
        inputs = CutoverFunctionInputs(
            naming=self.naming,
            account_id=environment.account_id,
            region=self.region,
            kms_key_arn=self.foundation.kms_key_arn,
            log_retention_days=environment.log_retention_days,
            hosted_zone_id=name.zone_id,
            record_name=environment.record_name,
            on_premises_set_identifier=name.on_premises_set_identifier,
            aurora_set_identifier=name.aurora_set_identifier,
            forward_task_arn=self._replication.dms_forward_task_arn,
            forward_task_id=self._replication.dms_forward_task_id,
            reverse_task_arn=self._replication.dms_reverse_task_arn,
            instance_id=self._replication.dms_replication_instance_id,
            lag_alarms=(alarms.lag_source, alarms.lag_target),
            config_parameter=parameters.config,
            config_parameter_arn=parameters.config_arn,
            state_parameter=parameters.state,
            state_parameter_arn=parameters.state_arn,
            topic_arn=topic_arn,
        )
        return CutoverFunction(self, "function", inputs).outputs

    def _dashboard(self, function_name: str) -> str:
        inputs = MigrationDashboardInputs(
            naming=self.naming,
            region=self.region,
            instance_id=self._replication.dms_replication_instance_id,
            forward_task_id=self._replication.dms_forward_task_id,
            cluster_identifier=self._database.aurora_cluster_identifier,
            function_name=function_name,
            dead_letters=dead_letters(self.naming),
            lag_seconds=self.environment.alarms.lag_seconds,
            connections=self.environment.connections_threshold,
        )
        return MigrationDashboard(self, "dashboard", inputs).outputs.name
