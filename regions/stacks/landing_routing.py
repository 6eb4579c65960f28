"""`REGION/routing` of a database migration: production, the data centre, all routes, endpoints."""

from __future__ import annotations

from cdktf import App
from cdktf_cdktf_provider_aws.vpn_gateway_attachment import VpnGatewayAttachment

from modules.gateway_endpoints import GatewayEndpoints, GatewayEndpointsInputs
from modules.interface_endpoints import InterfaceEndpoints, InterfaceEndpointsInputs
from modules.local_peering import LocalPeering, LocalPeeringInputs
from modules.route_tables import GatewayRoute, PeerRoute, RouteTables, RouteTablesInputs
from regions.stacks.base import elements
from regions.stacks.landing import LandingStack
from shared.blocks import resource
from shared.contracts import Foundation, Routing
from shared.settings import DatabaseMigration

#: What DMS and what is run beside it ask for from the private subnets.
_SERVICES = ("secretsmanager", "logs", "dms")


class LandingRoutingStack(LandingStack):
    """Both ways out of the VPC are private: to production, and to the data centre."""

    name = "routing"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        own, production, foundation = environment.landing, environment.production, self.foundation
        peering = LocalPeering(
            self,
            "peering",
            LocalPeeringInputs(
                naming=self.naming,
                vpc_id=foundation.vpc_id,
                vpc_cidr=own.vpc_cidr,
                peer_vpc_id=production.vpc_id,
                peer_route_table_ids=production.route_table_ids,
            ),
        ).outputs
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
                peers=(PeerRoute(cidr=production.vpc_cidr, vpc_peering_id=peering.vpc_peering_id),),
                gateways=self._data_centre(foundation),
            ),
        ).outputs
        GatewayEndpoints(
            self,
            "endpoints",
            GatewayEndpointsInputs(
                naming=self.naming,
                region=own.region,
                vpc_id=foundation.vpc_id,
                route_table_ids=(tables.public_id, *tables.private_ids),
            ),
        )
        InterfaceEndpoints(
            self,
            "apis",
            InterfaceEndpointsInputs(
                naming=self.naming,
                region=own.region,
                vpc_id=foundation.vpc_id,
                vpc_cidr=own.vpc_cidr,
                subnet_ids=foundation.private_subnet_ids,
                services=_SERVICES,
            ),
        )
        self.publish(
            Routing(
                vpc_peering_id=peering.vpc_peering_id,
                public_route_table_id=tables.public_id,
                private_route_table_ids=tables.private_ids,
            )
        )

    def _data_centre(self, foundation: Foundation) -> tuple[GatewayRoute, ...]:
        """Attach the virtual private gateway and return the routes to it; none without a gateway."""
        gateway = self.environment.landing.vpn_gateway_id
        if gateway is None:
            return ()
        attached = resource(
            VpnGatewayAttachment, self, "data-centre", vpc_id=foundation.vpc_id, vpn_gateway_id=gateway
        )
        # The attachment's own id, so that no route is made before it: AWS refuses one that is not there.
        return tuple(
            GatewayRoute(cidr=cidr, gateway_id=attached.vpn_gateway_id)
            for cidr in self.environment.on_premises.cidrs
        )
