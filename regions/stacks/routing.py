"""`REGION/routing`: a side of the peering, all routes of the region, gateway endpoints.

Two stacks, one for each side of the peering; each owns the routes of its own region. A route to
a peering that is still pending is legal (a blackhole until it is accepted), so there is no cycle.
"""

from __future__ import annotations

from cdktf import App

from modules.gateway_endpoints import GatewayEndpoints, GatewayEndpointsInputs
from modules.peering import PeeringAccept, PeeringAcceptInputs, PeeringRequest, PeeringRequestInputs
from modules.route_tables import PeerRoute, RouteTables, RouteTablesInputs
from regions.stacks.base import SideStack, elements
from shared.contracts import Foundation, Routing
from shared.settings import TwoRegions


class _RoutingStack(SideStack):
    """Routes and endpoints, once the peering's id is known."""

    name = "routing"

    def route(self, vpc_peering_id: str) -> None:
        """Make the route tables and endpoints of this region and publish the contract."""
        own, peer = self.sides.own, self.sides.peer
        foundation = self.read(Foundation, self.here("foundation"))
        zones = len(own.availability_zones)
        nats = 0 if own.nat_mode == "none" else zones
        tables = RouteTables(
            self,
            "tables",
            RouteTablesInputs(
                naming=self.naming,
                vpc_id=foundation.vpc_id,
                internet_gateway_id=foundation.internet_gateway_id,
                zones=own.availability_zones,
                public_subnets=elements(foundation.public_subnet_ids, zones),
                private_subnets=elements(foundation.private_subnet_ids, zones),
                nat_gateways=elements(foundation.nat_gateway_ids, nats),
                peers=(PeerRoute(cidr=peer.vpc_cidr, vpc_peering_id=vpc_peering_id),),
            ),
        )
        GatewayEndpoints(
            self,
            "endpoints",
            GatewayEndpointsInputs(
                naming=self.naming,
                region=own.region,
                vpc_id=foundation.vpc_id,
                route_table_ids=(tables.outputs.public_id, *tables.outputs.private_ids),
            ),
        )
        self.publish(
            Routing(
                vpc_peering_id=vpc_peering_id,
                public_route_table_id=tables.outputs.public_id,
                private_route_table_ids=tables.outputs.private_ids,
            )
        )


class RequesterRoutingStack(_RoutingStack):
    """The home region asks for the peering."""

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        own = self.read(Foundation, self.here("foundation"))
        peer = self.read(Foundation, self.there("foundation"))
        request = PeeringRequest(
            self,
            "peering",
            PeeringRequestInputs(
                naming=self.naming,
                vpc_id=own.vpc_id,
                peer_vpc_id=peer.vpc_id,
                peer_region=self.sides.peer.region,
            ),
        )
        self.route(request.outputs.vpc_peering_id)


class AccepterRoutingStack(_RoutingStack):
    """The other region accepts it."""

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        requester = self.read(Routing, self.there("routing"))
        accept = PeeringAccept(
            self, "peering", PeeringAcceptInputs(naming=self.naming, vpc_peering_id=requester.vpc_peering_id)
        )
        self.route(accept.outputs.vpc_peering_id)
