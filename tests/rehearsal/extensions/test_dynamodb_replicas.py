"""Tables with replicas in other regions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws

HERE, THERE, THIRD = "us-west-2", "us-east-1", "eu-west-1"
TABLE = "intents"


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def create(aws: Aws, *replicas: str, region: str = HERE, **fields: Any) -> Any:
    """Make a table in us-west-2 with replicas elsewhere; return what describes it."""
    client = aws.client("dynamodb", region)
    client.create_table(
        TableName=TABLE,
        AttributeDefinitions=attributes("id"),
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **{"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}, **fields},
    )
    for replica in replicas:
        replicate(aws, "Create", RegionName=replica)
    return described(aws, region)


def described(aws: Aws, region: str) -> Any:
    return aws.client("dynamodb", region).describe_table(TableName=TABLE)["Table"]


def replicate(aws: Aws, action: str, region: str = HERE, **wanted: Any) -> Any:
    client = aws.client("dynamodb", region)
    return client.update_table(TableName=TABLE, ReplicaUpdates=[{action: wanted}])["TableDescription"]


def regions(table: Any) -> list[str]:
    return [replica["RegionName"] for replica in table.get("Replicas", [])]


def refused(aws: Aws, action: str, **wanted: Any) -> str:
    with pytest.raises(ClientError) as error:
        replicate(aws, action, **wanted)
    return str(error.value)


def test_every_replica_names_the_others(aws: Aws) -> None:
    table = create(aws, THERE, THIRD)
    assert regions(table) == [THIRD, THERE]
    assert table["GlobalTableVersion"] == "2019.11.21"
    assert {replica["ReplicaStatus"] for replica in table["Replicas"]} == {"ACTIVE"}
    other = described(aws, THERE)
    assert regions(other) == [THIRD, HERE]
    assert other["TableArn"] == f"arn:aws:dynamodb:{THERE}:123456789012:table/{TABLE}"
    assert other["KeySchema"] == table["KeySchema"]
    assert other["LatestStreamArn"].startswith(other["TableArn"])


def test_each_replica_has_its_own_key_backups_and_tags(aws: Aws) -> None:
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": f"arn:aws:kms:{HERE}:1:key/here"}
    create(aws, SSESpecification=encrypted, Tags=[{"Key": "Env", "Value": "abc123"}])
    keys = [f"arn:aws:kms:{THERE}:1:key/{name}" for name in ("first", "second")]
    assert "KMSMasterKeyId must be specified for each replica" in refused(aws, "Create", RegionName=THERE)
    replicate(aws, "Create", RegionName=THERE, KMSMasterKeyId=keys[0])
    there = aws.client("dynamodb", THERE)
    assert described(aws, THERE)["SSEDescription"]["KMSMasterKeyArn"] == keys[0]
    assert described(aws, HERE)["Replicas"][0]["KMSMasterKeyId"] == keys[0]
    assert described(aws, THERE)["Replicas"][0]["KMSMasterKeyId"] == encrypted["KMSMasterKeyId"]
    replicate(aws, "Update", RegionName=THERE, KMSMasterKeyId=keys[1])
    replicate(aws, "Update", RegionName=THERE)
    assert described(aws, THERE)["SSEDescription"]["KMSMasterKeyArn"] == keys[1]

    there.update_continuous_backups(
        TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )

    def recovery(region: str) -> str:
        found = aws.client("dynamodb", region).describe_continuous_backups(TableName=TABLE)
        description = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return str(description["PointInTimeRecoveryStatus"])

    assert (recovery(HERE), recovery(THERE)) == ("DISABLED", "ENABLED")
    assert there.list_tags_of_resource(ResourceArn=described(aws, THERE)["TableArn"])["Tags"] == []


def test_a_replica_is_taken_away_and_the_table_is_a_plain_one_again(aws: Aws) -> None:
    create(aws, THERE)
    assert "Replicas" not in replicate(aws, "Delete", RegionName=THERE)
    assert "Replicas" not in described(aws, HERE)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        described(aws, THERE)
    replicate(aws, "Create", RegionName=THERE)
    assert regions(described(aws, HERE)) == [THERE]


def test_a_table_that_is_deleted_leaves_its_replicas(extended: Aws) -> None:
    create(extended, THERE, THIRD)
    extended.client("dynamodb", HERE).delete_table(TableName=TABLE)
    assert regions(described(extended, THERE)) == [THIRD]
    extended.client("dynamodb", THERE).delete_table(TableName=TABLE)
    assert regions(described(extended, THIRD)) == []


def test_what_has_to_be_equal_is_changed_everywhere(extended: Aws) -> None:
    create(extended, THERE)
    client = extended.client("dynamodb", THERE)
    client.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    index = {
        "IndexName": "by-state",
        "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    client.update_table(
        TableName=TABLE,
        AttributeDefinitions=attributes("id", "state"),
        GlobalSecondaryIndexUpdates=[{"Create": index}],
        DeletionProtectionEnabled=True,
    )
    here = extended.client("dynamodb", HERE)
    assert here.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires",
    }
    found = described(extended, HERE)
    assert [one["IndexName"] for one in found["GlobalSecondaryIndexes"]] == ["by-state"]
    assert not found["DeletionProtectionEnabled"]


def test_what_makes_no_replica_is_refused(extended: Aws) -> None:
    create(extended, THERE)
    for region in (HERE, THERE):
        assert f"in {region} already" in refused(extended, "Create", RegionName=region)
    for region in (HERE, THIRD):
        assert "ReplicaNotFoundException" in refused(extended, "Delete", RegionName=region)
    updates = [{"Create": {"RegionName": THIRD}}, {"Delete": {"RegionName": THERE}}]
    with pytest.raises(ClientError, match="one replica only"):
        extended.client("dynamodb", HERE).update_table(TableName=TABLE, ReplicaUpdates=updates)


def test_a_replica_needs_a_stream(extended: Aws) -> None:
    create(extended, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    assert "needs a stream" in refused(extended, "Create", RegionName=THERE)
