"""What EventBridge hears of DMS and of the lag's alarms, and whom it tells.

A pattern names the resources by their ARNs and, of `detail`, only `category` and `state`: DMS's documentation
and its events do not agree on more (`type` and `eventName` there are `REPLICATION_TASK` and `eventId` here).
DMS sends no event about latency; the alarm's change of state stands in for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

TASK_CHANGE = "DMS Replication Task State Change"
INSTANCE_CHANGE = "DMS Replication Instance State Change"
ALARM_CHANGE = "CloudWatch Alarm State Change"
#: What somebody has to know of (DMS user guide, event categories), without creations and deletions.
CATEGORIES = ("StateChange", "Failure", "Failover", "LowStorage")


@dataclass(frozen=True, kw_only=True)
class MigrationEventsInputs:
    """What is listened to, and who is told."""

    naming: Naming
    forward_task_arn: str
    reverse_task_arn: str
    instance_arn: str
    lag_alarm_arns: tuple[str, ...]
    function_name: str
    function_arn: str
    topic_arn: str


class MigrationEvents(Construct):
    """Three rules: two for the cutover's function, one for people."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationEventsInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        self._function(
            "task-state", "The forward task changed its state", task_pattern(inputs.forward_task_arn)
        )
        self._function("lag-alarm", "The latency of DMS is well again", alarm_pattern(inputs.lag_alarm_arns))
        alerts = self._rule(
            "alerts",
            "Failures and changes of state of the replication",
            alert_pattern((inputs.forward_task_arn, inputs.reverse_task_arn, inputs.instance_arn)),
        )
        resource(CloudwatchEventTarget, self, "alerts-target", rule=alerts.name, arn=inputs.topic_arn)

    def _rule(self, purpose: str, description: str, pattern: Mapping[str, Any]) -> CloudwatchEventRule:
        return resource(
            CloudwatchEventRule,
            self,
            purpose,
            name=self._inputs.naming.name("rule", purpose),
            description=description,
            event_pattern=json.dumps(pattern),
        )

    def _function(self, purpose: str, description: str, pattern: Mapping[str, Any]) -> None:
        rule = self._rule(purpose, description, pattern)
        permission = resource(
            LambdaPermission,
            self,
            f"{purpose}-permission",
            statement_id="".join(word.capitalize() for word in purpose.split("-")),
            action="lambda:InvokeFunction",
            function_name=self._inputs.function_name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )
        resource(
            CloudwatchEventTarget,
            self,
            f"{purpose}-target",
            rule=rule.name,
            arn=self._inputs.function_arn,
            depends_on=[permission],
        )


def task_pattern(task_arn: str) -> dict[str, Any]:
    """Return the pattern of a task's changes."""
    return {"source": ["aws.dms"], "detail-type": [TASK_CHANGE], "resources": [task_arn]}


def alarm_pattern(alarm_arns: tuple[str, ...]) -> dict[str, Any]:
    """Return the pattern of alarms that are well again."""
    return {
        "source": ["aws.cloudwatch"],
        "detail-type": [ALARM_CHANGE],
        "resources": list(alarm_arns),
        "detail": {"state": {"value": ["OK"]}},
    }


def alert_pattern(arns: tuple[str, ...]) -> dict[str, Any]:
    """Return the pattern of what people have to know."""
    return {
        "source": ["aws.dms"],
        "detail-type": [TASK_CHANGE, INSTANCE_CHANGE],
        "resources": list(arns),
        "detail": {"category": list(CATEGORIES)},
    }
