"""The machine image of a region's instances: the newest when it is first asked for, then the same one.

AWS publishes images every few weeks. What a data source finds changes with each of them, and a plan
of the service would never stay empty; the image is therefore kept, and taken anew on request
(docs/decisions/0006).
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import DataResource, Fn
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from constructs import Construct

from shared.blocks import resource

#: AWS's public parameters for the newest image of each family.
AMI_PARAMETERS = {
    "amazon-linux-2": "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
    "amazon-linux-2023": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
}


@dataclass(frozen=True, kw_only=True)
class MachineImageInputs:
    """Which family, and how often the newest image was asked for."""

    family: str
    release: int
    """Raised by one to take the newest image: the instances are then replaced one after the other."""


@dataclass(frozen=True, kw_only=True)
class MachineImageOutputs:
    """The image."""

    image_id: str


class MachineImage(Construct):
    """Looks the image up and remembers it."""

    def __init__(self, scope: Construct, id_: str, inputs: MachineImageInputs) -> None:
        super().__init__(scope, id_)
        newest = resource(DataAwsSsmParameter, self, "newest", name=AMI_PARAMETERS[inputs.family])
        kept = resource(
            DataResource,
            self,
            "kept",
            input={"id": newest.insecure_value},
            triggers_replace={"family": inputs.family, "release": inputs.release},
            # A newer image of AWS's is no change; `service.ami_release` in the settings owns it.
            lifecycle={"ignore_changes": ["input"]},
        )
        self.outputs = MachineImageOutputs(image_id=Fn.lookup(kept.output, "id"))
