"""The checkpoint: how far the failover came. Made here, written by the state machine, whose value it is."""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from modules.checkpoint_parameter import checkpoint_parameter
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
        parameter = checkpoint_parameter(self, "parameter", operation="failover", naming=inputs.naming)
        self.outputs = FailoverCheckpointOutputs(name=parameter.name, arn=parameter.arn)
