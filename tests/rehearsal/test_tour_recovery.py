"""What a rehearsal shows of a system with a standby."""

import io
from typing import Any

from rich.console import Console

from shared.rehearsal import tour, tour_recovery
from shared.rehearsal.sight import Sight
from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.synthesized import recovery_settings

PRIMARY, STANDBY = "us-east-1", "us-west-2"


def key(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/1"


def check(aws: Aws, **config: Any) -> str:
    made = aws.client("route53").create_health_check(CallerReference=str(config), HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def address(aws: Aws, host: str, *, inverted: bool = False) -> str:
    return check(
        aws, Type="HTTPS", FullyQualifiedDomainName=host, Port=443, ResourcePath="/", Inverted=inverted,
        RequestInterval=10, FailureThreshold=3,
    )  # fmt: skip


def record(order: str, identifier: str) -> dict[str, Any]:
    return {
        "Action": "CREATE",
        "ResourceRecordSet": {
            "Name": "api.example.com", "Type": "CNAME", "TTL": 10, "SetIdentifier": order, "Failover": order,
            "ResourceRecords": [{"Value": f"{order.lower()}.aws"}], "HealthCheckId": identifier,
        },
    }  # fmt: skip


def deployed(aws: Aws) -> dict[str, dict[str, Any]]:
    """Make what the sights look at, and return the outputs that say where it is."""
    probes = {"primary": address(aws, "east.example.com"), "standby": address(aws, "west.example.com")}
    pin = address(aws, "pin.example.com", inverted=True)
    both = check(aws, Type="CALCULATED", ChildHealthChecks=[probes["primary"], pin], HealthThreshold=2)
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [record("PRIMARY", both), record("SECONDARY", probes["standby"])]},
    )
    dynamodb = aws.client("dynamodb", STANDBY)
    dynamodb.create_table(
        TableName="intents",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key(STANDBY)},
    )
    replica = {"Create": {"RegionName": PRIMARY, "KMSMasterKeyId": key(PRIMARY)}}
    dynamodb.update_table(TableName="intents", ReplicaUpdates=[replica])
    return {
        "global/domain": {"route53_zone_id": zone},
        "global/intents": {"intents_table": "intents"},
        "global/traffic": {
            "primary_health_check": both,
            "primary_probe_health_check": probes["primary"],
            "standby_probe_health_check": probes["standby"],
            "pin_health_check": pin,
        },
    }


def sights(aws: Aws) -> dict[str, Sight]:
    found = tour_recovery.sights(recovery_settings(), deployed(aws), aws)
    return {sight.title: sight for sight in found}


def test_the_records_are_shown_with_what_decides_between_them(extended: Aws) -> None:
    rows = sights(extended)["Failover records"].rows
    shown = [(row[0].rstrip("."), *row[1:4]) for row in rows]
    assert shown == [
        ("api.example.com", "PRIMARY", "10", "primary.aws"),
        ("api.example.com", "SECONDARY", "10", "secondary.aws"),
    ]


def test_each_health_check_says_when_it_is_healthy(extended: Aws) -> None:
    rows = {row[0]: (row[2], row[3]) for row in sights(extended)["Health checks"].rows}
    assert rows["primary"][0] == "CALCULATED"
    assert rows["primary"][1].startswith("2 of 2 are: ")
    assert rows["primary_probe"] == ("HTTPS", "https://east.example.com/ answers (3 x 10 s)")
    assert rows["pin"] == ("HTTPS", "https://pin.example.com/ does not answer (3 x 10 s)")


def test_the_table_is_shown_as_each_region_has_it(extended: Aws) -> None:
    rows = sights(extended)["Table intents"].rows
    assert rows == (
        (PRIMARY, "ACTIVE", STANDBY, "disabled", key(PRIMARY)),
        (STANDBY, "ACTIVE", PRIMARY, "disabled", key(STANDBY)),
    )


def test_the_tour_begins_with_them(extended: Aws) -> None:
    begun = tour.sights(recovery_settings(), deployed(extended), extended)
    assert [next(begun).title for _ in range(3)] == ["Failover records", "Health checks", "Table intents"]


def test_a_sight_is_drawn_with_every_row() -> None:
    drawn = Console(file=io.StringIO(), width=100)
    drawn.print(Sight(title="Records", columns=("name", "TTL"), rows=(("api", "10"), ("www", "20"))).table())
    text = drawn.file.getvalue()  # type: ignore[attr-defined]
    assert [line.split() for line in text.splitlines()] == [
        ["Records"],
        ["name", "TTL"],
        ["api", "10"],
        ["www", "20"],
    ]
