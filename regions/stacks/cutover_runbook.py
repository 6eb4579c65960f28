"""The runbook of `REGION/cutover`, filled with what the stacks publish and what the steps say themselves."""

from __future__ import annotations

from dataclasses import dataclass

from modules.cutover_runbook import CutoverRunbookInputs, RunbookStep, RunbookWay
from shared.contracts import LandedDatabase, Replication
from shared.operations.cutover.sequence import WAYS
from shared.settings import DatabaseMigration


@dataclass(frozen=True, kw_only=True)
class Name:
    """The write name, and what moves it."""

    hosted_zone_id: str
    on_premises_set_identifier: str
    aurora_set_identifier: str
    function: str
    config_parameter: str
    state_parameter: str
    lag_source_alarm: str
    lag_target_alarm: str
    topic_arn: str
    kms_key_arn: str


def runbook_inputs(
    environment: DatabaseMigration, database: LandedDatabase, replication: Replication, name: Name
) -> CutoverRunbookInputs:
    """Return what the runbook's template is filled with."""
    source, dms, cutover = environment.on_premises, environment.replication, environment.cutover
    return CutoverRunbookInputs(
        region=environment.landing.region,
        environment_suffix=environment.environment_suffix,
        env_options=environment.env_options,
        account_id=environment.account_id,
        hosted_zone_id=name.hosted_zone_id,
        private_zone=environment.domain.private,
        record_name=environment.record_name,
        on_premises_set_identifier=name.on_premises_set_identifier,
        aurora_set_identifier=name.aurora_set_identifier,
        on_premises_host=source.host,
        database_name=source.database,
        cluster_identifier=database.aurora_cluster_identifier,
        cluster_endpoint=database.aurora_cluster_endpoint,
        instance_arn=replication.dms_replication_instance_arn,
        instance_id=replication.dms_replication_instance_id,
        source_endpoint_arn=replication.dms_source_endpoint_arn,
        target_endpoint_arn=replication.dms_target_endpoint_arn,
        forward_task_arn=replication.dms_forward_task_arn,
        forward_task_id=replication.dms_forward_task_id,
        reverse_task_arn=replication.dms_reverse_task_arn,
        function=name.function,
        config_parameter=name.config_parameter,
        state_parameter=name.state_parameter,
        lag_source_alarm=name.lag_source_alarm,
        lag_target_alarm=name.lag_target_alarm,
        topic_arn=name.topic_arn,
        kms_key_arn=name.kms_key_arn,
        on_premises_secret=source.operator_secret_name or source.secret_name,
        aurora_secret=environment.database.operator_secret_name or dms.target_secret_name,
        sentinel_table=".".join(dms.sentinel_table),
        ttl=cutover.ttl,
        drain_seconds=cutover.drain_seconds,
        drained_minutes=cutover.drained_minutes,
        lag_limit_seconds=cutover.lag_limit_seconds,
        lag_window_minutes=cutover.lag_window_minutes,
        backup_retention_days=environment.database.backup_retention_days,
        ways=_ways(),
    )


def _ways() -> dict[str, RunbookWay]:
    return {
        way.name: RunbookWay(
            steps=tuple(
                RunbookStep(name=one.name, stage=one.stage, does=one.does, undone_by=one.undone_by)
                for one in way.steps
            ),
            ends=way.ends,
        )
        for way in WAYS
    }
