"""The intents that wait in the region's replica of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import time
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from . import schema
from .aws import client
from .configuration import Configuration
from .errors import DrainError

_DAY = 86_400
_LONGEST_ERROR = 500
_CHANGED = "ConditionalCheckFailedException"
_NAMES = {"#state": schema.STATE}

_Done = TypeVar("_Done")


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One that waits."""

    key: str
    ordering_key: str
    sequence: str
    region: str
    """Which accepted it."""
    fingerprint: str
    payload: str
    refused: bool = field(default=False, compare=False)
    """The database refused it before, as the table says: it may do so again."""


class Waiting:
    """What waits in one region."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def pending(self) -> Iterator[str]:
        """Yield the keys of what waits: within an ordering key in the order of acceptance.

        The index follows the table within about a second, and what another region accepted comes later
        still: a key that is missing comes with the next look, one that is drained is no harm.
        """
        for shard in schema.shards():
            start: dict[str, Any] = {}
            while True:
                page = self._call("Query", partial(self._query, shard, start))
                for item in page["Items"]:
                    yield item[schema.KEY]["S"]
                if not page.get("LastEvaluatedKey"):
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _query(self, shard: str, start: dict[str, Any]) -> dict[str, Any]:
        return dict(
            self._dynamodb.query(
                TableName=self._configuration.table,
                IndexName=schema.INDEX,
                KeyConditionExpression="#shard = :shard",
                ExpressionAttributeNames={"#shard": schema.SHARD},
                ExpressionAttributeValues={":shard": {"S": shard}},
                **start,
            )
        )

    def load(self, key: str) -> Intent | None:
        """Return the intent as the table has it now; None when it does not wait any more."""
        answer = self._call(
            "GetItem",
            lambda: self._dynamodb.get_item(
                TableName=self._configuration.table, Key={schema.KEY: {"S": key}}, ConsistentRead=True
            ),
        )
        texts = {name: value["S"] for name, value in answer.get("Item", {}).items() if "S" in value}
        if texts.get(schema.STATE) != schema.QUEUED:
            return None
        return Intent(
            key=key,
            ordering_key=texts[schema.ORDERING_KEY],
            sequence=texts[schema.SEQUENCE],
            region=texts[schema.REGION],
            fingerprint=texts[schema.FINGERPRINT],
            payload=texts[schema.PAYLOAD],
            refused=schema.LAST_ERROR in texts,
        )

    def mark(self, intent: Intent) -> bool:
        """Say that an intent is in the database; False when another drain said so before.

        An intent that was replaced meanwhile (another region's, of the same key) goes on waiting.
        """
        now = int(time())
        expires = now + self._configuration.retention_days * _DAY
        return self._change(
            intent,
            "SET #state = :drained, #at = :now, #expires = :expires REMOVE #shard, #error",
            names={
                "#at": schema.DRAINED_AT,
                "#expires": schema.EXPIRES,
                "#shard": schema.SHARD,
                "#error": schema.LAST_ERROR,
            },
            values={
                ":drained": {"S": schema.DRAINED},
                ":now": {"N": str(now)},
                ":expires": {"N": str(expires)},
            },
        )

    def note(self, intent: Intent, reason: str) -> None:
        """Keep why an intent could not be drained; it goes on waiting."""
        self._change(
            intent,
            "SET #error = :error",
            names={"#error": schema.LAST_ERROR},
            values={":error": {"S": reason[:_LONGEST_ERROR]}},
        )

    def _change(self, intent: Intent, update: str, *, names: dict[str, str], values: dict[str, Any]) -> bool:
        def change() -> bool:
            try:
                self._dynamodb.update_item(
                    TableName=self._configuration.table,
                    Key={schema.KEY: {"S": intent.key}},
                    UpdateExpression=update,
                    ConditionExpression="#state = :queued AND #fingerprint = :fingerprint",
                    ExpressionAttributeNames={**_NAMES, "#fingerprint": schema.FINGERPRINT, **names},
                    ExpressionAttributeValues={
                        ":queued": {"S": schema.QUEUED},
                        ":fingerprint": {"S": intent.fingerprint},
                        **values,
                    },
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != _CHANGED:
                    raise
                return False
            return True

        return self._call("UpdateItem", change)

    @property
    def _dynamodb(self) -> Any:
        return client("dynamodb", self._configuration.region)

    def _call(self, name: str, action: Callable[[], _Done]) -> _Done:
        try:
            return action()
        except (BotoCoreError, ClientError) as error:
            raise DrainError(f"dynamodb:{name} in {self._configuration.region}: {error}") from error
