"""Every accepted payment is looked for where payments are kept."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.lambdas.drain.ledger import CREATE
from shared.intents.accept import Intents
from shared.rehearsal.recovery import counting
from shared.rehearsal.recovery.counting import Books, Count, count
from tests.intents.tables import TABLE, create
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_rds_data import run, world
from tests.rehearsal.waiting import until

HERE, THERE = "us-east-1", "eu-west-1"
ROW = (
    "INSERT INTO payment_intents "
    "(idempotency_key, ordering_key, sequence, accepted_in, fingerprint, payload) "
    "VALUES (:key, 'account', '1', 'us-east-1', :fingerprint, '')"
)


class Platform:
    """A global table, and a global database that writes in `HERE`."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.arns = dict(zip((HERE, THERE), world(aws).values(), strict=True))
        create(aws, HERE, THERE)
        self.books = Books(
            table=TABLE, clusters=self.arns, secret="payments/application", database="payments"
        )

    def accept(self, *keys: str, region: str = HERE) -> None:
        intents = Intents(self.aws.client("dynamodb", region), TABLE, region=region)
        for key in keys:
            intents.accept(key=key, ordering_key="account", payload={"for": key})
        until(lambda: all(self.stored(region, key) for region in (HERE, THERE) for key in keys))

    def stored(self, region: str, key: str) -> str:
        found = self.aws.client("dynamodb", region).get_item(
            TableName=TABLE, Key={"idempotency_key": {"S": key}}
        )
        return str(found.get("Item", {}).get("fingerprint", {}).get("S", ""))

    def drain(self, key: str, fingerprint: str = "") -> None:
        values = {"key": key, "fingerprint": fingerprint or self.stored(HERE, key)}
        run(
            self.aws,
            self.arns[HERE],
            ROW,
            {name: {"stringValue": value} for name, value in values.items()},
            secretArn="payments/application",
        )

    def make(self, sql: str = CREATE) -> None:
        run(self.aws, self.arns[HERE], sql)

    def count(self, *keys: str, regions: tuple[str, ...] = (HERE, THERE)) -> Count:
        return count(keys, self.books, self.aws, writer=HERE, regions=regions)


@pytest.fixture
def platform(extended: Aws) -> Platform:
    return Platform(extended)


def test_what_waits_what_is_in_the_database_and_what_is_nowhere(platform: Platform) -> None:
    platform.make()
    platform.accept("a", "b", "c")
    platform.drain("a")
    assert platform.count("a", "b", "c", "nobody") == Count(
        accepted=4, in_database=1, waiting=2, missing=("nobody",), doubled=(), altered=()
    )


def test_before_there_is_a_table_in_the_database_everything_waits(platform: Platform) -> None:
    platform.accept("a")
    assert platform.count("a").waiting == 1
    platform.make("CREATE TABLE payment_intents (something VARCHAR(8))")
    with pytest.raises(ClientError, match="Unknown column"):
        platform.count("a")


def test_another_payment_under_a_key_is_altered_and_two_rows_of_one_are_doubled(platform: Platform) -> None:
    platform.make(CREATE.replace(" PRIMARY KEY", ""))
    platform.accept("a", "b")
    platform.drain("a", "another payment")
    for _ in range(2):
        platform.drain("b")
    found = platform.count("a", "b")
    assert (found.altered, found.doubled) == (("a",), ("b",))
    assert found.in_database == 2


def test_a_row_of_a_payment_that_the_tables_have_forgotten_is_as_good(platform: Platform) -> None:
    platform.make()
    platform.drain("a", "f")
    assert platform.count("a") == Count(
        accepted=1, in_database=1, waiting=0, missing=(), doubled=(), altered=()
    )


def test_more_rows_than_an_answer_holds_are_read_to_the_end() -> None:
    rows = [f"payment-{number:04d}" for number in range(2 * counting._PAGE)]
    asked: list[str] = []

    class Client:
        exceptions = type("Exceptions", (), {"ClientError": ClientError})

        def execute_statement(self, *, parameters: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
            after = parameters[0]["value"]["stringValue"]
            asked.append(after)
            found = [row for row in rows if row > after][: counting._PAGE]
            return {"records": [[{"blobValue": row.encode()}, {"stringValue": "f"}] for row in found]}

        def describe_secret(self, **_: Any) -> dict[str, str]:
            return {"ARN": "arn"}

    clients: Any = type("Clients", (), {"client": lambda *_: Client()})()
    books = Books(table="t", clusters={HERE: "arn"}, secret="s", database="d")
    found = count(rows, books, clients, writer=HERE, regions=())
    assert (found.in_database, found.missing) == (1000, ())
    assert asked == ["", rows[counting._PAGE - 1], rows[-1]]
    assert counting._ROWS.endswith(f"LIMIT {counting._PAGE}")
