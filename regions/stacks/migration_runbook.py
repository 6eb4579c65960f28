"""The runbook of `TARGET/migration`, filled with what the other stacks publish."""

from __future__ import annotations

from dataclasses import dataclass

from modules.migration_runbook import RunbookInputs, RunbookSide
from shared.contracts import Database, Domain, Foundation, PrimaryDatabase, Routing, Service, Traffic
from shared.settings import RegionMigration


@dataclass(frozen=True, kw_only=True)
class Region:
    """What the stacks of one region publish."""

    name: str
    foundation: Foundation
    database: Database
    service: Service
    set_identifier: str

    def side(self, domain: Domain) -> RunbookSide:
        """Return the region's part of the runbook."""
        return RunbookSide(
            region=self.name,
            set_identifier=self.set_identifier,
            alb_dns_name=self.service.alb_dns_name,
            alb_zone_id=self.service.alb_zone_id,
            alb_arn_suffix=self.service.alb_arn_suffix,
            https_listener_arn=self.service.https_listener_arn,
            target_group_arn=self.service.target_group_arn,
            asg_name=self.service.asg_name,
            cluster_identifier=self.database.aurora_cluster_identifier,
            cluster_arn=self.database.aurora_cluster_arn,
            healthy_hosts_alarm=self.service.healthy_hosts_alarm,
            replication_lag_alarm=self.database.replication_lag_alarm,
            certificate_arn=domain.certificate_arns[self.name],
            kms_key_id=self.foundation.kms_key_id,
            topic_arn=self.foundation.alarm_topic_arn,
        )


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What both regions share."""

    domain: Domain
    traffic: Traffic
    routing: Routing
    primary: PrimaryDatabase
    state_machine_arn: str
    checkpoint_parameter: str
    approval_parameter: str


def runbook_inputs(
    environment: RegionMigration, source: Region, target: Region, platform: Platform
) -> RunbookInputs:
    """Return what the runbook's template is filled with."""
    service, alarms = environment.service, environment.alarms
    return RunbookInputs(
        source=source.side(platform.domain),
        target=target.side(platform.domain),
        environment_suffix=environment.environment_suffix,
        env_options=environment.env_options,
        account_id=environment.account_id,
        hosted_zone_id=platform.domain.route53_zone_id,
        record_name=platform.traffic.traffic_record_name,
        peering_id=platform.routing.vpc_peering_id,
        global_cluster_identifier=platform.primary.global_cluster_identifier,
        database_name=environment.database.name,
        engine_version=platform.primary.engine_version,
        image_repository=service.image_repository,
        image=service.image,
        application_secret=service.credentials_secret_name,
        state_machine_arn=platform.state_machine_arn,
        checkpoint_parameter=platform.checkpoint_parameter,
        approval_parameter=platform.approval_parameter,
        phases=environment.migration.phases,
        bake_seconds=environment.migration.bake_seconds,
        replication_lag_ms=alarms.replication_lag_ms,
        healthy_hosts_minimum=alarms.healthy_hosts_minimum,
    )
