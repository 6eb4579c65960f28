"""Replicas of DynamoDB tables."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import ACCOUNT, Aws

HERE, THERE = "us-west-2", "us-east-1"


def key(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/1"


def make(aws: Aws, **changes: Any) -> None:
    given = {
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key(HERE)},
        **changes,
    }
    aws.client("dynamodb", HERE).create_table(
        TableName="intents",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **given,
    )


def change(aws: Aws, *updates: dict[str, Any]) -> None:
    aws.client("dynamodb", HERE).update_table(TableName="intents", ReplicaUpdates=list(updates))


def create(region: str = THERE) -> dict[str, Any]:
    return {"Create": {"RegionName": region, "KMSMasterKeyId": key(region)}}


def table(aws: Aws, region: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("dynamodb", region).describe_table(TableName="intents")["Table"]
    return found


def tables(aws: Aws, region: str) -> list[str]:
    return list(aws.client("dynamodb", region).list_tables()["TableNames"])


def recovery(aws: Aws, region: str) -> str:
    found = aws.client("dynamodb", region).describe_continuous_backups(TableName="intents")
    description = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return str(description["PointInTimeRecoveryStatus"])


def test_each_side_lists_the_other_and_has_a_key_of_its_own_region(aws: Aws) -> None:
    make(aws)
    change(aws, create())
    for region, other in ((HERE, THERE), (THERE, HERE)):
        found = table(aws, region)
        assert found["Replicas"] == [{"RegionName": other, "ReplicaStatus": "ACTIVE"}]
        assert found["GlobalTableVersion"] == "2019.11.21"
        assert found["TableArn"] == f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/intents"
        assert found["SSEDescription"]["KMSMasterKeyArn"] == key(region)
        assert f":{region}:" in found["LatestStreamArn"]


def test_backups_tags_and_protection_are_each_sides_own(aws: Aws) -> None:
    make(aws, Tags=[{"Key": "Side", "Value": "here"}], DeletionProtectionEnabled=True)
    change(aws, create())
    there = aws.client("dynamodb", THERE)
    there.update_continuous_backups(
        TableName="intents", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    assert (recovery(aws, HERE), recovery(aws, THERE)) == ("DISABLED", "ENABLED")
    arn = table(aws, THERE)["TableArn"]
    there.tag_resource(ResourceArn=arn, Tags=[{"Key": "Side", "Value": "there"}])
    assert there.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "Side", "Value": "there"}]
    assert (
        table(aws, HERE)["DeletionProtectionEnabled"],
        table(aws, THERE)["DeletionProtectionEnabled"],
    ) == (
        True,
        False,
    )


def test_a_replica_goes_and_the_table_stays(aws: Aws) -> None:
    make(aws)
    change(aws, create())
    assert tables(aws, THERE) == ["intents"]
    change(aws, {"Delete": {"RegionName": THERE}})
    assert (tables(aws, HERE), tables(aws, THERE)) == (["intents"], [])
    assert "Replicas" not in table(aws, HERE)


@pytest.mark.parametrize(
    ("updates", "said"),
    [
        ([create(), create("eu-west-1")], "Only one replica"),
        ([{"Delete": {"RegionName": "eu-west-1"}}], "there is no replica of intents in eu-west-1"),
        ([{"Delete": {"RegionName": HERE}}], f"there is no replica of intents in {HERE}"),
        ([create(HERE)], f"already exists in {HERE}"),
        ([{"Update": {"RegionName": THERE}}], "cannot Update a replica"),
    ],
)
def test_what_cannot_be_is_refused(aws: Aws, updates: list[dict[str, Any]], said: str) -> None:
    make(aws)
    with pytest.raises(ClientError, match=said):
        change(aws, *updates)


def test_a_table_without_a_stream_has_no_replicas(aws: Aws) -> None:
    make(aws, StreamSpecification={"StreamEnabled": False})
    with pytest.raises(ClientError, match="needs a stream"):
        change(aws, create())


def test_a_table_that_is_encrypted_with_awss_key_has_replicas_that_are_too(extended: Aws) -> None:
    extended.client("dynamodb", HERE).create_table(
        TableName="intents",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    change(extended, {"Create": {"RegionName": THERE}})
    assert "SSEDescription" not in table(extended, THERE)


def test_every_other_change_is_made_as_before(extended: Aws) -> None:
    make(extended)
    extended.client("dynamodb", HERE).update_table(TableName="intents", DeletionProtectionEnabled=True)
    assert table(extended, HERE)["DeletionProtectionEnabled"]
