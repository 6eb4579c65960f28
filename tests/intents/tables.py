"""The table of intents in two regions of an embedded AWS, made from the schema as Terraform makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.intents import schema

if TYPE_CHECKING:
    from tests.rehearsal.conftest import Aws

TABLE = "table-intents-abc123"


def create(aws: Aws, region: str, *replicas: str) -> None:
    client = aws.client("dynamodb", region)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in schema.ATTRIBUTES.items()
        ],
        KeySchema=[{"AttributeName": schema.KEY, "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": schema.INDEX,
                "KeySchema": [
                    {"AttributeName": schema.SHARD, "KeyType": "HASH"},
                    {"AttributeName": schema.SEQUENCE, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": schema.STREAM_VIEW_TYPE},
    )
    for replica in replicas:
        client.update_table(TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": replica}}])
