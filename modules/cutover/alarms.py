"""The alarms of a database migration: DMS's latency and disk, Aurora's load, the cutover's failures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from modules.alarms import AlarmTiming
from shared.blocks import resource
from shared.naming import Naming

_GIB = 1024**3
#: Of the replication instance's disk: changes that cannot be applied pile up on it.
_FREE_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class LandingAlarmsInputs:
    """What is watched, from when on it is too much, and who is told."""

    naming: Naming
    instance_id: str
    forward_task_id: str
    """Last part of the task's ARN."""
    storage_gb: int
    cluster_identifier: str
    dead_letters: str
    """Name of the queue of events that the cutover's function failed on."""
    lag_seconds: int
    cpu_percent: int
    connections: int
    timing: AlarmTiming
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class LandingAlarmsOutputs:
    """The alarms on the latency, which the cutover asks."""

    lag_source: str
    lag_target: str
    lag_arns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Rule:
    purpose: str
    what: str
    namespace: str
    metric: str
    dimensions: dict[str, str]
    threshold: float
    statistic: str = "Maximum"
    comparison: str = "GreaterThanThreshold"
    missing: str = "missing"
    further: dict[str, Any] = field(default_factory=dict)


class LandingAlarms(Construct):
    """Six alarms to one topic.

    The latency has no data before the task is started, and none after the cutover: that is neither good nor
    bad (`missing`), and the topic is told of it.
    """

    def __init__(self, scope: Construct, id_: str, inputs: LandingAlarmsInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        task = {
            "ReplicationInstanceIdentifier": inputs.instance_id,
            "ReplicationTaskIdentifier": inputs.forward_task_id,
        }
        lags = [
            self._alarm(
                _Rule(
                    purpose=f"lag-{side}",
                    what=f"DMS is more than {inputs.lag_seconds} s behind, at its {side}",
                    namespace="AWS/DMS",
                    metric=f"CDCLatency{side.capitalize()}",
                    dimensions=task,
                    threshold=inputs.lag_seconds,
                    further={"insufficient_data_actions": [inputs.topic_arn]},
                )
            )
            for side in ("source", "target")
        ]
        for rule in _others(inputs):
            self._alarm(rule)
        source, target = lags
        self.outputs = LandingAlarmsOutputs(
            lag_source=source.alarm_name,
            lag_target=target.alarm_name,
            lag_arns=tuple(alarm.arn for alarm in lags),
        )

    def _alarm(self, rule: _Rule) -> CloudwatchMetricAlarm:
        inputs = self._inputs
        return resource(
            CloudwatchMetricAlarm,
            self,
            rule.purpose,
            alarm_name=inputs.naming.name("alarm", rule.purpose),
            alarm_description=rule.what,
            namespace=rule.namespace,
            metric_name=rule.metric,
            dimensions=rule.dimensions,
            statistic=rule.statistic,
            comparison_operator=rule.comparison,
            threshold=rule.threshold,
            period=inputs.timing.period_seconds,
            evaluation_periods=inputs.timing.evaluation_periods,
            treat_missing_data=rule.missing,
            alarm_actions=[inputs.topic_arn],
            ok_actions=[inputs.topic_arn],
            **rule.further,
        )


def _others(inputs: LandingAlarmsInputs) -> tuple[_Rule, ...]:
    cluster = {"DBClusterIdentifier": inputs.cluster_identifier}
    return (
        _Rule(
            purpose="aurora-cpu",
            what=f"An instance of Aurora uses more than {inputs.cpu_percent} % of its processors",
            namespace="AWS/RDS",
            metric="CPUUtilization",
            dimensions=cluster,
            threshold=inputs.cpu_percent,
        ),
        _Rule(
            purpose="aurora-connections",
            what=f"An instance of Aurora has more than {inputs.connections} connections",
            namespace="AWS/RDS",
            metric="DatabaseConnections",
            dimensions=cluster,
            threshold=inputs.connections,
        ),
        _Rule(
            purpose="dms-storage",
            what="The replication instance has less than a fifth of its disk left",
            namespace="AWS/DMS",
            metric="FreeStorageSpace",
            dimensions={"ReplicationInstanceIdentifier": inputs.instance_id},
            threshold=int(inputs.storage_gb * _FREE_SHARE * _GIB),
            statistic="Minimum",
            comparison="LessThanThreshold",
        ),
        _Rule(
            purpose="cutover-failures",
            what="The cutover's function failed on an event three times; the event is in its queue",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": inputs.dead_letters},
            threshold=0,
            missing="notBreaching",
        ),
    )
