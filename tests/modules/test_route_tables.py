import pytest

from modules.route_tables import PeerRoute, RouteTables, RouteTablesInputs
from shared.naming import Naming
from tests.synthesized import small

ONE_ZONE = {
    "vpc_id": "vpc-1",
    "internet_gateway_id": "igw-1",
    "zones": ("eu-west-1a",),
    "public_subnets": ("subnet-p",),
    "private_subnets": ("subnet-q",),
    "nat_gateways": (),
    "peers": (),
}


def tables(**changes):
    inputs = RouteTablesInputs(naming=Naming(suffix="x1"), **(ONE_ZONE | changes))
    return small(lambda stack: RouteTables(stack, "tables", inputs))


def routes(document):
    return {path: table.get("route", []) for path, table in document.all("aws_route_table").items()}


def test_minimal_only_the_public_table_leads_anywhere():
    assert routes(tables()) == {
        "tables/private-a": [],
        "tables/public": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}],
    }


def test_maximum_every_table_leads_to_every_peer():
    peers = (
        PeerRoute(cidr="10.1.0.0/16", vpc_peering_id="pcx-1"),
        PeerRoute(cidr="10.2.0.0/16", vpc_peering_id="pcx-2"),
    )
    document = tables(
        zones=("eu-west-1a", "eu-west-1c"),
        public_subnets=("subnet-1", "subnet-2"),
        private_subnets=("subnet-3", "subnet-4"),
        nat_gateways=("nat-1", "nat-2"),
        peers=peers,
    )
    there = [
        {"cidr_block": "10.1.0.0/16", "vpc_peering_connection_id": "pcx-1"},
        {"cidr_block": "10.2.0.0/16", "vpc_peering_connection_id": "pcx-2"},
    ]
    assert routes(document) == {
        "tables/private-a": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}, *there],
        "tables/private-c": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-2"}, *there],
        "tables/public": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}, *there],
    }
    associated = document.all("aws_route_table_association").values()
    assert sorted(block["subnet_id"] for block in associated) == [f"subnet-{n}" for n in range(1, 5)]


def test_a_private_subnet_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zip"):
        tables(private_subnets=("subnet-q", "subnet-r"))
