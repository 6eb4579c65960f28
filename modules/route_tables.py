"""Route tables with all their routes inline, and their associations.

Inline routes own the whole table: a separate `aws_route` on the same table would be deleted by the
next apply, so this construct is the only place where a route is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class PeerRoute:
    """The way to a peered VPC. It may exist while the peering is pending: it is a blackhole until then."""

    cidr: str
    vpc_peering_id: str


@dataclass(frozen=True, kw_only=True)
class GatewayRoute:
    """The way to a network outside of AWS, through a virtual private gateway."""

    cidr: str
    gateway_id: str


@dataclass(frozen=True, kw_only=True)
class RouteTablesInputs:
    """What is routed, and where to. Subnets and NAT gateways are in the order of the zones."""

    naming: Naming
    vpc_id: str
    internet_gateway_id: str
    zones: tuple[str, ...]
    public_subnets: tuple[str, ...]
    private_subnets: tuple[str, ...]
    nat_gateways: tuple[str, ...]
    """One per private subnet; empty when private subnets reach nothing outside."""
    peers: tuple[PeerRoute, ...]
    """Added to every table, public ones too."""
    gateways: tuple[GatewayRoute, ...] = ()
    """The same."""


@dataclass(frozen=True, kw_only=True)
class RouteTablesOutputs:
    """The tables' ids."""

    public_id: str
    private_ids: tuple[str, ...]


class RouteTables(Construct):
    """One public table, and a private table per zone so that a zone uses its own NAT gateway."""

    def __init__(self, scope: Construct, id_: str, inputs: RouteTablesInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        public = self._table("public", [_route(ANYWHERE, gateway_id=inputs.internet_gateway_id)])
        for index, subnet in enumerate(inputs.public_subnets):
            self._associate(f"public-{index}", public, subnet)
        private_ids = []
        for index, (zone, subnet) in enumerate(zip(inputs.zones, inputs.private_subnets, strict=True)):
            nat = inputs.nat_gateways[index : index + 1]
            table = self._table(
                f"private-{zone[-1]}", [_route(ANYWHERE, nat_gateway_id=gateway) for gateway in nat]
            )
            self._associate(f"private-{index}", table, subnet)
            private_ids.append(table.id)
        self.outputs = RouteTablesOutputs(public_id=public.id, private_ids=tuple(private_ids))

    def _table(self, purpose: str, routes: list[dict[str, Any]]) -> RouteTable:
        peers = [
            _route(peer.cidr, vpc_peering_connection_id=peer.vpc_peering_id) for peer in self._inputs.peers
        ]
        gateways = [_route(way.cidr, gateway_id=way.gateway_id) for way in self._inputs.gateways]
        return resource(
            RouteTable,
            self,
            purpose,
            vpc_id=self._inputs.vpc_id,
            route=[*routes, *peers, *gateways],
            tags={"Name": self._inputs.naming.name("rtb", purpose)},
        )

    def _associate(self, id_: str, table: RouteTable, subnet: str) -> None:
        resource(RouteTableAssociation, self, f"{id_}-association", route_table_id=table.id, subnet_id=subnet)


def _route(cidr: str, **target: str) -> dict[str, Any]:
    return {"cidr_block": cidr, **target}
