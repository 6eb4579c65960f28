"""The two sides of a peering between VPCs in different regions: two constructs, one for each state.

Security groups of the other side cannot be referred to across regions, and the MTU is 1500 there:
rules are by CIDR block.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from cdktf_cdktf_provider_aws.vpc_peering_connection_accepter import VpcPeeringConnectionAccepterA
from cdktf_cdktf_provider_aws.vpc_peering_connection_options import VpcPeeringConnectionOptions
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class PeeringRequestInputs:
    """Who asks whom."""

    naming: Naming
    vpc_id: str
    peer_vpc_id: str
    peer_region: str


@dataclass(frozen=True, kw_only=True)
class PeeringAcceptInputs:
    """Which request is accepted."""

    naming: Naming
    vpc_peering_id: str


@dataclass(frozen=True, kw_only=True)
class PeeringOutputs:
    """The connection: one id on both sides."""

    vpc_peering_id: str


class PeeringRequest(Construct):
    """The requester's side: pending until the other side's stack accepts it."""

    def __init__(self, scope: Construct, id_: str, inputs: PeeringRequestInputs) -> None:
        super().__init__(scope, id_)
        connection = resource(
            VpcPeeringConnection,
            self,
            "connection",
            vpc_id=inputs.vpc_id,
            peer_vpc_id=inputs.peer_vpc_id,
            peer_region=inputs.peer_region,
            # Across regions a connection cannot accept itself.
            auto_accept=False,
            tags={"Name": inputs.naming.name("pcx", "migration"), "Side": "requester"},
        )
        self.outputs = PeeringOutputs(vpc_peering_id=connection.id)


class PeeringAccept(Construct):
    """The accepter's side; names of this VPC resolve to private addresses from the other one."""

    def __init__(self, scope: Construct, id_: str, inputs: PeeringAcceptInputs) -> None:
        super().__init__(scope, id_)
        accepter = resource(
            VpcPeeringConnectionAccepterA,
            self,
            "accepter",
            vpc_peering_connection_id=inputs.vpc_peering_id,
            auto_accept=True,
            tags={"Name": inputs.naming.name("pcx", "migration"), "Side": "accepter"},
        )
        resource(
            VpcPeeringConnectionOptions,
            self,
            "options",
            # AWS refuses options on a connection that is not active yet.
            vpc_peering_connection_id=accepter.id,
            accepter={"allow_remote_vpc_dns_resolution": True},
        )
        self.outputs = PeeringOutputs(vpc_peering_id=accepter.id)
