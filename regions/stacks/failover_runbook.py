"""The runbook of `STANDBY/failover`, filled with what the other stacks publish."""

from __future__ import annotations

from dataclasses import dataclass

from modules.aurora_support import FIREWALL_DESCRIPTION, MYSQL_PORT
from modules.failover_runbook import FailoverRunbookInputs, FailoverRunbookSide
from shared.contracts import (
    Database,
    Domain,
    FailoverTraffic,
    Foundation,
    Intents,
    PrimaryDatabase,
    Probe,
    Service,
)
from shared.settings import DisasterRecovery


@dataclass(frozen=True, kw_only=True)
class Region:
    """What the stacks of one region publish."""

    name: str
    foundation: Foundation
    database: Database
    service: Service
    probe: Probe

    def side(self, vpc_cidr: str) -> FailoverRunbookSide:
        """Return the region's part of the runbook."""
        return FailoverRunbookSide(
            region=self.name,
            vpc_cidr=vpc_cidr,
            alb_dns_name=self.service.alb_dns_name,
            https_listener_arn=self.service.https_listener_arn,
            target_group_arn=self.service.target_group_arn,
            cluster_identifier=self.database.aurora_cluster_identifier,
            cluster_arn=self.database.aurora_cluster_arn,
            healthy_hosts_alarm=self.service.healthy_hosts_alarm,
            replication_lag_alarm=self.database.replication_lag_alarm,
            probe_function=self.probe.probe_function,
            probe_unwell_alarm=self.probe.probe_unwell_alarm,
            probe_unasked_alarm=self.probe.probe_unasked_alarm,
            kms_key_arn=self.foundation.kms_key_arn,
            topic_arn=self.foundation.alarm_topic_arn,
        )


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What brings the platform to the standby, and back."""

    state_machine_arn: str
    checkpoint_parameter: str
    failover_function: str
    drain_function: str


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What both regions share."""

    domain: Domain
    traffic: FailoverTraffic
    intents: Intents
    primary: PrimaryDatabase
    machine: Machine


def runbook_inputs(
    environment: DisasterRecovery, primary: Region, standby: Region, platform: Platform
) -> FailoverRunbookInputs:
    """Return what the runbook's template is filled with."""
    recovery = environment.failover.recovery_time
    return FailoverRunbookInputs(
        primary=primary.side(str(environment.primary.vpc_cidr)),
        standby=standby.side(str(environment.standby.vpc_cidr)),
        environment_suffix=environment.environment_suffix,
        env_options=environment.env_options,
        account_id=environment.account_id,
        hosted_zone_id=platform.domain.route53_zone_id,
        record_name=platform.traffic.traffic_record_name,
        global_cluster_identifier=platform.primary.global_cluster_identifier,
        database_name=environment.database.name,
        engine_version=platform.primary.engine_version,
        instance_class=environment.database.instance_class,
        application_secret=environment.service.credentials_secret_name,
        intents_table=platform.intents.intents_table,
        pin_bucket=platform.traffic.pin_bucket,
        pin_key=platform.traffic.pin_key,
        state_machine_arn=platform.machine.state_machine_arn,
        checkpoint_parameter=platform.machine.checkpoint_parameter,
        failover_function=platform.machine.failover_function,
        drain_function=platform.machine.drain_function,
        firewall_description=FIREWALL_DESCRIPTION,
        database_port=MYSQL_PORT,
        recovery_time=str(recovery),
        recovery_seconds=recovery.seconds,
        replication_lag_ms=environment.alarms.replication_lag_ms,
        healthy_hosts_minimum=environment.alarms.healthy_hosts_minimum,
        retention_days=environment.intents.retention_days,
        backup_retention_days=environment.database.backup_retention_days,
    )
