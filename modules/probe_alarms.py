"""Two alarms on a region's probe: it says that the region is not well, and nobody asks it any more.

Route 53 publishes the status of its health checks in us-east-1 only, so an alarm on it would live in
the disaster. What the probe answered is counted by Lambda in the probe's own region.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from modules.alarms import AlarmTiming
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class ProbeAlarmsInputs:
    """Whose answers, how long they have to be wrong, and who is told."""

    naming: Naming
    function_name: str
    timing: AlarmTiming
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class ProbeAlarmsOutputs:
    """Names of the alarms."""

    unwell: str
    unasked: str


class ProbeAlarms(Construct):
    """On Lambda's own counts of the URL's requests (Lambda developer guide, monitoring function URLs)."""

    def __init__(self, scope: Construct, id_: str, inputs: ProbeAlarmsInputs) -> None:
        super().__init__(scope, id_)
        unwell = self._alarm(
            inputs,
            "unwell",
            "The probe answers that this region is not well, or fails",
            metric_name="Url5xxCount",
            comparison_operator="GreaterThanOrEqualToThreshold",
            # no answers of 5xx, no data
            treat_missing_data="notBreaching",
        )
        unasked = self._alarm(
            inputs,
            "unasked",
            "No health checker asks the probe: its URL, its permissions or its health check is gone",
            metric_name="UrlRequestCount",
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
        )
        self.outputs = ProbeAlarmsOutputs(unwell=unwell.alarm_name, unasked=unasked.alarm_name)

    def _alarm(
        self, inputs: ProbeAlarmsInputs, purpose: str, description: str, **rule: str
    ) -> CloudwatchMetricAlarm:
        return resource(
            CloudwatchMetricAlarm,
            self,
            purpose,
            alarm_name=inputs.naming.name("alarm", f"probe-{purpose}"),
            alarm_description=description,
            namespace="AWS/Lambda",
            dimensions={"FunctionName": inputs.function_name},
            statistic="Sum",
            threshold=1,
            period=inputs.timing.period_seconds,
            evaluation_periods=inputs.timing.evaluation_periods,
            alarm_actions=[inputs.topic_arn],
            ok_actions=[inputs.topic_arn],
            **rule,
        )
