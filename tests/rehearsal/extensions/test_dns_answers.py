"""What a resolver is answered."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.rehearsal.fault_client import Controls
from tests.modules.lambdas.world import load_balancer
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_health_checks import BUCKET, check, pin
from tests.rehearsal.extensions.test_route53 import change, create_zone, weighted

API = "api.example.com"


def create(aws: Aws, zone: str, identifier: str = "", kind: str = "CNAME", **fields: Any) -> None:
    record = {"Name": API, "Type": kind, **({"SetIdentifier": identifier} if identifier else {}), **fields}
    if "AliasTarget" not in fields:
        record |= {"TTL": 10, "ResourceRecords": [{"Value": f"{identifier or 'only'}.example.net"}]}
    change(aws, zone, {"Action": "CREATE", "ResourceRecordSet": record})


def dns(aws: Aws, name: str = API, kind: str = "A") -> dict[str, Any]:
    return Controls(aws.server.endpoint).dns(name, kind)


def chosen(aws: Aws) -> str:
    return str(dns(aws)["set_identifier"])


def failover(aws: Aws) -> Any:
    """Make a primary that is healthy while its pin is not set, and a standby whose health is switched."""
    zone = create_zone(aws)
    primary, standby = pin(aws, Inverted=True), check(aws, "nowhere.example.net", Disabled=True)
    create(aws, zone, "primary", Failover="PRIMARY", HealthCheckId=primary)
    create(aws, zone, "standby", Failover="SECONDARY", HealthCheckId=standby)
    return zone, standby


def set_pin(aws: Aws) -> None:
    aws.client("s3", REGION).put_object(Bucket=BUCKET, Key="pin/primary", Body=b"")


def test_the_standby_is_given_when_the_primary_is_unhealthy(aws: Aws) -> None:
    zone, _ = failover(aws)
    route53 = aws.client("route53")

    def answer() -> Any:
        return route53.test_dns_answer(HostedZoneId=zone, RecordName=API, RecordType="CNAME")

    assert (answer()["ResponseCode"], answer()["RecordData"]) == ("NOERROR", ["primary.example.net"])
    set_pin(aws)
    assert answer()["RecordData"] == ["standby.example.net"]


def test_the_primary_is_given_when_neither_is_healthy(extended: Aws) -> None:
    _, standby = failover(extended)
    set_pin(extended)
    assert chosen(extended) == "standby"
    extended.client("route53").update_health_check(HealthCheckId=standby, Inverted=True)
    assert chosen(extended) == "primary"


def test_a_standby_without_a_check_is_always_healthy(extended: Aws) -> None:
    zone = create_zone(extended)
    ill = check(extended, "nowhere.example.net")
    create(extended, zone, "primary", Failover="PRIMARY", HealthCheckId=ill)
    create(extended, zone, "standby", Failover="SECONDARY")
    assert dns(extended) == {
        "code": "NOERROR",
        "values": ["standby.example.net"],
        "set_identifier": "standby",
        "type": "CNAME",
        "ttl": 10,
    }


def test_names_are_answered_while_the_api_is_lost(extended: Aws) -> None:
    failover(extended)
    lose(extended)
    with pytest.raises(ConnectionClosedError):
        extended.client("route53").list_hosted_zones()
    assert chosen(extended) == "primary"
    set_pin(extended)
    assert chosen(extended) == "standby"


def test_the_longest_zone_answers_and_what_is_not_there_does_not_exist(extended: Aws) -> None:
    zone = create_zone(extended)
    create(extended, zone)
    inner = extended.client("route53").create_hosted_zone(Name=API, CallerReference="2")["HostedZone"]["Id"]
    assert dns(extended)["code"] == "NOERROR"
    assert dns(extended)["values"] == []
    record = {"Name": API, "Type": "TXT", "TTL": 5, "ResourceRecords": [{"Value": '"inner"'}]}
    change(extended, inner, {"Action": "CREATE", "ResourceRecordSet": record})
    assert dns(extended, f"{API.upper()}.", "TXT")["values"] == ['"inner"']
    assert dns(extended, "nobody.example.com")["code"] == "NXDOMAIN"
    assert dns(extended, "example.org")["code"] == "NXDOMAIN"


def test_weights_are_among_the_healthy(extended: Aws) -> None:
    zone = create_zone(extended)
    ill = check(extended, "nowhere.example.net")
    one, two, three = (
        weighted("CREATE", "api", name, weight) for name, weight in (("a", 1), ("b", 1), ("c", 0))
    )
    change(extended, zone, one, two, three)
    given = Counter(chosen(extended) for _ in range(40))
    assert set(given) == {"a", "b"}
    for record in (one, two):
        record["ResourceRecordSet"]["HealthCheckId"] = ill
        change(extended, zone, {**record, "Action": "UPSERT"})
    assert {chosen(extended) for _ in range(5)} == {"c"}
    three["ResourceRecordSet"]["HealthCheckId"] = ill
    change(extended, zone, {**three, "Action": "UPSERT"})
    assert {chosen(extended) for _ in range(40)} == {"a", "b"}


def test_an_alias_follows_the_health_of_its_load_balancer(extended: Aws) -> None:
    zone = create_zone(extended)
    made = load_balancer(extended, REGION)
    balancer = extended.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"][0]
    target = {"HostedZoneId": "Z1", "DNSName": balancer["DNSName"]}
    for identifier, evaluated in (("primary", True), ("standby", False)):
        alias = {**target, "EvaluateTargetHealth": evaluated}
        role = "PRIMARY" if evaluated else "SECONDARY"
        create(extended, zone, identifier, "A", Failover=role, AliasTarget=alias)
    assert dns(extended)["ttl"] is None
    assert chosen(extended) == "primary"
    Controls(extended.server.endpoint).set_healthy(made["group"], 0)
    assert chosen(extended) == "standby"
    Controls(extended.server.endpoint).set_healthy(made["group"], None)
    lose(extended, REGION)
    assert chosen(extended) == "standby"


def test_what_is_not_emulated_is_said(extended: Aws) -> None:
    zone = create_zone(extended)
    create(extended, zone, "near", Region=REGION)
    with pytest.raises(ValueError, match="has no records by latency"):
        dns(extended)
    with pytest.raises(ValueError, match="have to be texts"):
        Controls(extended.server.endpoint)._ask("POST", "dns", {"name": 1})
    with pytest.raises(ClientError, match="only a part of"):
        extended.client("route53").test_dns_answer(HostedZoneId=zone, RecordName=API, RecordType="A")
