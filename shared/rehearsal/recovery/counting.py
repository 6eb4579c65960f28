"""What became of every payment that a customer was told is accepted: counted where payments are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.intents import schema
from shared.rehearsal.prerequisites import ClientFactory

#: The Data API returns at most a megabyte.
_PAGE = 500
_ROWS = (
    "SELECT idempotency_key, fingerprint FROM payment_intents WHERE idempotency_key > :after "
    "ORDER BY idempotency_key LIMIT 500"
)
_NO_TABLE = "Error code: 1146"


@dataclass(frozen=True, kw_only=True)
class Books:
    """Where payments are kept."""

    table: str
    """The global table's name."""
    clusters: Mapping[str, str]
    """Region -> ARN of its cluster."""
    secret: str
    database: str


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many, and which are not as they have to be."""

    accepted: int
    in_database: int
    """In `payment_intents`, of those that were accepted."""
    waiting: int
    """In the table of a region that answers, and not in the database."""
    missing: tuple[str, ...]
    """Told "accepted", and nowhere to be found. While a region is lost it may have them."""
    doubled: tuple[str, ...]
    """More than one row in the database."""
    altered: tuple[str, ...]
    """Another payment in the database than in the table."""


def count(
    accepted: Collection[str], books: Books, clients: ClientFactory, *, writer: str, regions: Collection[str]
) -> Count:
    """Look for every key in the database, in `writer`, and in the tables of `regions`, which have to answer.

    Raises ClientError when one of them does not.
    """
    # the tables first: what is drained meanwhile is then found in both, never in none
    stored: dict[str, str] = {}
    for region in regions:
        stored |= dict(_items(clients.client("dynamodb", region), books.table))
    rows = list(_rows(clients, books, writer))
    kept = dict(rows)
    times = Counter(key for key, _ in rows)
    return Count(
        accepted=len(accepted),
        in_database=sum(key in kept for key in accepted),
        waiting=sum(key in stored and key not in kept for key in accepted),
        missing=tuple(sorted(key for key in accepted if key not in stored and key not in kept)),
        doubled=tuple(sorted(key for key, number in times.items() if number > 1)),
        altered=tuple(sorted(key for key in kept if stored.get(key, kept[key]) != kept[key])),
    )


def _items(client: Any, table: str) -> Iterator[tuple[str, str]]:
    """Yield key and fingerprint of every intent in a region's table."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        ProjectionExpression="#key, #fingerprint",
        ExpressionAttributeNames={"#key": schema.KEY, "#fingerprint": schema.FINGERPRINT},
    )
    for page in pages:
        for item in page["Items"]:
            yield item[schema.KEY]["S"], item[schema.FINGERPRINT]["S"]


def _rows(clients: ClientFactory, books: Books, writer: str) -> Iterator[tuple[str, str]]:
    """Yield key and fingerprint of every row of `payment_intents`; nothing before there is such a table."""
    secret = clients.client("secretsmanager", writer).describe_secret(SecretId=books.secret)["ARN"]
    client, after = clients.client("rds-data", writer), ""
    while True:
        try:
            found = client.execute_statement(
                resourceArn=books.clusters[writer],
                secretArn=secret,
                database=books.database,
                sql=_ROWS,
                parameters=[{"name": "after", "value": {"stringValue": after}}],
            )["records"]
        except client.exceptions.ClientError as error:
            if _NO_TABLE not in str(error):
                raise
            return
        for row in found:
            after = _text(row[0])
            yield after, _text(row[1])
        if len(found) < _PAGE:
            return


def _text(field: Mapping[str, Any]) -> str:
    """Return a column's value; MySQL's VARBINARY comes as bytes."""
    return bytes(field["blobValue"]).decode() if "blobValue" in field else str(field["stringValue"])
