"""What the cutover goes by, and how far it is: two parameters, of which every version is kept.

Both values are write-only: Terraform writes them once and never reads them. From then on people own the
configuration, and the cutover owns the state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

FIRST_STATE = {"stage": "replicating"}


@dataclass(frozen=True, kw_only=True)
class CutoverParametersInputs:
    """The configuration to begin with."""

    naming: Naming
    kms_key_arn: str
    config: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CutoverParametersOutputs:
    """The parameters."""

    config: str
    config_arn: str
    state: str
    state_arn: str


class CutoverParameters(Construct):
    """`/migration/SUFFIX/config` and `/migration/SUFFIX/state`."""

    def __init__(self, scope: Construct, id_: str, inputs: CutoverParametersInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        config = self._parameter("config", "What the cutover goes by; change it here", inputs.config)
        state = self._parameter("state", "How far the cutover is; every version is kept", FIRST_STATE)
        self.outputs = CutoverParametersOutputs(
            config=config.name, config_arn=config.arn, state=state.name, state_arn=state.arn
        )

    def _parameter(self, purpose: str, description: str, value: Mapping[str, Any]) -> SsmParameter:
        return resource(
            SsmParameter,
            self,
            purpose,
            name=self._inputs.naming.path("migration", purpose),
            description=description,
            type="SecureString",
            key_id=self._inputs.kms_key_arn,
            value_wo=json.dumps(value),
            # Never raised: the value is the cutover's from the first day on.
            value_wo_version=1,
        )
