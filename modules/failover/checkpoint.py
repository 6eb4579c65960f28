"""The checkpoint: how far the failover came. Made here, written by the state machine, whose value it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class FailoverCheckpointInputs:
    """How it is called."""

    naming: Naming


@dataclass(frozen=True, kw_only=True)
class FailoverCheckpointOutputs:
    """The parameter."""

    name: str
    arn: str


class FailoverCheckpoint(Construct):
    """A parameter without anything secret in it; Parameter Store keeps its versions."""

    def __init__(self, scope: Construct, id_: str, inputs: FailoverCheckpointInputs) -> None:
        super().__init__(scope, id_)
        parameter = resource(
            SsmParameter,
            self,
            "parameter",
            name=inputs.naming.path("failover", "checkpoint"),
            description="Where the failover stands; every version is kept in its history",
            type="String",
            value=json.dumps({"stage": "none"}),
            # The state machine owns the value (`invoke failover.failover`): the next apply must not make
            # it forget an action that was not finished.
            lifecycle={"ignore_changes": ["value"]},
        )
        self.outputs = FailoverCheckpointOutputs(name=parameter.name, arn=parameter.arn)
