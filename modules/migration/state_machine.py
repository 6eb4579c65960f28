"""The migration's state machine in AWS: what its role may touch.

Its definition comes from `modules.machine`, its input from `invoke migrate.start`.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from modules.machine.definition import definition
from modules.machine.inputs import MachineInputs
from modules.role import Statement
from modules.state_machine import StateMachine, StateMachineInputs, may_invoke
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


class MigrationStateMachine(StateMachine):
    """State machine with logging, tracing and a role that can change these two records only."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationStateMachineInputs) -> None:
        super().__init__(
            scope,
            id_,
            StateMachineInputs(
                naming=inputs.naming,
                purpose="migration",
                account_id=inputs.account_id,
                region=inputs.region,
                definition=definition(inputs.machine),
                statements=permissions(inputs),
                kms_key_arn=inputs.machine.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
            ),
        )


def permissions(inputs: MigrationStateMachineInputs) -> tuple[Statement, ...]:
    """Return what the machine's role may do.

    The condition on the record's name and type (Route 53 developer guide, specifying conditions) makes
    the rest of the zone untouchable for it.
    """
    machine = inputs.machine
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
        may_invoke(machine.start_function_arn, machine.gate_function_arn, machine.writer_function_arn),
        Statement(sid="TellWhatHappens", actions=("sns:Publish",), resources=(machine.topic_arn,)),
    )
