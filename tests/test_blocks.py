"""The one way to make a resource: no key of a nested block gets lost, and a wrong one is told."""

import pytest
from cdktf import Fn
from cdktf_cdktf_provider_aws.autoscaling_group import AutoscalingGroup
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.instance import Instance
from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate
from cdktf_cdktf_provider_aws.lb_listener import LbListener
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from shared.blocks import resource
from shared.errors import BlockError
from tests.synthesized import content, small


def made(kind, **arguments):
    """The block of a resource, as Terraform gets it."""
    document = small(lambda stack: resource(kind, stack, "x", **arguments))
    (blocks,) = document.content["resource"].values()
    (block,) = blocks.values()
    return content(block)


def refusal(kind, **arguments):
    with pytest.raises(BlockError) as refused:
        made(kind, **arguments)
    return str(refused.value)


def test_a_misspelt_key_of_a_rule_is_named_with_the_one_that_was_meant():
    assert refusal(SecurityGroup, ingress=[{"from_prot": 443}]) == (
        "SecurityGroup('x').ingress[0]: unknown key 'from_prot'; did you mean 'from_port'? "
        "(keys: cidr_blocks, description, from_port, ipv6_cidr_blocks, prefix_list_ids, protocol, "
        "security_groups, self_attribute, to_port)"
    )


def test_the_bindings_alone_would_lose_it_without_a_word():
    raw = small(lambda stack: SecurityGroup(stack, "x", ingress=[{"from_port": 443, "protocol": "tcp"}]))
    assert raw.one("aws_security_group")["ingress"] == [{"protocol": "tcp"}]
    assert made(SecurityGroup, ingress=[{"from_port": 443, "protocol": "tcp"}]) == {
        "ingress": [{"from_port": 443, "protocol": "tcp"}]
    }


def test_a_key_that_the_resource_does_not_have_is_refused():
    told = refusal(RouteTable, vpc_id="vpc-1", routes=[])
    assert told.startswith("RouteTable('x'): unknown key 'routes'; did you mean 'route'? (keys: ")


def test_a_key_like_no_other_is_refused_without_a_guess():
    told = refusal(RouteTable, vpc_id="vpc-1", zzz=1)
    assert told.startswith("RouteTable('x'): unknown key 'zzz' (keys: ")


def test_camel_case_is_refused_in_a_list_and_in_a_single_block():
    in_a_list = refusal(RouteTable, vpc_id="vpc-1", route=[{"cidrBlock": "0.0.0.0/0"}])
    assert in_a_list.startswith(
        "RouteTable('x').route[0]: unknown key 'cidrBlock'; did you mean 'cidr_block'?"
    )
    alone = refusal(LbTargetGroup, health_check={"healthyThreshold": 2})
    assert alone.startswith("LbTargetGroup('x').health_check: unknown key 'healthyThreshold'; did you mean ")


def test_the_path_leads_to_the_block_at_any_depth():
    mapping = {"device_name": "/dev/xvda", "ebs": {"volume_typ": "gp3"}}
    told = refusal(LaunchTemplate, block_device_mappings=[{}, mapping])
    assert told.startswith(
        "LaunchTemplate('x').block_device_mappings[1].ebs: "
        "unknown key 'volume_typ'; did you mean 'volume_type'?"
    )


def test_a_key_that_is_no_text_is_refused():
    assert refusal(LbTargetGroup, health_check={1: 2}).startswith(
        "LbTargetGroup('x').health_check: unknown key 1"
    )


def test_what_the_resource_needs_is_asked_for():
    assert refusal(RouteTable, tags={"Name": "x"}) == "RouteTable('x'): missing 'vpc_id'"


def test_what_a_block_needs_is_asked_for_all_at_once():
    told = refusal(Route53Record, name="a", type="A", zone_id="Z", alias={"name": "alb"})
    assert told == "Route53Record('x').alias: missing 'evaluate_target_health', 'zone_id'"


@pytest.mark.parametrize("value", ["tcp", 443, 0.5, True])
def test_a_plain_value_in_the_place_of_a_block_is_refused(value):
    told = refusal(LbTargetGroup, health_check=value)
    assert told == f"LbTargetGroup('x').health_check: {value!r} is not a block; write a dictionary"
    told = refusal(SecurityGroup, ingress=[{"protocol": "tcp"}, value])
    assert told == f"SecurityGroup('x').ingress[1]: {value!r} is not a block; write a dictionary"


def test_a_text_is_not_taken_for_a_list_of_blocks():
    assert "is not a block" in refusal(SecurityGroup, ingress="tcp")


def test_blocks_are_snake_case_at_every_depth():
    block = made(
        LaunchTemplate,
        block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"volume_type": "gp3", "volume_size": 8}}],
        metadata_options={"http_tokens": "required"},
    )
    assert block == {
        "block_device_mappings": [
            {"device_name": "/dev/xvda", "ebs": {"volume_type": "gp3", "volume_size": 8}}
        ],
        "metadata_options": {"http_tokens": "required"},
    }


def test_a_block_without_keys_stays_a_block():
    assert made(LbTargetGroup, health_check={}) == {"health_check": {}}


def test_a_tuple_of_blocks_is_a_list():
    rules = ({"protocol": "tcp", "from_port": 1, "to_port": 2}, {"protocol": "udp"})
    assert made(SecurityGroup, ingress=rules) == {"ingress": [dict(rule) for rule in rules]}


def test_a_map_of_plain_values_keeps_its_keys_as_they_are():
    tags = {"Name": "x", "costCenter": "1", "snake_case": "2"}
    assert made(SecurityGroup, tags=tags) == {"tags": tags}
    dimensions = {"DBClusterIdentifier": "cluster"}
    alarm = made(
        CloudwatchMetricAlarm,
        alarm_name="a",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=2,
        dimensions=dimensions,
    )
    assert alarm["dimensions"] == dimensions


def test_a_list_of_plain_values_is_left_alone():
    assert made(SecurityGroup, ingress=[{"cidr_blocks": ["10.0.0.0/8"]}]) == {
        "ingress": [{"cidr_blocks": ["10.0.0.0/8"]}]
    }


def test_a_block_that_is_not_given_is_none():
    assert made(LbTargetGroup, name="tg", health_check=None) == {"name": "tg"}


def test_a_token_stands_for_a_value_at_any_depth():
    def build(stack):
        found = resource(DataAwsSsmParameter, stack, "found", name="/port")
        rule = {"protocol": "tcp", "from_port": Fn.tonumber(found.value), "description": found.value}
        resource(SecurityGroup, stack, "x", ingress=[rule])

    (rule,) = small(build).one("aws_security_group")["ingress"]
    assert rule["from_port"] == "${tonumber(data.aws_ssm_parameter.found.value)}"
    assert rule["description"] == "${data.aws_ssm_parameter.found.value}"


def test_a_token_stands_for_a_whole_block():
    from cdktf import Token

    rules = Token.as_any("${var.rules}")
    assert made(SecurityGroup, ingress=rules) == {"ingress": "${var.rules}"}


def test_the_lifecycle_is_a_block_like_any_other():
    block = made(SecurityGroup, lifecycle={"create_before_destroy": True, "ignore_changes": ["tags"]})
    assert block == {"lifecycle": {"create_before_destroy": True, "ignore_changes": ["tags"]}}
    told = refusal(SecurityGroup, lifecycle={"ignore_change": ["tags"]})
    assert "unknown key 'ignore_change'; did you mean 'ignore_changes'?" in told


def test_data_sources_are_made_the_same_way():
    document = small(lambda stack: resource(DataAwsSsmParameter, stack, "x", name="/a"))
    assert document.one("aws_ssm_parameter", section="data")["name"] == "/a"
    told = "DataAwsSsmParameter('x'): missing 'name'"
    with pytest.raises(BlockError) as refused:
        small(lambda stack: resource(DataAwsSsmParameter, stack, "x"))
    assert str(refused.value) == told


def test_the_resource_that_was_made_is_returned():
    ids = []
    small(lambda stack: ids.append(resource(SecurityGroup, stack, "x").id))
    assert ids[0].startswith("${TfToken[")


def given_keys(**values):
    """Any choice of a block's keys, each with a value of its kind."""
    return st.fixed_dictionaries({}, optional=values)


TEXT = st.from_regex(r"[a-z][a-z0-9./-]{0,8}", fullmatch=True)
NUMBER = st.integers(min_value=-1, max_value=65535)
FLAG = st.booleans()
TEXTS = st.lists(TEXT, min_size=1, max_size=3)
RULE = given_keys(
    description=TEXT,
    protocol=TEXT,
    from_port=NUMBER,
    to_port=NUMBER,
    cidr_blocks=TEXTS,
    ipv6_cidr_blocks=TEXTS,
    prefix_list_ids=TEXTS,
    security_groups=TEXTS,
    self_attribute=FLAG,
)
ROUTE = given_keys(
    cidr_block=TEXT,
    ipv6_cidr_block=TEXT,
    destination_prefix_list_id=TEXT,
    gateway_id=TEXT,
    nat_gateway_id=TEXT,
    transit_gateway_id=TEXT,
    vpc_peering_connection_id=TEXT,
)
TAG = st.fixed_dictionaries({"key": TEXT, "value": TEXT, "propagate_at_launch": FLAG})
EBS = given_keys(
    volume_type=TEXT,
    volume_size=NUMBER,
    encrypted=TEXT,
    kms_key_id=TEXT,
    delete_on_termination=TEXT,
    iops=NUMBER,
)
DEVICE = given_keys(device_name=TEXT, no_device=TEXT, virtual_name=TEXT, ebs=EBS)
REDIRECT = st.fixed_dictionaries(
    {"status_code": TEXT},
    optional={"port": TEXT, "protocol": TEXT, "host": TEXT, "path": TEXT, "query": TEXT},
)
FORWARD = st.fixed_dictionaries(
    {
        "target_group": st.lists(
            st.fixed_dictionaries({"arn": TEXT}, optional={"weight": NUMBER}), min_size=1, max_size=2
        )
    },
    optional={"stickiness": st.fixed_dictionaries({"duration": NUMBER}, optional={"enabled": FLAG})},
)
ACTION = st.fixed_dictionaries(
    {"type": TEXT},
    optional={"target_group_arn": TEXT, "order": NUMBER, "redirect": REDIRECT, "forward": FORWARD},
)


def as_terraform_says(block):
    """A block with the one name that Python cannot use put right."""
    return {("self" if key == "self_attribute" else key): value for key, value in block.items()}


@pytest.mark.parametrize(
    ("kind", "argument", "block", "needed"),
    [
        pytest.param(SecurityGroup, "ingress", RULE, {}, id="ingress"),
        pytest.param(SecurityGroup, "egress", RULE, {}, id="egress"),
        pytest.param(RouteTable, "route", ROUTE, {"vpc_id": "vpc-1"}, id="route"),
        pytest.param(AutoscalingGroup, "tag", TAG, {"max_size": 1, "min_size": 1}, id="tag"),
        pytest.param(LbListener, "default_action", ACTION, {"load_balancer_arn": "alb"}, id="action"),
        pytest.param(LaunchTemplate, "block_device_mappings", DEVICE, {}, id="device"),
    ],
)
@limits(max_examples=20)
@given(data=st.data())
def test_no_value_of_a_known_key_is_ever_lost(kind, argument, block, needed, data):
    blocks = data.draw(st.lists(block, min_size=1, max_size=3))
    assert made(kind, **needed, **{argument: blocks})[argument] == [as_terraform_says(b) for b in blocks]


@limits(max_examples=20)
@given(key=st.text(min_size=1, max_size=12))
def test_no_unknown_key_is_ever_taken(key):
    known = {"cpu_credits"}
    if key in known:
        assert made(Instance, credit_specification={key: "standard"})
    else:
        assert f"unknown key {key!r}" in refusal(Instance, credit_specification={key: "standard"})
