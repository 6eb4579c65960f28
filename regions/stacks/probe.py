"""`REGION/probe`: what answers for the region when Route 53 asks, and its alarms."""

from __future__ import annotations

from cdktf import App

from modules.alarms import AlarmTiming
from modules.aurora_support import MYSQL_PORT
from modules.probe import Probe as ProbeConstruct
from modules.probe import ProbeInputs
from modules.probe_alarms import ProbeAlarms, ProbeAlarmsInputs
from regions.stacks.base import SideStack
from shared.contracts import Database, Foundation, Probe, Service
from shared.settings import DisasterRecovery


class ProbeStack(SideStack):
    """The same in both regions: each looks at nothing but its own."""

    environment: DisasterRecovery
    name = "probe"

    def __init__(self, scope: App, environment: DisasterRecovery, role: str) -> None:
        super().__init__(scope, environment, role)
        # It asks AWS through the NAT gateways.
        self.come_after(self.here("routing"))
        foundation = self.read(Foundation, self.here("foundation"))
        database = self.read(Database, self.here("database"))
        service = self.read(Service, self.here("service"))
        probe = ProbeConstruct(
            self,
            "probe",
            ProbeInputs(
                naming=self.naming,
                side=role,
                account_id=environment.account_id,
                region=self.region,
                vpc_id=foundation.vpc_id,
                vpc_cidr=self.sides.own.vpc_cidr,
                subnet_ids=foundation.private_subnet_ids,
                kms_key_arn=foundation.kms_key_arn,
                log_retention_days=environment.service.log_retention_days,
                service_host=service.alb_dns_name,
                service_path=environment.service.health_check_path,
                server_name=environment.domain.record_name,
                database_host=self._endpoint(database),
                # a secondary's readers may be away while it is promoted, when the standby has to be there
                database_decides=self.region == environment.home.region,
                database_port=MYSQL_PORT,
                cluster_identifier=database.aurora_cluster_identifier,
                target_group_arn=service.target_group_arn,
                deep_minutes=environment.failover.probe.deep_minutes,
            ),
        ).outputs
        alarms = ProbeAlarms(
            self,
            "alarms",
            ProbeAlarmsInputs(
                naming=self.naming,
                function_name=probe.function_name,
                timing=AlarmTiming(
                    period_seconds=environment.alarms.period_seconds,
                    evaluation_periods=environment.alarms.evaluation_periods,
                ),
                topic_arn=foundation.alarm_topic_arn,
            ),
        ).outputs
        self.publish(
            Probe(
                probe_function=probe.function_name,
                probe_host=probe.host,
                probe_unwell_alarm=alarms.unwell,
                probe_unasked_alarm=alarms.unasked,
            )
        )

    def _endpoint(self, database: Database) -> str:
        """Return what takes connections in the region's role: the primary writes, the standby reads."""
        if self.region == self.environment.home.region:
            return database.aurora_cluster_endpoint
        return database.aurora_cluster_reader_endpoint
