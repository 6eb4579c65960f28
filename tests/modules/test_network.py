from ipaddress import IPv4Network
from itertools import combinations

import pytest

from modules.network import Network, NetworkInputs, subnet_cidr
from shared.naming import Naming
from tests.synthesized import small


def network(**changes):
    given = {"cidr": "10.0.0.0/16", "zones": ("eu-west-1a", "eu-west-1b", "eu-west-1c"), "nat_mode": "per-az"}
    inputs = NetworkInputs(naming=Naming(suffix="x1"), **(given | changes))
    made = []
    document = small(lambda stack: made.append(Network(stack, "network", inputs).outputs))
    return document, made[0]


def test_minimal_one_zone_without_a_way_out():
    document, outputs = network(zones=("eu-west-1a",), nat_mode="none")
    assert len(document.all("aws_subnet")) == 2
    assert document.all("aws_nat_gateway") == document.all("aws_eip") == {}
    assert outputs.nat_gateway_ids == ()
    assert len(outputs.public_subnet_ids) == len(outputs.private_subnet_ids) == 1


def test_maximum_four_zones_each_with_its_nat_gateway():
    document, outputs = network(zones=tuple(f"eu-west-1{zone}" for zone in "abcd"))
    assert len(document.all("aws_subnet")) == 8
    assert len(document.all("aws_nat_gateway")) == 4
    assert len(set(outputs.nat_gateway_ids)) == 4
    assert outputs.vpc_cidr == "10.0.0.0/16"


def test_a_single_nat_gateway_is_published_once_for_each_private_subnet():
    document, outputs = network(nat_mode="single")
    assert list(document.all("aws_nat_gateway")) == ["network/nat-0"]
    assert len(outputs.nat_gateway_ids) == 3
    assert len(set(outputs.nat_gateway_ids)) == 1


@pytest.mark.parametrize(
    ("vpc", "index", "subnet"),
    [
        ("10.0.0.0/16", 0, "10.0.0.0/24"),
        ("10.0.0.0/16", 255, "10.0.255.0/24"),
        ("10.8.0.0/18", 1, "10.8.0.64/26"),
        ("10.8.0.0/20", 1, "10.8.0.64/26"),
        ("10.8.0.0/22", 15, "10.8.3.192/26"),
    ],
)
def test_a_subnet_is_a_256th_of_its_vpc_and_never_too_small_for_a_load_balancer(vpc, index, subnet):
    assert subnet_cidr(vpc, index) == subnet


@pytest.mark.parametrize("cidr", [f"10.64.0.0/{prefix}" for prefix in range(16, 23)])
def test_every_vpc_that_settings_allow_has_room_for_six_zones(cidr):
    document, _ = network(cidr=cidr, zones=tuple(f"us-east-1{zone}" for zone in "abcdef"))
    blocks = [IPv4Network(subnet["cidr_block"]) for subnet in document.all("aws_subnet").values()]
    assert len(blocks) == 12
    assert all(block.subnet_of(IPv4Network(cidr)) and block.prefixlen <= 26 for block in blocks)
    assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]


def test_there_is_no_257th():
    with pytest.raises(IndexError):
        subnet_cidr("10.0.0.0/16", 256)
