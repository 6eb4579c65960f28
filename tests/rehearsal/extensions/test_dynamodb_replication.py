"""Items that are written in one region are seen in the others."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_dynamodb_replicas import HERE, TABLE, THERE, THIRD, create
from tests.rehearsal.waiting import until


def put(aws: Aws, region: str, key: str, value: str, **fields: Any) -> None:
    item = {"id": {"S": key}, "value": {"S": value}}
    aws.client("dynamodb", region).put_item(TableName=TABLE, Item=item, **fields)


def seen(aws: Aws, region: str, key: str = "a") -> str | None:
    found = aws.client("dynamodb", region).get_item(TableName=TABLE, Key={"id": {"S": key}})
    return str(found["Item"]["value"]["S"]) if "Item" in found else None


def hold(aws: Aws) -> Controls:
    """Let nothing arrive until it is released, however slowly this test runs."""
    controls = Controls(aws.server.endpoint)
    try:
        controls.hold_replication()
    except ValueError:
        pytest.fail("there is no such address on stock moto")
    return controls


def everywhere(aws: Aws, value: str | None, key: str = "a", regions: tuple[str, ...] = (HERE, THERE)) -> None:
    until(lambda: [seen(aws, region, key) for region in regions] == [value] * len(regions))


def test_what_is_put_changed_and_deleted_arrives_after_a_moment(aws: Aws) -> None:
    create(aws, THERE, THIRD)
    controls = hold(aws)
    put(aws, HERE, "a", "1")
    assert seen(aws, THERE) is None
    assert controls.replication_under_way() == 2
    controls.release_replication()
    everywhere(aws, "1", regions=(HERE, THERE, THIRD))
    assert controls.replication_under_way() == 0
    aws.client("dynamodb", THERE).update_item(
        TableName=TABLE,
        Key={"id": {"S": "a"}},
        UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":v": {"S": "2"}},
    )
    everywhere(aws, "2", regions=(HERE, THERE, THIRD))
    aws.client("dynamodb", THIRD).delete_item(TableName=TABLE, Key={"id": {"S": "a"}})
    everywhere(aws, None, regions=(HERE, THERE, THIRD))


def test_what_was_there_before_the_replica_is_in_it(aws: Aws) -> None:
    create(aws)
    put(aws, HERE, "a", "1")
    aws.client("dynamodb", HERE).update_table(
        TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": THERE}}]
    )
    assert seen(aws, THERE) == "1"


def test_writes_wait_for_a_lost_region_and_arrive_when_it_is_back(aws: Aws) -> None:
    create(aws, THERE)
    controls = lose(aws, THERE)
    put(aws, HERE, "a", "1")
    put(aws, HERE, "b", "1")
    with pytest.raises(ConnectionClosedError):
        put(aws, THERE, "c", "1")
    time.sleep(1)
    controls.restore_region()
    assert seen(aws, HERE, "c") is None
    everywhere(aws, "1", "a")
    everywhere(aws, "1", "b")


def test_what_a_lost_region_did_not_send_comes_late_and_does_not_win(extended: Aws) -> None:
    create(extended, THERE)
    controls = hold(extended)
    put(extended, THERE, "a", "old")
    put(extended, THERE, "b", "only there")
    lose(extended, THERE)
    controls.release_replication()
    time.sleep(1)
    assert seen(extended, HERE, "b") is None
    put(extended, HERE, "a", "new")
    controls.restore_region()
    everywhere(extended, "only there", "b")
    everywhere(extended, "new", "a")


def test_two_regions_may_accept_the_same_key_and_the_later_one_stays(aws: Aws) -> None:
    create(aws, THERE)
    condition = {"ConditionExpression": "attribute_not_exists(id)"}
    controls = hold(aws)
    put(aws, HERE, "a", "first", **condition)
    put(aws, THERE, "a", "second", **condition)
    controls.release_replication()
    everywhere(aws, "second")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        put(aws, HERE, "a", "third", **condition)


def test_a_deletion_wins_over_what_is_older(extended: Aws) -> None:
    create(extended, THERE)
    put(extended, HERE, "a", "1")
    everywhere(extended, "1")
    controls = lose(extended, THERE)
    put(extended, HERE, "a", "2")
    controls.restore_region()
    extended.client("dynamodb", THERE).delete_item(TableName=TABLE, Key={"id": {"S": "a"}})
    everywhere(extended, None)
    time.sleep(0.5)
    everywhere(extended, None)


def transaction(value: str) -> list[Any]:
    key = {"TableName": TABLE, "Key": {"id": {"S": "held"}}}
    return [
        {"Put": {"TableName": TABLE, "Item": {"id": {"S": "a"}, "value": {"S": value}}}},
        {"ConditionCheck": {**key, "ConditionExpression": "attribute_not_exists(id)"}},
    ]


def test_a_transaction_arrives_and_one_that_fails_does_not(extended: Aws) -> None:
    create(extended, THERE)
    client = extended.client("dynamodb", HERE)
    client.transact_write_items(TransactItems=transaction("1"))
    everywhere(extended, "1")
    put(extended, HERE, "held", "x")
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        client.transact_write_items(TransactItems=transaction("2"))
    put(extended, HERE, "b", "after")
    everywhere(extended, "after", "b")
    everywhere(extended, "1")


def test_a_plain_table_is_left_alone_and_a_reset_forgets_what_is_under_way(extended: Aws) -> None:
    create(extended)
    put(extended, HERE, "a", "1")
    extended.client("dynamodb", HERE).transact_write_items(TransactItems=transaction("2"))
    assert seen(extended, HERE) == "2"
    extended.client("dynamodb", HERE).delete_table(TableName=TABLE)
    create(extended, THERE)
    controls = hold(extended)
    put(extended, HERE, "a", "1")
    extended.server.reset()
    assert controls.replication_under_way() == 0
    create(extended, THERE)
    put(extended, HERE, "b", "1")
    everywhere(extended, "1", "b")
    assert seen(extended, THERE) is None


def test_it_is_held_or_not(extended: Aws) -> None:
    controls = hold(extended)
    assert controls._ask("GET", "replication") == {"held": True, "under_way": 0}
    assert controls._ask("POST", "replication", {"held": False}) == {"held": False, "under_way": 0}
    controls.hold_replication()
    controls.clear()
    assert controls._ask("GET", "replication") == {"held": False, "under_way": 0}
    with pytest.raises(ValueError, match="held has to be true or false, not 1"):
        controls._ask("POST", "replication", {"held": 1})


def test_a_replicas_stream_has_what_arrived(extended: Aws) -> None:
    create(extended, THERE)
    put(extended, HERE, "a", "1")
    everywhere(extended, "1")
    streams = extended.client("dynamodbstreams", THERE)
    arn = extended.client("dynamodb", THERE).describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    [record] = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert record["dynamodb"]["NewImage"]["value"] == {"S": "1"}
