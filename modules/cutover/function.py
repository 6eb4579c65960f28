"""The function that moves the write name, with the queue of events that it failed on.

One at a time: two at once could each see what the other is about to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from modules.lambda_function import LambdaFunction, LambdaFunctionInputs
from modules.role import Statement
from shared.blocks import resource
from shared.naming import Naming

TIMEOUT_SECONDS = 300
CONCURRENCY = 1
_TWO_WEEKS = 1_209_600
_READS_ONLY = "an action that only reads, and knows no resource"


@dataclass(frozen=True, kw_only=True)
class CutoverFunctionInputs:
    """What it looks at, and what it may change."""

    naming: Naming
    account_id: str
    region: str
    kms_key_arn: str
    log_retention_days: int
    hosted_zone_id: str
    record_name: str
    on_premises_set_identifier: str
    aurora_set_identifier: str
    forward_task_arn: str
    forward_task_id: str
    reverse_task_arn: str
    instance_id: str
    lag_alarms: tuple[str, ...]
    config_parameter: str
    config_parameter_arn: str
    state_parameter: str
    state_parameter_arn: str
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class CutoverFunctionOutputs:
    """The function and its queue."""

    name: str
    arn: str
    dead_letters_url: str


def dead_letters(naming: Naming) -> str:
    """Return the name of the queue: alarms and the dashboard watch it by its name."""
    return naming.name("queue", "cutover-failures")


class CutoverFunction(Construct):
    """The function `cutover` outside of every network: it talks to APIs of AWS only, one of them global."""

    def __init__(self, scope: Construct, id_: str, inputs: CutoverFunctionInputs) -> None:
        super().__init__(scope, id_)
        queue = resource(
            SqsQueue,
            self,
            "failures",
            name=dead_letters(inputs.naming),
            kms_master_key_id=inputs.kms_key_arn,
            message_retention_seconds=_TWO_WEEKS,
        )
        function = LambdaFunction(
            self,
            "function",
            LambdaFunctionInputs(
                naming=inputs.naming,
                package="cutover",
                purpose="cutover",
                description="Moves the write name to Aurora, or back, when nothing speaks against it",
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=permissions(inputs, queue.arn),
                config=configuration(inputs),
                timeout_seconds=TIMEOUT_SECONDS,
                reserved_concurrency=CONCURRENCY,
                dead_letters_arn=queue.arn,
            ),
        ).outputs
        self.outputs = CutoverFunctionOutputs(
            name=function.name, arn=function.arn, dead_letters_url=queue.url
        )


def configuration(inputs: CutoverFunctionInputs) -> dict[str, Any]:
    """Return what the function finds in its variable CONFIG."""
    return {
        "region": inputs.region,
        "hosted_zone_id": inputs.hosted_zone_id,
        "record_name": inputs.record_name,
        "set_identifiers": {
            "on_premises": inputs.on_premises_set_identifier,
            "aurora": inputs.aurora_set_identifier,
        },
        "forward_task_arn": inputs.forward_task_arn,
        "reverse_task_arn": inputs.reverse_task_arn,
        "instance_id": inputs.instance_id,
        "forward_task_id": inputs.forward_task_id,
        "lag_alarms": list(inputs.lag_alarms),
        "config_parameter": inputs.config_parameter,
        "state_parameter": inputs.state_parameter,
        "topic_arn": inputs.topic_arn,
    }


def permissions(inputs: CutoverFunctionInputs, queue_arn: str) -> tuple[Statement, ...]:
    """Return what the function may do: look, move this one name, write down that it did, tell."""
    zone = f"arn:aws:route53:::hostedzone/{inputs.hosted_zone_id}"
    return (
        Statement(
            sid="LookAtReplicationAndLatency",
            actions=("dms:DescribeReplicationTasks", "cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"),
            resources=("*",),
            why_every_resource=_READS_ONLY,
        ),
        Statement(
            sid="LookAtTheTables",
            actions=("dms:DescribeTableStatistics",),
            resources=(inputs.forward_task_arn,),
        ),
        Statement(sid="ReadTheWeights", actions=("route53:ListResourceRecordSets",), resources=(zone,)),
        Statement(
            sid="SetTheTwoWeights",
            actions=("route53:ChangeResourceRecordSets",),
            resources=(zone,),
            conditions={
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [inputs.record_name],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"],
                    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
                }
            },
        ),
        Statement(
            sid="SeeWhetherTheyAreInPlace",
            actions=("route53:GetChange",),
            resources=("arn:aws:route53:::change/*",),
        ),
        Statement(
            sid="ReadWhatToGoBy",
            actions=("ssm:GetParameter",),
            resources=(
                inputs.config_parameter_arn,
                inputs.state_parameter_arn,
                # a version of it
                f"{inputs.state_parameter_arn}:*",
            ),
        ),
        Statement(
            sid="WriteDownHowFarItIs", actions=("ssm:PutParameter",), resources=(inputs.state_parameter_arn,)
        ),
        Statement(
            sid="EncryptParametersAndMessages",
            actions=("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
            resources=(inputs.kms_key_arn,),
        ),
        Statement(sid="TellWhatHappens", actions=("sns:Publish",), resources=(inputs.topic_arn,)),
        Statement(sid="KeepWhatFailed", actions=("sqs:SendMessage",), resources=(queue_arn,)),
    )
