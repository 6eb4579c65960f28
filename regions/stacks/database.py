"""`REGION/database`: the Aurora cluster of a region and its replication lag alarm."""

from __future__ import annotations

from typing import Literal

from cdktf import App

from modules.alarms import AlarmTiming, ReplicationLagAlarm, ReplicationLagAlarmInputs
from modules.aurora_adopted import AuroraAdopted, AuroraAdoptedInputs
from modules.aurora_primary import AuroraPrimary, AuroraPrimaryInputs, AuroraPrimaryOutputs
from modules.aurora_secondary import AuroraSecondary, AuroraSecondaryInputs
from modules.aurora_support import AuroraSupportInputs
from regions.stacks.base import SideStack
from shared.contracts import Database, Foundation, PrimaryDatabase
from shared.settings import TwoRegions


class _DatabaseStack(SideStack):
    """What both sides share."""

    environment: TwoRegions
    name = "database"

    def support(self, foundation: Foundation) -> AuroraSupportInputs:
        """Return where the cluster lives and who may connect: this network and the peered one."""
        return AuroraSupportInputs(
            naming=self.naming,
            side=self.role,
            account_id=self.environment.account_id,
            vpc_id=foundation.vpc_id,
            subnet_ids=foundation.private_subnet_ids,
            client_cidrs=(self.sides.own.vpc_cidr, self.sides.peer.vpc_cidr),
            kms_key_arn=foundation.kms_key_arn,
            log_retention_days=self.environment.service.log_retention_days,
        )

    def lag_alarm(
        self, foundation: Foundation, cluster_identifier: str, missing: Literal["breaching", "notBreaching"]
    ) -> str:
        """Make the lag alarm on this region's cluster and return its name."""
        settings = self.environment.alarms
        alarm = ReplicationLagAlarm(
            self,
            "replication-lag",
            ReplicationLagAlarmInputs(
                naming=self.naming,
                cluster_identifier=cluster_identifier,
                threshold_ms=settings.replication_lag_ms,
                timing=AlarmTiming(
                    period_seconds=settings.period_seconds, evaluation_periods=settings.evaluation_periods
                ),
                topic_arn=foundation.alarm_topic_arn,
                missing_data=missing,
            ),
        )
        return alarm.outputs.name


class PrimaryDatabaseStack(_DatabaseStack):
    """The writer at first: made here, or adopted when it exists already."""

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        foundation = self.read(Foundation, self.here("foundation"))
        database = self._database(foundation)
        # The twin: it has data only after the switchover, when this cluster is the one that replicates.
        alarm = self.lag_alarm(foundation, database.cluster_identifier, "notBreaching")
        self.publish(
            PrimaryDatabase(
                aurora_cluster_identifier=database.cluster_identifier,
                aurora_cluster_arn=database.cluster_arn,
                aurora_cluster_endpoint=database.endpoint,
                aurora_cluster_reader_endpoint=database.reader_endpoint,
                replication_lag_alarm=alarm,
                global_cluster_identifier=database.global_cluster_identifier,
                global_writer_endpoint=database.global_writer_endpoint,
                engine_version=database.engine_version,
            )
        )

    def _database(self, foundation: Foundation) -> AuroraPrimaryOutputs:
        settings = self.environment.database
        if settings.existing_primary_cluster_arn is not None:
            adopted = AuroraAdoptedInputs(
                naming=self.naming,
                cluster_arn=settings.existing_primary_cluster_arn,
                engine_version=settings.engine_version,
                destroyable=self.destroyable,
            )
            return AuroraAdopted(self, "aurora", adopted).outputs
        created = AuroraPrimaryInputs(
            naming=self.naming,
            settings=settings,
            support=self.support(foundation),
            zones=self.sides.own.availability_zones,
            data_api=self.environment.data_api,
            destroyable=self.destroyable,
        )
        return AuroraPrimary(self, "aurora", created).outputs


class SecondaryDatabaseStack(_DatabaseStack):
    """The replica that becomes the writer at a switchover or a failover."""

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        foundation = self.read(Foundation, self.here("foundation"))
        primary = self.read(PrimaryDatabase, self.there("database"))
        secondary = AuroraSecondary(
            self,
            "aurora",
            AuroraSecondaryInputs(
                naming=self.naming,
                settings=environment.database,
                support=self.support(foundation),
                zones=self.sides.own.availability_zones,
                source_region=self.sides.peer.region,
                global_cluster_identifier=primary.global_cluster_identifier,
                engine_version=primary.engine_version,
                data_api=environment.data_api,
                destroyable=self.destroyable,
            ),
        ).outputs
        # A secondary that publishes no lag does not replicate.
        alarm = self.lag_alarm(foundation, secondary.cluster_identifier, "breaching")
        self.publish(
            Database(
                aurora_cluster_identifier=secondary.cluster_identifier,
                aurora_cluster_arn=secondary.cluster_arn,
                aurora_cluster_endpoint=secondary.endpoint,
                aurora_cluster_reader_endpoint=secondary.reader_endpoint,
                replication_lag_alarm=alarm,
            )
        )
