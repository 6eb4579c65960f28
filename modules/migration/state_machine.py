"""The migration's state machine in AWS: definition, role, log.

Its definition comes from `modules.machine`, its input from `invoke migrate.start`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
from constructs import Construct

from modules.machine.definition import definition
from modules.machine.inputs import MachineInputs
from modules.role import Role, RoleInputs, Statement
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class MigrationStateMachineInputs:
    """What it is built from and what its role may touch."""

    naming: Naming
    account_id: str
    region: str
    machine: MachineInputs
    checkpoint_parameter_arn: str
    approval_parameter_arn: str
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class MigrationStateMachineOutputs:
    """The state machine."""

    arn: str


class MigrationStateMachine(Construct):
    """State machine with logging, tracing and a role that can change these two records only."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationStateMachineInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("statemachine", "migration")
        log = resource(
            CloudwatchLogGroup,
            self,
            "log",
            # The prefix keeps the log group's resource policy short (Step Functions, logging).
            name=f"/aws/vendedlogs/states/{name}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.machine.kms_key_arn,
        )
        role = Role(
            self,
            "role",
            RoleInputs(
                name=inputs.naming.name("role", "migration-machine"),
                service="states.amazonaws.com",
                account_id=inputs.account_id,
                statements=permissions(inputs),
                source_arn=f"arn:aws:states:{inputs.region}:{inputs.account_id}:stateMachine:{name}",
            ),
        )
        machine = resource(
            SfnStateMachine,
            self,
            "machine",
            name=name,
            type="STANDARD",
            role_arn=role.outputs.arn,
            definition=json.dumps(definition(inputs.machine)),
            # Without the execution's data: an answer to a question would be in the log.
            logging_configuration={
                "level": "ALL",
                "include_execution_data": False,
                "log_destination": f"{log.arn}:*",
            },
            tracing_configuration={"enabled": True},
            depends_on=list(role.outputs.permissions),
        )
        self.outputs = MigrationStateMachineOutputs(arn=machine.arn)


def permissions(inputs: MigrationStateMachineInputs) -> tuple[Statement, ...]:
    """Return what the machine's role may do.

    The condition on the record's name and type (Route 53 developer guide, specifying conditions) makes
    the rest of the zone untouchable for it.
    """
    machine = inputs.machine
    functions = (machine.start_function_arn, machine.gate_function_arn, machine.writer_function_arn)
    return (
        Statement(
            sid="SetTheTwoWeights",
            actions=("route53:ChangeResourceRecordSets",),
            resources=(f"arn:aws:route53:::hostedzone/{machine.hosted_zone_id}",),
            conditions={
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [machine.record_name],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
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
            sid="WriteDownWhereItStands",
            actions=("ssm:PutParameter",),
            resources=(inputs.checkpoint_parameter_arn, inputs.approval_parameter_arn),
        ),
        Statement(
            sid="EncryptTheTokenAndTheMessages",
            actions=("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
            resources=(machine.kms_key_arn,),
        ),
        Statement(
            sid="InvokeItsFunctions",
            actions=("lambda:InvokeFunction",),
            resources=(*functions, *(f"{arn}:*" for arn in functions)),
        ),
        Statement(sid="TellWhatHappens", actions=("sns:Publish",), resources=(machine.topic_arn,)),
        Statement(
            sid="DeliverItsLog",
            actions=(
                "logs:CreateLogDelivery",
                "logs:GetLogDelivery",
                "logs:UpdateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:DescribeResourcePolicies",
                "logs:DescribeLogGroups",
            ),
            resources=("*",),
            why_every_resource="log delivery knows no resource (Step Functions developer guide, logging)",
        ),
        Statement(
            sid="Trace",
            actions=(
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
            ),
            resources=("*",),
            why_every_resource="X-Ray's actions know no resource",
        ),
    )
