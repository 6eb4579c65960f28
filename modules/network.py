"""A region's network without its routes: VPC, subnets in each zone, internet gateway, NAT gateways.

The routes are another construct in another stack, because the peering adds to them later.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

#: Private subnets start here among the /24s (of a /16), so that either kind can grow without a gap.
_PRIVATE_OFFSET = 10
_SUBNET_BITS = 8
#: A load balancer's subnet is a /27 or larger with 8 free addresses (Application Load Balancers user
#: guide, subnets); twice that leaves room for the instances and the database.
_SMALLEST_SUBNET = 26


@dataclass(frozen=True, kw_only=True)
class NetworkInputs:
    """The shape of the network."""

    naming: Naming
    cidr: str
    """Block of the VPC, /16 to /22; each subnet takes a 256th of it (a /24 of a /16), at least a /26."""
    zones: tuple[str, ...]
    """Availability zones: one public and one private subnet in each."""
    nat_mode: Literal["per-az", "single", "none"]
    """`per-az` survives the loss of a zone; with `none` private subnets reach nothing outside."""


@dataclass(frozen=True, kw_only=True)
class NetworkOutputs:
    """What the network is made of."""

    vpc_id: str
    vpc_cidr: str
    public_subnet_ids: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]
    internet_gateway_id: str
    nat_gateway_ids: tuple[str, ...]
    """One per private subnet, in the order of the zones; empty with `nat_mode` `none`."""


def subnet_cidr(vpc_cidr: str, index: int) -> str:
    """Return the block of the `index`-th subnet: a 256th of the VPC's, or a /26 of a small one."""
    network = ipaddress.IPv4Network(vpc_cidr)
    prefix = min(network.prefixlen + _SUBNET_BITS, _SMALLEST_SUBNET)
    return str(list(network.subnets(new_prefix=prefix))[index])


class Network(Construct):
    """One VPC over all zones."""

    def __init__(self, scope: Construct, id_: str, inputs: NetworkInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        self._vpc = resource(
            Vpc,
            self,
            "vpc",
            cidr_block=inputs.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": inputs.naming.name("vpc", "migration")},
        )
        # Without rules: nothing can be put into it by forgetting to name a group.
        resource(DefaultSecurityGroup, self, "default-group", vpc_id=self._vpc.id)
        gateway = resource(
            InternetGateway,
            self,
            "gateway",
            vpc_id=self._vpc.id,
            tags={"Name": inputs.naming.name("igw", "migration")},
        )
        public = [self._subnet("public", index) for index in range(len(inputs.zones))]
        private = [self._subnet("private", index) for index in range(len(inputs.zones))]
        self.outputs = NetworkOutputs(
            vpc_id=self._vpc.id,
            vpc_cidr=inputs.cidr,
            public_subnet_ids=tuple(subnet.id for subnet in public),
            private_subnet_ids=tuple(subnet.id for subnet in private),
            internet_gateway_id=gateway.id,
            nat_gateway_ids=self._nats(public, gateway),
        )

    def _subnet(self, kind: Literal["public", "private"], index: int) -> Subnet:
        inputs = self._inputs
        zone = inputs.zones[index]
        offset = 0 if kind == "public" else _PRIVATE_OFFSET
        return resource(
            Subnet,
            self,
            f"{kind}-{index}",
            vpc_id=self._vpc.id,
            cidr_block=subnet_cidr(inputs.cidr, offset + index),
            availability_zone=zone,
            # Load balancers and NAT gateways bring their own addresses; nothing else belongs there.
            map_public_ip_on_launch=False,
            tags={"Name": inputs.naming.name("subnet", f"{kind}-{zone[-1]}"), "Tier": kind},
        )

    def _nats(self, public: list[Subnet], gateway: InternetGateway) -> tuple[str, ...]:
        inputs = self._inputs
        count = {"per-az": len(public), "single": 1, "none": 0}[inputs.nat_mode]
        nats = []
        for index, subnet in enumerate(public[:count]):
            purpose = f"nat-{inputs.zones[index][-1]}"
            address = resource(
                Eip,
                self,
                f"nat-address-{index}",
                domain="vpc",
                tags={"Name": inputs.naming.name("eip", purpose)},
            )
            nat = resource(
                NatGateway,
                self,
                f"nat-{index}",
                allocation_id=address.id,
                subnet_id=subnet.id,
                # A NAT gateway in a VPC whose internet gateway is not attached yet fails for good.
                depends_on=[gateway],
                tags={"Name": inputs.naming.name("nat", inputs.zones[index][-1])},
            )
            nats.append(nat.id)
        return tuple(nats[index % count] for index in range(len(public))) if count else ()
