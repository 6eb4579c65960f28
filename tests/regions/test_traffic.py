"""A5: the weighted records."""

import pytest

from tests.synthesized import content, state


@pytest.fixture
def traffic(synthesis):
    return synthesis["global/traffic"]


@pytest.mark.parametrize(
    ("role", "region", "weight"), [("source", "us-east-1", 100), ("target", "eu-west-1", 0)]
)
def test_all_traffic_goes_to_the_source_until_the_migration(traffic, role, region, weight):
    record = traffic.one("aws_route53_record", f"record-{role}-abc123")
    assert content(record) == {
        "zone_id": state("global/domain", "route53_zone_id"),
        "name": "api.payments.example.com",
        "type": "A",
        "set_identifier": f"record-{role}-abc123",
        "weighted_routing_policy": {"weight": weight},
        "alias": {
            "name": state(f"{region}/service", "alb_dns_name"),
            "zone_id": state(f"{region}/service", "alb_zone_id"),
            "evaluate_target_health": True,
        },
        "lifecycle": {"ignore_changes": ["weighted_routing_policy"]},
    }


def test_the_records_are_two_and_told_apart(traffic):
    records = traffic.all("aws_route53_record").values()
    assert len({record["set_identifier"] for record in records}) == len(records) == 2


def test_the_traffic_stack_publishes_how_to_tell_them_apart(traffic):
    assert traffic.outputs == {
        "traffic_record_name": "api.payments.example.com",
        "source_set_identifier": "record-source-abc123",
        "target_set_identifier": "record-target-abc123",
    }
