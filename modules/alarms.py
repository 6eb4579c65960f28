"""The alarms that the migration's gate looks at: replication lag and healthy hosts.

The lag metric exists only in a secondary's region and on the secondary's identifier, so each
region has an alarm on its own cluster; which of the two has data follows the writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

#: Aurora MySQL 3.04 and newer publish it in milliseconds (Aurora User Guide, global database metrics).
LAG_METRIC = "AuroraGlobalDBRPOLag"


@dataclass(frozen=True, kw_only=True)
class AlarmTiming:
    """How long a value has to be wrong."""

    period_seconds: int
    evaluation_periods: int


@dataclass(frozen=True, kw_only=True)
class ReplicationLagAlarmInputs:
    """Whose lag, and how much is too much."""

    naming: Naming
    cluster_identifier: str
    threshold_ms: int
    timing: AlarmTiming
    topic_arn: str
    missing_data: Literal["breaching", "notBreaching"]
    """A secondary without data is a secondary that does not replicate: `breaching`."""


@dataclass(frozen=True, kw_only=True)
class HealthyHostsAlarmInputs:
    """Which target group, and how few hosts are too few."""

    naming: Naming
    load_balancer_arn_suffix: str
    target_group_arn_suffix: str
    minimum: int
    timing: AlarmTiming
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class AlarmOutputs:
    """The alarm."""

    name: str


class ReplicationLagAlarm(Construct):
    """The worst lag of the period, above the threshold."""

    def __init__(self, scope: Construct, id_: str, inputs: ReplicationLagAlarmInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("alarm", "replication-lag")
        resource(
            CloudwatchMetricAlarm,
            self,
            "alarm",
            alarm_name=name,
            alarm_description=f"Aurora replicates more than {inputs.threshold_ms} ms behind the writer",
            namespace="AWS/RDS",
            metric_name=LAG_METRIC,
            dimensions={"DBClusterIdentifier": inputs.cluster_identifier},
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=inputs.threshold_ms,
            period=inputs.timing.period_seconds,
            evaluation_periods=inputs.timing.evaluation_periods,
            treat_missing_data=inputs.missing_data,
            alarm_actions=[inputs.topic_arn],
            ok_actions=[inputs.topic_arn],
        )
        self.outputs = AlarmOutputs(name=name)


class HealthyHostsAlarm(Construct):
    """Fewer healthy hosts than the minimum at any moment of the period."""

    def __init__(self, scope: Construct, id_: str, inputs: HealthyHostsAlarmInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("alarm", "healthy-hosts")
        resource(
            CloudwatchMetricAlarm,
            self,
            "alarm",
            alarm_name=name,
            alarm_description=f"Fewer than {inputs.minimum} healthy hosts behind the load balancer",
            namespace="AWS/ApplicationELB",
            metric_name="HealthyHostCount",
            dimensions={
                "LoadBalancer": inputs.load_balancer_arn_suffix,
                "TargetGroup": inputs.target_group_arn_suffix,
            },
            statistic="Minimum",
            comparison_operator="LessThanThreshold",
            threshold=inputs.minimum,
            period=inputs.timing.period_seconds,
            evaluation_periods=inputs.timing.evaluation_periods,
            # No data means that no host is registered any more.
            treat_missing_data="breaching",
            alarm_actions=[inputs.topic_arn],
            ok_actions=[inputs.topic_arn],
        )
        self.outputs = AlarmOutputs(name=name)
