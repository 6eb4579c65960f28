"""A function that is run by the clock, with an event of EventBridge's that says so."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class ScheduleInputs:
    """What is run, and how often."""

    naming: Naming
    purpose: str
    description: str
    minutes: int
    """Between two runs; the first one comes that long after the rule is made."""
    function_name: str
    function_arn: str


@dataclass(frozen=True, kw_only=True)
class ScheduleOutputs:
    """The rule."""

    name: str


class Schedule(Construct):
    """The rule, its target, and the permission for this rule only."""

    def __init__(self, scope: Construct, id_: str, inputs: ScheduleInputs) -> None:
        super().__init__(scope, id_)
        rule = resource(
            CloudwatchEventRule,
            self,
            "rule",
            name=inputs.naming.name("rule", inputs.purpose),
            description=inputs.description,
            schedule_expression=rate(inputs.minutes),
        )
        permission = resource(
            LambdaPermission,
            self,
            "permission",
            statement_id="Schedule",
            action="lambda:InvokeFunction",
            function_name=inputs.function_name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )
        resource(
            CloudwatchEventTarget,
            self,
            "target",
            rule=rule.name,
            arn=inputs.function_arn,
            depends_on=[permission],
        )
        self.outputs = ScheduleOutputs(name=rule.name)


def rate(minutes: int) -> str:
    """Return EventBridge's expression, which wants the unit in the right number."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"
