"""Route 53 change batches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws


def create_zone(aws: Aws) -> str:
    made = aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    return str(made["HostedZone"]["Id"])


def weighted(action: str, name: str, identifier: str, weight: int) -> dict[str, Any]:
    record = {
        "Name": f"{name}.example.com",
        "Type": "A",
        "SetIdentifier": identifier,
        "Weight": weight,
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    return {"Action": action, "ResourceRecordSet": record}


def change(aws: Aws, zone: str, *changes: dict[str, Any]) -> None:
    aws.client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": list(changes)}
    )


def weights(aws: Aws, zone: str) -> dict[str, int]:
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {f"{one['Name']}{one['SetIdentifier']}": one["Weight"] for one in found if "Weight" in one}


def test_a_batch_with_one_bad_record_changes_nothing(aws: Aws) -> None:
    zone = create_zone(aws)
    change(aws, zone, weighted("CREATE", "api", "us", 100))
    elsewhere = weighted("CREATE", "api", "eu", 25)
    elsewhere["ResourceRecordSet"]["Name"] = "api.example.org"
    with pytest.raises(ClientError):
        change(aws, zone, weighted("UPSERT", "api", "us", 75), elsewhere)
    assert weights(aws, zone) == {"api.example.com.us": 100}


def test_a_weight_out_of_range_is_refused(aws: Aws) -> None:
    zone = create_zone(aws)
    with pytest.raises(ClientError, match="weight 256"):
        change(aws, zone, weighted("CREATE", "api", "us", 256))
    change(aws, zone, weighted("CREATE", "api", "us", 255))


def test_a_record_that_exists_is_not_created_again(aws: Aws) -> None:
    zone = create_zone(aws)
    change(aws, zone, weighted("CREATE", "api", "us", 100))
    with pytest.raises(ClientError, match="already exists"):
        change(aws, zone, weighted("CREATE", "api", "us", 50))
    assert weights(aws, zone) == {"api.example.com.us": 100}


def test_only_the_record_that_is_named_is_deleted(aws: Aws) -> None:
    zone = create_zone(aws)
    change(aws, zone, weighted("CREATE", "api", "us", 1), weighted("CREATE", "admin", "us", 2))
    change(aws, zone, weighted("DELETE", "api", "us", 1))
    assert weights(aws, zone) == {"admin.example.com.us": 2}


def test_a_record_that_is_not_there_cannot_be_deleted(extended: Aws) -> None:
    zone = create_zone(extended)
    with pytest.raises(ClientError, match="not found"):
        change(extended, zone, weighted("DELETE", "api", "us", 1))


def test_plain_records_come_and_go(extended: Aws) -> None:
    zone = create_zone(extended)
    plain = {
        "Name": "www.example.com",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "api.example.com"}],
    }
    for action in ("CREATE", "UPSERT", "DELETE"):
        change(extended, zone, {"Action": action, "ResourceRecordSet": plain})
    found = extended.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {one["Type"] for one in found} <= {"NS", "SOA"}
