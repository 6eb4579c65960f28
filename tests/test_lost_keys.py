"""The check on the synthesized JSON: what a nested block has lost is found, whoever wrote it."""

import pytest
from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.security_group import SecurityGroup

from shared.blocks import resource
from shared.lost_keys import check
from tests.synthesized import small

RULE = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
ROUTE = {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}


def found(document):
    return [problem.what for problem in check(document, "eu-west-1/routing")]


def complaints(kind, **block):
    """What is wrong with one resource named `it`, without its address."""
    return [what.removeprefix(f"{kind}.it") for what in found({"resource": {kind: {"it": block}}})]


def bypassing(build):
    """What is found in a stack whose resources were made without `resource`."""
    return found(small(build).content)


def test_snake_case_keys_in_a_list_that_the_bindings_dropped_are_found():
    def build(stack):
        RouteTable(stack, "table", vpc_id="vpc-1", route=[ROUTE])
        SecurityGroup(stack, "group", ingress=[RULE])
        LaunchTemplate(
            stack,
            "template",
            block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"volume_size": 8}}],
            tag_specifications=[{"resource_type": "instance"}],
        )

    assert bypassing(build) == [
        "aws_route_table.table.route[0] holds no value",
        "aws_security_group.group.ingress[0] has no from_port",
        "aws_security_group.group.ingress[0] has no to_port",
        "aws_security_group.group.ingress[0] has no peer",
        "aws_launch_template.template.block_device_mappings[0] holds no value",
        "aws_launch_template.template.tag_specifications[0] holds no value",
    ]


def test_the_same_blocks_through_resource_are_whole():
    def build(stack):
        resource(RouteTable, stack, "table", vpc_id="vpc-1", route=[ROUTE])
        resource(SecurityGroup, stack, "group", ingress=[RULE])

    assert bypassing(build) == []


def test_a_problem_says_where_it_is_and_what_to_do():
    (problem,) = check({"resource": {"aws_x": {"it": {"block": [{}]}}}}, "eu-west-1/routing")
    assert str(problem) == (
        "eu-west-1/routing: aws_x.it.block[0] holds no value\n"
        "    make it with shared.blocks.resource, with every key in snake_case"
    )


def test_a_route_of_nulls_is_found_once():
    nulls = dict.fromkeys(["cidr_block", "gateway_id", "nat_gateway_id"])
    assert complaints("aws_route_table", route=[ROUTE, nulls]) == [".route[1] holds no value"]


@pytest.mark.parametrize("kind", ["aws_route_table", "aws_default_route_table"])
@pytest.mark.parametrize(
    ("route", "missing"),
    [
        ({"cidr_block": "0.0.0.0/0", "gateway_id": None}, ["target"]),
        ({"gateway_id": "igw-1", "cidr_block": None}, ["destination"]),
        ({"gateway_id": "igw-1", "cidr_block": ""}, ["destination"]),
        ({"ipv6_cidr_block": "::/0", "egress_only_gateway_id": "eigw-1"}, []),
        ({"destination_prefix_list_id": "pl-1", "vpc_peering_connection_id": "pcx-1"}, []),
    ],
)
def test_a_route_goes_from_somewhere_to_somewhere(kind, route, missing):
    assert complaints(kind, route=[route]) == [f".route[0] has no {part}" for part in missing]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize(
    ("lost", "missing"),
    [
        ("protocol", "protocol"),
        ("from_port", "from_port"),
        ("to_port", "to_port"),
        ("cidr_blocks", "peer"),
    ],
)
def test_a_rule_has_a_protocol_ports_and_a_peer(direction, lost, missing):
    rule = {**RULE, lost: None}
    assert complaints("aws_security_group", **{direction: [rule]}) == [f".{direction}[0] has no {missing}"]


@pytest.mark.parametrize(
    "peer",
    [
        {"ipv6_cidr_blocks": ["::/0"]},
        {"prefix_list_ids": ["pl-1"]},
        {"security_groups": ["sg-1"]},
        {"self": True},
    ],
)
def test_a_peer_may_be_of_any_kind(peer):
    rule = {"protocol": "-1", "from_port": 0, "to_port": 0, **peer}
    assert complaints("aws_default_security_group", ingress=[rule]) == []


@pytest.mark.parametrize("peer", [{"self": False}, {"cidr_blocks": []}, {"security_groups": None}])
def test_a_peer_that_is_nobody_is_none(peer):
    rule = {"protocol": "tcp", "from_port": 0, "to_port": 0, **peer}
    assert complaints("aws_security_group", ingress=[rule]) == [".ingress[0] has no peer"]


def test_a_table_without_routes_and_a_group_without_rules_are_whole():
    assert complaints("aws_route_table", vpc_id="vpc-1", route=[]) == []
    assert complaints("aws_security_group", vpc_id="vpc-1") == []


def test_a_token_for_a_list_or_for_a_block_is_believed():
    assert complaints("aws_security_group", ingress="${var.rules}", egress=["${var.rule}"]) == []


@pytest.mark.parametrize(
    ("block", "at"),
    [
        ({"a": [{"b": None, "c": []}]}, ".a[0]"),
        ({"a": [{"b": {"c": [{}], "d": 1}}]}, ".a[0].b.c[0]"),
        ({"a": [{"keep": 1, "b": {}}]}, ".a[0].b"),
        ({"a": {"b": {"c": None}}}, ".a"),
        ({"a": {"keep": 1, "b": {"c": None}}}, ".a.b"),
        ({"a": [[{}]]}, ".a[0][0]"),
    ],
)
def test_a_block_without_a_value_is_found_at_any_depth(block, at):
    assert complaints("aws_x", keep=1, **block) == [f"{at} holds no value"]


@pytest.mark.parametrize(
    "block",
    [
        {"a": [{"b": 0}]},
        {"a": [{"b": False}]},
        {"a": [{"b": ""}]},
        {"a": None},
        {"a": []},
        {"tags": {}},
        {"default_action": {"allow": {}}},
        {"rule": [{"name": "x", "override_action": {"none": {}}}]},
        {"//": {"metadata": {"nothing": None}}, "name": "x"},
    ],
)
def test_what_means_something_is_left_alone(block):
    assert complaints("aws_x", **block) == []


def test_data_sources_ephemeral_resources_and_providers_are_looked_at_too():
    lost = {"filter": [{}]}
    document = {
        "provider": {"aws": [{"region": "eu-west-1", **lost}]},
        "ephemeral": {"aws_e": {"it": lost}},
        "data": {"aws_d": {"it": lost}},
        "resource": {"aws_r": {"it": lost}},
        "output": {"o": {"value": [{}]}},
    }
    assert found(document) == [
        "aws.0.filter[0] holds no value",
        "aws_e.it.filter[0] holds no value",
        "aws_d.it.filter[0] holds no value",
        "aws_r.it.filter[0] holds no value",
    ]


def test_every_stack_of_the_system_is_whole(synthesis, production, adopted):
    for variant in (synthesis, production, adopted):
        for address, document in variant.documents.items():
            assert check(document.content, address) == []
