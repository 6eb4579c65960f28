"""B3, B4: who is sent where, and what decides it."""

import pytest

from shared.recovery_time import RecoveryTime
from tests.synthesized import RECOVERY_REGIONS, content, state


@pytest.fixture
def traffic(recovery):
    return recovery["global/traffic"]


def check(document, purpose):
    """Terraform's expression for a health check's id."""
    return document.ref("aws_route53_health_check", "id", f"{purpose}/check")


@pytest.mark.parametrize(
    ("role", "order", "decides"),
    [("primary", "PRIMARY", "/primary"), ("standby", "SECONDARY", "check-probe-standby")],
)
def test_everybody_is_sent_to_the_primary_while_it_is_well(traffic, role, order, decides):
    record = traffic.one("aws_route53_record", f"record-{role}-dr1234")
    assert content(record) == {
        "zone_id": state("global/domain", "route53_zone_id"),
        "name": "api.pay.example.com",
        "type": "CNAME",
        "ttl": 10,
        "records": [state(f"{RECOVERY_REGIONS[role]}/service", "alb_dns_name")],
        "set_identifier": f"record-{role}-dr1234",
        "failover_routing_policy": {"type": order},
        "health_check_id": check(traffic, decides),
    }


@pytest.mark.parametrize("role", RECOVERY_REGIONS)
def test_each_probe_is_asked_over_https(traffic, role):
    asked = traffic.one("aws_route53_health_check", f"check-probe-{role}/check")
    assert (asked["type"], asked["port"], asked["enable_sni"]) == ("HTTPS", 443, True)
    assert asked["fqdn"] == state(f"{RECOVERY_REGIONS[role]}/probe", "probe_host")
    assert (asked["request_interval"], asked["failure_threshold"]) == (10, 3)
    assert asked["invert_healthcheck"] is False


def test_the_primary_is_well_when_its_probe_says_so_and_nobody_pinned_it(traffic):
    decides = traffic.one("aws_route53_health_check", "/primary/check")
    assert decides["type"] == "CALCULATED"
    assert decides["child_healthchecks"] == [
        check(traffic, "check-probe-primary"),
        check(traffic, "check-pin"),
    ]
    assert decides["child_health_threshold"] == 2


def test_the_pin_is_an_object_in_the_standby_region_whose_answer_means_unwell(traffic):
    pin = traffic.one("aws_route53_health_check", "check-pin/check")
    assert pin["fqdn"] == traffic.ref("aws_s3_bucket", "bucket_regional_domain_name")
    assert pin["resource_path"] == "/primary-is-pinned"
    assert pin["invert_healthcheck"] is True
    assert traffic.providers == [traffic.providers[0]]
    assert traffic.providers[0]["region"] == RECOVERY_REGIONS["standby"]
    lists = traffic.one("aws_ec2_managed_prefix_list", section="data")
    assert lists["name"] == "com.amazonaws.us-west-2.route53-healthchecks"


def test_no_alias_is_in_a_failover_because_nobody_could_shorten_its_life(traffic):
    for record in traffic.all("aws_route53_record").values():
        assert "alias" not in record


@pytest.mark.parametrize("deployed", ["recovery", "recovery_production"])
def test_what_was_deployed_adds_up_to_the_promise(request, deployed):
    traffic = request.getfixturevalue(deployed)["global/traffic"]
    (ttl,) = {record["ttl"] for record in traffic.all("aws_route53_record").values()}
    asked = [one for one in traffic.all("aws_route53_health_check").values() if one["type"] == "HTTPS"]
    assert len(asked) == 3
    for one in asked:
        time = RecoveryTime(
            request_interval=one["request_interval"], failure_threshold=one["failure_threshold"], ttl=ttl
        )
        assert time.seconds <= 60


def test_it_publishes_what_a_failover_needs(traffic):
    assert traffic.outputs == {
        "traffic_record_name": "api.pay.example.com",
        "primary_set_identifier": "record-primary-dr1234",
        "standby_set_identifier": "record-standby-dr1234",
        "primary_health_check": check(traffic, "/primary"),
        "primary_probe_health_check": check(traffic, "check-probe-primary"),
        "standby_probe_health_check": check(traffic, "check-probe-standby"),
        "pin_health_check": check(traffic, "check-pin"),
        "pin_bucket": traffic.ref("aws_s3_bucket_policy", "bucket"),
        "pin_key": "primary-is-pinned",
    }


def test_the_table_of_intents_is_the_standbys_with_a_replica_in_the_primary(recovery):
    intents = recovery["global/intents"]
    table = intents.one("aws_dynamodb_table")
    standby, primary = RECOVERY_REGIONS["standby"], RECOVERY_REGIONS["primary"]
    assert table["server_side_encryption"]["kms_key_arn"] == state(f"{standby}/foundation", "kms_key_arn")
    (replica,) = table["replica"]
    assert replica["region_name"] == primary
    assert replica["kms_key_arn"] == state(f"{primary}/foundation", "kms_key_arn")
    assert [provider["region"] for provider in intents.providers] == [standby]
    assert intents.outputs == {"intents_table": intents.ref("aws_dynamodb_table", "name")}
