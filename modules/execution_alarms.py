"""Alarms about executions that ended without having finished, whoever or whatever ended them.

A machine of ours tells of every end that it comes to by itself; of one that was killed, or that broke off
by a defect, nobody would hear otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_PERIOD_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class ExecutionAlarmsInputs:
    """Whose executions, and who is told."""

    naming: Naming
    purpose: str
    """What the executions are of: `migration`."""
    command: str
    """What says where it is: `migrate.status`."""
    state_machine_arn: str
    topic_arn: str
    failed: str
    """What an execution did that failed, for people: `failed or was rolled back`."""


@dataclass(frozen=True, kw_only=True)
class ExecutionAlarmsOutputs:
    """The alarms."""

    names: tuple[str, ...]


class ExecutionAlarms(Construct):
    """One alarm a kind of end; no data is the usual state of a machine that seldom runs."""

    def __init__(self, scope: Construct, id_: str, inputs: ExecutionAlarmsInputs) -> None:
        super().__init__(scope, id_)
        # Step Functions developer guide, metrics by CloudWatch: execution metrics
        ends = {"ExecutionsFailed": inputs.failed, "ExecutionsAborted": "was stopped"}
        self.outputs = ExecutionAlarmsOutputs(
            names=tuple(self._alarm(inputs, metric, what) for metric, what in ends.items())
        )

    def _alarm(self, inputs: ExecutionAlarmsInputs, metric: str, what: str) -> str:
        kind = metric.removeprefix("Executions").lower()
        name = inputs.naming.name("alarm", f"{inputs.purpose}-{kind}")
        resource(
            CloudwatchMetricAlarm,
            self,
            kind,
            alarm_name=name,
            alarm_description=(
                f"An execution of the {inputs.purpose} {what}: invoke {inputs.command} says where it is"
            ),
            namespace="AWS/States",
            metric_name=metric,
            dimensions={"StateMachineArn": inputs.state_machine_arn},
            statistic="Sum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=[inputs.topic_arn],
        )
        return name
