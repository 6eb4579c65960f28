"""A1, A9: route tables, the peering with its routes on both sides, gateway endpoints."""

import pytest

from tests.synthesized import REGIONS, content, element, state

PEER_BLOCKS = {"source": "10.1.0.0/16", "target": "10.0.0.0/16"}
TABLES = {"public": "rtb-public", **{f"private-{zone}": f"rtb-private-{zone}" for zone in "abc"}}


@pytest.fixture(params=["source", "target"])
def role(request):
    return request.param


@pytest.fixture
def here(role):
    return f"{REGIONS[role]}/foundation"


@pytest.fixture
def routing(synthesis, role):
    return synthesis[f"{REGIONS[role]}/routing"]


@pytest.fixture
def peering(routing, role):
    kinds = {"source": "aws_vpc_peering_connection", "target": "aws_vpc_peering_connection_accepter"}
    return routing.ref(kinds[role], "id")


def test_there_is_one_public_table_and_a_private_one_for_each_zone(routing, here):
    names = {
        path.split("/")[-1]: table["tags"]["Name"] for path, table in routing.all("aws_route_table").items()
    }
    assert names == {path: f"{name}-abc123" for path, name in TABLES.items()}
    assert {table["vpc_id"] for table in routing.all("aws_route_table").values()} == {state(here, "vpc_id")}


def test_the_public_subnets_reach_the_internet_through_the_gateway(routing, here):
    first = routing.one("aws_route_table", "public")["route"][0]
    assert first == {"cidr_block": "0.0.0.0/0", "gateway_id": state(here, "internet_gateway_id")}


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_private_subnet_reaches_the_internet_through_its_own_zones_nat_gateway(routing, here, index):
    first = routing.one("aws_route_table", f"private-{'abc'[index]}")["route"][0]
    gateway = element(here, "nat_gateway_ids", index)
    assert first == {"cidr_block": "0.0.0.0/0", "nat_gateway_id": gateway}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_route_to_the_peered_vpc(routing, role, peering, table):
    routes = routing.one("aws_route_table", table)["route"]
    to_the_peer = {"cidr_block": PEER_BLOCKS[role], "vpc_peering_connection_id": peering}
    assert routes[1:] == [to_the_peer]


def test_every_route_is_inline(synthesis):
    assert synthesis.of("aws_route") == {}


@pytest.mark.parametrize("index", [0, 1, 2])
def test_every_subnet_is_associated_with_the_table_of_its_tier_and_zone(routing, here, index):
    public = routing.one("aws_route_table_association", f"public-{index}-association")
    assert content(public) == {
        "route_table_id": routing.ref("aws_route_table", "id", "/public"),
        "subnet_id": element(here, "public_subnet_ids", index),
    }
    private = routing.one("aws_route_table_association", f"private-{index}-association")
    assert content(private) == {
        "route_table_id": routing.ref("aws_route_table", "id", f"private-{'abc'[index]}"),
        "subnet_id": element(here, "private_subnet_ids", index),
    }
    assert len(routing.all("aws_route_table_association")) == 6


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_storage_and_tables_are_reached_inside_aws_from_every_subnet(routing, role, here, service):
    endpoint = routing.one("aws_vpc_endpoint", service)
    assert endpoint["vpc_endpoint_type"] == "Gateway"
    assert endpoint["service_name"] == f"com.amazonaws.{REGIONS[role]}.{service}"
    assert endpoint["vpc_id"] == state(here, "vpc_id")
    tables = [routing.ref("aws_route_table", "id", f"/{table}") for table in TABLES]
    assert endpoint["route_table_ids"] == tables
    assert endpoint["tags"] == {"Name": f"vpce-{service}-abc123"}


def test_the_source_asks_the_target_for_the_peering(synthesis):
    request = content(synthesis["us-east-1/routing"].one("aws_vpc_peering_connection"))
    assert request == {
        "vpc_id": state("us-east-1/foundation", "vpc_id"),
        "peer_vpc_id": state("eu-west-1/foundation", "vpc_id"),
        "peer_region": "eu-west-1",
        "auto_accept": False,
        "tags": {"Name": "pcx-migration-abc123", "Side": "requester"},
    }


def test_the_target_accepts_it_and_lets_its_names_be_resolved_from_the_other_side(synthesis):
    target = synthesis["eu-west-1/routing"]
    accepter = content(target.one("aws_vpc_peering_connection_accepter"))
    assert accepter == {
        "vpc_peering_connection_id": state("us-east-1/routing", "vpc_peering_id"),
        "auto_accept": True,
        "tags": {"Name": "pcx-migration-abc123", "Side": "accepter"},
    }
    assert content(target.one("aws_vpc_peering_connection_options")) == {
        "vpc_peering_connection_id": target.ref("aws_vpc_peering_connection_accepter", "id"),
        "accepter": {"allow_remote_vpc_dns_resolution": True},
    }
    assert target.all("aws_vpc_peering_connection") == {}


def test_both_sides_publish_the_same_peering_and_their_tables(routing, peering):
    assert routing.outputs == {
        "vpc_peering_id": peering,
        "public_route_table_id": routing.ref("aws_route_table", "id", "/public"),
        "private_route_table_ids": [routing.ref("aws_route_table", "id", f"private-{z}") for z in "abc"],
    }


def test_without_nat_gateways_the_private_tables_lead_to_the_peer_only(production):
    tables = production["us-east-1/routing"].all("aws_route_table")
    private = [table["route"] for path, table in tables.items() if "private" in path]
    assert [[route["cidr_block"] for route in routes] for routes in private] == [["10.1.0.0/16"]] * 3
    assert production["us-east-1/foundation"].all("aws_nat_gateway") == {}
    assert production["us-east-1/foundation"].outputs["nat_gateway_ids"] == []


def test_a_single_nat_gateway_serves_every_zone(production):
    foundation = production["eu-west-1/foundation"]
    (gateway,) = foundation.all("aws_nat_gateway").values()
    assert gateway["subnet_id"] == foundation.ref("aws_subnet", "id", "public-0")
    assert foundation.outputs["nat_gateway_ids"] == [foundation.ref("aws_nat_gateway", "id")] * 3
    tables = production["eu-west-1/routing"].all("aws_route_table")
    through = [table["route"][0]["nat_gateway_id"] for path, table in tables.items() if "private" in path]
    assert through == [element("eu-west-1/foundation", "nat_gateway_ids", index) for index in range(3)]
