"""VPC peering across regions: each side has tags of its own.

moto 5.2.5 keeps one object for both regions, which reads its tags in the requester's: the accepter's
side then shows the other side's tags, which is drift for its owner.

AWS: CreateTags works on the resources of the region that is called (API reference); the provider's
`aws_vpc_peering_connection_accepter` has tags beside the requester's.
"""

from __future__ import annotations

import copy

from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection, VPCPeeringConnectionBackend
from moto.ec2.models.vpcs import VPC

_create = VPCPeeringConnectionBackend.create_vpc_peering_connection


def install() -> None:
    """Wrap the making of a connection."""
    VPCPeeringConnectionBackend.create_vpc_peering_connection = create_vpc_peering_connection


def create_vpc_peering_connection(
    self: VPCPeeringConnectionBackend, vpc: VPC, peer_vpc: VPC, tags: dict[str, str] | None = None
) -> VPCPeeringConnection:
    """Give the other region a view of its own; status and options stay shared."""
    connection = _create(self, vpc, peer_vpc, tags)
    other = peer_vpc.ec2_backend
    if other is not self:
        view = copy.copy(connection)
        view.ec2_backend = other
        other.vpc_pcxs[connection.id] = view
    return connection
