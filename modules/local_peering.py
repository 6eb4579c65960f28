"""A peering between two VPCs of one region and one account: asked for and accepted at once.

The other VPC is somebody else's. Of its route tables only those that are named get a route back; a table
whose routes stand inline in other Terraform must not be among them, because that would delete ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from constructs import Construct

from modules.peering import PeeringOutputs
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class LocalPeeringInputs:
    """The two networks."""

    naming: Naming
    vpc_id: str
    vpc_cidr: str
    """Block that the other side's tables get a route to."""
    peer_vpc_id: str
    peer_route_table_ids: tuple[str, ...]
    """Tables of the other side that get the route; empty: somebody else adds it."""


class LocalPeering(Construct):
    """The connection, with names of each side resolved to private addresses on the other."""

    def __init__(self, scope: Construct, id_: str, inputs: LocalPeeringInputs) -> None:
        super().__init__(scope, id_)
        connection = resource(
            VpcPeeringConnection,
            self,
            "connection",
            vpc_id=inputs.vpc_id,
            peer_vpc_id=inputs.peer_vpc_id,
            auto_accept=True,
            accepter={"allow_remote_vpc_dns_resolution": True},
            requester={"allow_remote_vpc_dns_resolution": True},
            tags={"Name": inputs.naming.name("pcx", "migration")},
        )
        for index, table in enumerate(inputs.peer_route_table_ids):
            resource(
                Route,
                self,
                f"back-{index}",
                route_table_id=table,
                destination_cidr_block=inputs.vpc_cidr,
                vpc_peering_connection_id=connection.id,
            )
        self.outputs = PeeringOutputs(vpc_peering_id=connection.id)
