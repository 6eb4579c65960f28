"""What the migration writes down: where it stands, and the question that it waits on.

Both parameters are made here and written by the state machine, which owns their values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from modules.checkpoint_parameter import checkpoint_parameter
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class MigrationParametersInputs:
    """How they are called and encrypted."""

    naming: Naming
    kms_key_arn: str


@dataclass(frozen=True, kw_only=True)
class MigrationParametersOutputs:
    """The parameters."""

    checkpoint: str
    checkpoint_arn: str
    approval: str
    approval_arn: str


class MigrationParameters(Construct):
    """The checkpoint and the approval."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationParametersInputs) -> None:
        super().__init__(scope, id_)
        checkpoint = checkpoint_parameter(self, "checkpoint", operation="migration", naming=inputs.naming)
        approval = resource(
            SsmParameter,
            self,
            "approval",
            name=inputs.naming.path("migration", "approval"),
            description="The question that the migration waits on, with the token that answers it",
            type="SecureString",
            key_id=inputs.kms_key_arn,
            # Write-only: the token that an execution puts here never gets into a state.
            value_wo=json.dumps({}),
            value_wo_version=1,
        )
        self.outputs = MigrationParametersOutputs(
            checkpoint=checkpoint.name,
            checkpoint_arn=checkpoint.arn,
            approval=approval.name,
            approval_arn=approval.arn,
        )
