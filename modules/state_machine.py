"""A Step Functions state machine of ours: definition, role, log, tracing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
from constructs import Construct

from modules.role import Role, RoleInputs, Statement
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class StateMachineInputs:
    """What it does, and what its role may touch besides its log and its trace."""

    naming: Naming
    purpose: str
    account_id: str
    region: str
    definition: Mapping[str, Any]
    """The Amazon States Language document."""
    statements: tuple[Statement, ...]
    kms_key_arn: str
    """Encrypts its log."""
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class StateMachineOutputs:
    """The state machine."""

    arn: str


class StateMachine(Construct):
    """State machine with logging, tracing and a role that it alone may be given."""

    def __init__(self, scope: Construct, id_: str, inputs: StateMachineInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("statemachine", inputs.purpose)
        log = resource(
            CloudwatchLogGroup,
            self,
            "log",
            # The prefix keeps the log group's resource policy short (Step Functions, logging).
            name=f"/aws/vendedlogs/states/{name}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        role = Role(
            self,
            "role",
            RoleInputs(
                name=inputs.naming.name("role", f"{inputs.purpose}-machine"),
                service="states.amazonaws.com",
                account_id=inputs.account_id,
                statements=(*inputs.statements, *_EVERY_MACHINE),
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
            definition=json.dumps(inputs.definition),
            # Without the execution's data: what people write into an input or an answer would be in the log.
            logging_configuration={
                "level": "ALL",
                "include_execution_data": False,
                "log_destination": f"{log.arn}:*",
            },
            tracing_configuration={"enabled": True},
            depends_on=list(role.outputs.permissions),
        )
        self.outputs = StateMachineOutputs(arn=machine.arn)


def may_invoke(*functions: str) -> Statement:
    """Return the permission to invoke functions (ARNs), whatever their version."""
    return Statement(
        sid="InvokeItsFunctions",
        actions=("lambda:InvokeFunction",),
        resources=(*functions, *(f"{arn}:*" for arn in functions)),
    )


_EVERY_MACHINE = (
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
