"""The public addresses of NAT gateways: where private subnets come from, seen from outside."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.data_aws_nat_gateway import DataAwsNatGateway
from constructs import Construct

from shared.blocks import resource


@dataclass(frozen=True, kw_only=True)
class NatAddressesInputs:
    """Which gateways."""

    nat_gateway_ids: tuple[str, ...]
    """Each once."""


@dataclass(frozen=True, kw_only=True)
class NatAddressesOutputs:
    """What a firewall lets in."""

    cidrs: tuple[str, ...]


class NatAddresses(Construct):
    """Looked up, not published by the foundation: only a firewall that is narrow needs them."""

    def __init__(self, scope: Construct, id_: str, inputs: NatAddressesInputs) -> None:
        super().__init__(scope, id_)
        found = [
            resource(DataAwsNatGateway, self, f"nat-{index}", id=gateway)
            for index, gateway in enumerate(inputs.nat_gateway_ids)
        ]
        self.outputs = NatAddressesOutputs(cidrs=tuple(f"{nat.public_ip}/32" for nat in found))
