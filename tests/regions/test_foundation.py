"""A1, A10: a region's network, key, flow logs and alarm topic, the same in both regions."""

import json

import pytest

from tests.synthesized import REGIONS, content

BLOCKS = {"source": "10.0", "target": "10.1"}


@pytest.fixture(params=["source", "target"])
def role(request):
    return request.param


@pytest.fixture
def foundation(synthesis, role):
    return synthesis[f"{REGIONS[role]}/foundation"]


def test_the_vpc_has_the_block_of_its_region_and_resolves_names(foundation, role):
    vpc = foundation.one("aws_vpc")
    assert vpc["cidr_block"] == f"{BLOCKS[role]}.0.0/16"
    assert vpc["enable_dns_support"] is True
    assert vpc["enable_dns_hostnames"] is True
    assert vpc["tags"] == {"Name": "vpc-migration-abc123"}


def test_each_of_three_zones_has_a_public_and_a_private_subnet(foundation, role):
    region, block = REGIONS[role], BLOCKS[role]
    subnets = [
        (subnet["tags"]["Name"], subnet["availability_zone"], subnet["cidr_block"])
        for subnet in foundation.all("aws_subnet").values()
    ]
    assert subnets == [
        ("subnet-private-a-abc123", f"{region}a", f"{block}.10.0/24"),
        ("subnet-private-b-abc123", f"{region}b", f"{block}.11.0/24"),
        ("subnet-private-c-abc123", f"{region}c", f"{block}.12.0/24"),
        ("subnet-public-a-abc123", f"{region}a", f"{block}.0.0/24"),
        ("subnet-public-b-abc123", f"{region}b", f"{block}.1.0/24"),
        ("subnet-public-c-abc123", f"{region}c", f"{block}.2.0/24"),
    ]
    vpc = foundation.ref("aws_vpc", "id")
    assert all(subnet["vpc_id"] == vpc for subnet in foundation.all("aws_subnet").values())


def test_nothing_gets_a_public_address_by_itself(foundation):
    subnets = foundation.all("aws_subnet").values()
    assert [subnet["map_public_ip_on_launch"] for subnet in subnets] == [False] * 6


def test_an_internet_gateway_is_attached_to_the_vpc(foundation):
    assert foundation.one("aws_internet_gateway")["vpc_id"] == foundation.ref("aws_vpc", "id")


def test_each_zone_has_its_own_nat_gateway_in_its_public_subnet(foundation):
    for index, zone in enumerate("abc"):
        gateway = foundation.one("aws_nat_gateway", f"nat-{index}")
        assert gateway["subnet_id"] == foundation.ref("aws_subnet", "id", f"public-{index}")
        assert gateway["allocation_id"] == foundation.ref("aws_eip", "id", f"nat-address-{index}")
        assert gateway["tags"]["Name"] == f"nat-{zone}-abc123"
    assert len(foundation.all("aws_nat_gateway")) == len(foundation.all("aws_eip")) == 3


def test_a_nat_gateway_waits_for_the_internet_gateway(foundation):
    waits_for = [foundation.ref("aws_internet_gateway", "id")[2:-1].removesuffix(".id")]
    gateways = foundation.all("aws_nat_gateway").values()
    assert [gateway["depends_on"] for gateway in gateways] == [waits_for] * 3


def test_the_default_security_group_lets_nothing_through(foundation):
    group = content(foundation.one("aws_default_security_group"))
    assert group == {"vpc_id": foundation.ref("aws_vpc", "id")}


def test_there_is_no_route_where_the_peering_is_not_known_yet(foundation):
    assert foundation.all("aws_route_table") == {}


def test_flow_logs_take_every_connection_into_an_encrypted_group(foundation):
    log, group = foundation.one("aws_flow_log"), foundation.one("aws_cloudwatch_log_group")
    assert log["traffic_type"] == "ALL"
    assert log["vpc_id"] == foundation.ref("aws_vpc", "id")
    assert log["log_destination"] == foundation.ref("aws_cloudwatch_log_group", "arn")
    assert log["iam_role_arn"] == foundation.ref("aws_iam_role", "arn")
    assert log["max_aggregation_interval"] == 60
    assert group["name"] == "/vpc/abc123/flow-logs"
    assert group["kms_key_id"] == foundation.ref("aws_kms_key", "arn")
    assert group["retention_in_days"] == 30


def test_the_key_rotates_and_is_gone_a_week_after_its_deletion(foundation):
    key = foundation.one("aws_kms_key")
    assert key["enable_key_rotation"] is True
    assert key["deletion_window_in_days"] == 7
    alias = foundation.one("aws_kms_alias")
    assert alias["name"] == "alias/migration-abc123"
    assert alias["target_key_id"] == foundation.ref("aws_kms_key", "key_id")


def test_the_keys_policy_names_its_own_region_and_lets_the_other_one_replicate(foundation, role):
    own = REGIONS[role]
    peer = next(region for region in REGIONS.values() if region != own)
    policy = json.loads(foundation.one("aws_kms_key")["policy"])
    via = {
        statement["Sid"]: statement["Condition"]["StringEquals"]["kms:ViaService"]
        for statement in policy["Statement"]
        if "kms:ViaService" in statement.get("Condition", {}).get("StringEquals", {})
    }
    assert via == {
        "AuroraAndVolumesInThisRegion": [f"rds.{own}.amazonaws.com", f"ec2.{own}.amazonaws.com"],
        "CrossRegionReplication": [f"rds.{peer}.amazonaws.com", f"secretsmanager.{own}.amazonaws.com"],
    }


def test_the_alarm_topic_is_encrypted_with_the_regions_key(foundation):
    assert foundation.one("aws_sns_topic")["kms_master_key_id"] == foundation.ref("aws_kms_key", "arn")
    assert foundation.all("aws_sns_topic_subscription") == {}


def test_the_foundation_publishes_what_stands_on_it(foundation, role):
    numbers = range(3)
    assert foundation.outputs == {
        "vpc_id": foundation.ref("aws_vpc", "id"),
        "vpc_cidr": f"{BLOCKS[role]}.0.0/16",
        "public_subnet_ids": [foundation.ref("aws_subnet", "id", f"public-{n}") for n in numbers],
        "private_subnet_ids": [foundation.ref("aws_subnet", "id", f"private-{n}") for n in numbers],
        "internet_gateway_id": foundation.ref("aws_internet_gateway", "id"),
        "nat_gateway_ids": [foundation.ref("aws_nat_gateway", "id", f"nat-{n}") for n in numbers],
        "kms_key_id": foundation.ref("aws_kms_key", "key_id"),
        "kms_key_arn": foundation.ref("aws_kms_key", "arn"),
        "alarm_topic_arn": foundation.ref("aws_sns_topic", "arn"),
    }
