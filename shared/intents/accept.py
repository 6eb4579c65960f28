"""Accepting payment intents into the global table: once for each idempotency key.

A region that accepts asks nobody else, so it goes on when the other is lost. That two regions accept one
key at the same time is possible (docs/intents.md).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from . import schema
from .errors import IntentConflict, IntentRefused
from .sequence import Sequences

#: Keys are compared byte by byte, in DynamoDB and in the database: printable ASCII without spaces.
KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,128}")
#: Bytes of a payload as JSON: far below DynamoDB's item (400 KB) and what the Data API takes.
LONGEST_PAYLOAD = 100_000
_EXISTS = "ConditionalCheckFailedException"
_ABSENT = "attribute_not_exists(#key)"


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An intent that is stored."""

    key: str
    sequence: str
    """When it was accepted first, in order."""
    new: bool
    """False for a repetition."""
    state: str
    """`queued`, or `drained` of a repetition that came later."""


class Intents:
    """The table of one region; may be used by threads, as boto3's clients may."""

    def __init__(self, client: Any, table: str, *, region: str, sequences: Sequences | None = None) -> None:
        """`client` is boto3's for `dynamodb` in this `region`."""
        self._client = client
        self._table = table
        self._region = region
        self._sequences = sequences or Sequences()

    def accept(self, *, key: str, ordering_key: str, payload: Mapping[str, Any]) -> Accepted:
        """Store an intent, or recognise it as stored.

        `ordering_key`: intents with the same one (the account's number) reach the database in the order
        of acceptance. When this returns the intent is durable in this region. Raises IntentRefused for
        what cannot be stored, IntentConflict for another payload under the same key, botocore's errors
        when nobody knows: the client may then repeat it with the same key.
        """
        item = self._item(key, ordering_key, payload)
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=_ABSENT,
                ExpressionAttributeNames={"#key": schema.KEY},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _EXISTS:
                raise
            return self._repeated(key, item)
        return Accepted(key=key, sequence=item[schema.SEQUENCE]["S"], new=True, state=schema.QUEUED)

    def _repeated(self, key: str, wanted: Mapping[str, Any]) -> Accepted:
        stored = self._get(key)
        if stored is None or stored[schema.FINGERPRINT] != wanted[schema.FINGERPRINT]["S"]:
            raise IntentConflict(f"another payment was accepted under the idempotency key {key}")
        return Accepted(key=key, sequence=stored[schema.SEQUENCE], new=False, state=stored[schema.STATE])

    def state(self, key: str) -> str | None:
        """Return `queued` or `drained`; None for a key that this region has not seen."""
        stored = self._get(key)
        return None if stored is None else stored[schema.STATE]

    def waiting(self) -> int:
        """Return how many wait, as the index has it: about a second behind."""
        return sum(self._count(shard) for shard in schema.shards())

    def _count(self, shard: str) -> int:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=schema.INDEX,
            Select="COUNT",
            KeyConditionExpression="#shard = :shard",
            ExpressionAttributeNames={"#shard": schema.SHARD},
            ExpressionAttributeValues={":shard": {"S": shard}},
        )
        return sum(int(page["Count"]) for page in pages)

    def _get(self, key: str) -> dict[str, str] | None:
        answer = self._client.get_item(
            TableName=self._table, Key={schema.KEY: {"S": key}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else {name: value["S"] for name, value in item.items() if "S" in value}

    def _item(self, key: str, ordering_key: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in (("key", key), ("ordering_key", ordering_key)):
            if not KEY_PATTERN.fullmatch(value):
                raise IntentRefused(
                    f"{name} is {value!r}: it has to be 1 to 128 printable ASCII characters without spaces"
                )
        text = canonical(payload)
        texts = {
            schema.KEY: key,
            schema.SHARD: shard_of(ordering_key),
            schema.SEQUENCE: self._sequences.next(),
            schema.ORDERING_KEY: ordering_key,
            schema.PAYLOAD: text,
            schema.FINGERPRINT: hashlib.sha256(f"{ordering_key}\n{text}".encode()).hexdigest(),
            schema.REGION: self._region,
            schema.STATE: schema.QUEUED,
        }
        return {name: {"S": value} for name, value in texts.items()}


def canonical(payload: Mapping[str, Any]) -> str:
    """Return the payload as JSON, the same for the same content. IntentRefused for what has no JSON."""
    try:
        text = json.dumps(
            dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise IntentRefused(f"the payload is no JSON: {error}") from error
    if size > LONGEST_PAYLOAD:
        raise IntentRefused(f"the payload has {size} bytes; at most {LONGEST_PAYLOAD} are taken")
    return text


def shard_of(ordering_key: str) -> str:
    """Return the index's partition for an ordering key: one for each, so that its order is kept."""
    number = hashlib.sha256(ordering_key.encode()).digest()[0] % schema.SHARDS
    return schema.shards()[number]
