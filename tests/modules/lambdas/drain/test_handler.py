"""The whole way: accepted in the standby, failed over, drained into its database."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from modules.lambdas.drain import configuration as configurations
from modules.lambdas.drain.errors import DrainError
from modules.lambdas.drain.handler import RESERVE_MS, handle
from modules.lambdas.drain.intents import Waiting
from modules.lambdas.drain.ledger import CREATE
from shared.intents.accept import Intents
from tests.intents.tables import TABLE, create
from tests.modules.lambdas.world import SOURCE, TARGET, World, global_database
from tests.rehearsal.waiting import until

PATIENT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


@dataclass
class Standby:
    """The standby's part of the system: its table, its cluster, the service that accepts."""

    world: World
    arns: dict[str, str]
    intents: Intents

    def accept(self, key: str, account: str = "account-1", **payload: Any) -> None:
        self.intents.accept(key=key, ordering_key=account, payload=payload or {"amount": "1"})

    def fail_over(self) -> None:
        rds = self.world.aws.client("rds", TARGET)
        rds.failover_global_cluster(
            GlobalClusterIdentifier="ledger", TargetDbClusterIdentifier=self.arns[TARGET], AllowDataLoss=True
        )

        def settled() -> bool:
            [found] = rds.describe_global_clusters(GlobalClusterIdentifier="ledger")["GlobalClusters"]
            return bool(found["Status"] == "available")

        until(settled)

    def sql(self, statement: str) -> Any:
        return self.world.aws.client("rds-data", TARGET).execute_statement(
            resourceArn=self.arns[TARGET], secretArn="payments/database", sql=statement
        )

    def rows(self) -> list[str]:
        found = self.sql("SELECT idempotency_key FROM payment_intents ORDER BY sequence")["records"]
        return [record[0]["stringValue"] for record in found]

    def item(self, key: str) -> dict[str, Any]:
        found = self.world.aws.client("dynamodb", TARGET).get_item(
            TableName=TABLE, Key={"idempotency_key": {"S": key}}
        )
        return {name: next(iter(value.values())) for name, value in found["Item"].items()}


@pytest.fixture
def standby(world: World, monkeypatch: pytest.MonkeyPatch) -> Standby:
    arns = global_database(world.aws)
    world.aws.client("rds", TARGET).enable_http_endpoint(ResourceArn=arns[TARGET])
    login = json.dumps({"username": "payments_app", "password": "not-a-secret"})
    world.aws.client("secretsmanager", TARGET).create_secret(Name="payments/database", SecretString=login)
    create(world.aws, TARGET, SOURCE)
    config = {
        "region": TARGET,
        "table": TABLE,
        "cluster_arn": arns[TARGET],
        "secret": "payments/database",
        "database": "",
        "retention_days": 2,
        "index_seconds": 0,
        "global_cluster": "ledger",
        "other_region": SOURCE,
    }
    monkeypatch.setenv("CONFIG", json.dumps(config))
    client = world.aws.client("dynamodb", TARGET)
    return Standby(world=world, arns=arns, intents=Intents(client, TABLE, region=TARGET))


def do(event: dict[str, Any] | None = None, context: Any = PATIENT) -> dict[str, Any]:
    return handle(event or {}, context)


def test_what_was_accepted_is_in_the_database_once_and_in_order(standby):
    keys = [f"order-{number}" for number in range(5)]
    for key in keys:
        standby.accept(key)
    assert do({"action": "count"}) == {"waiting": 5}
    standby.fail_over()
    assert do() == {"drained": 5, "already_there": 0, "failed": 0, "failures": [], "done": True}
    assert standby.rows() == keys
    assert do({"action": "drain"})["drained"] == 0
    assert standby.rows() == keys
    assert do({"action": "count"}) == {"waiting": 0}
    item = standby.item("order-0")
    assert (item["state"], item["accepted_in"]) == ("drained", TARGET)
    assert 86_400 < int(item["expires_at"]) - time.time() <= 2 * 86_400
    assert "shard" not in item
    assert standby.intents.accept(key="order-0", ordering_key="account-1", payload={"amount": "1"}).state == (
        "drained"
    )


def test_a_database_that_does_not_write_yet_takes_nothing(standby):
    standby.accept("order-1")
    with pytest.raises(
        DrainError, match=r"rds-data:ExecuteStatement in eu-west-1: .*Unavailable.*; 0 drained"
    ):
        do()
    standby.fail_over()
    assert do()["drained"] == 1


def test_a_drain_that_was_killed_after_the_insert_is_repeated(standby):
    standby.accept("order-1")
    standby.fail_over()
    standby.world.refuses("dynamodb", TARGET, "UpdateItem", "ProvisionedThroughputExceededException")
    with pytest.raises(DrainError, match="dynamodb:UpdateItem in eu-west-1"):
        do()
    assert standby.rows() == ["order-1"]
    assert do() == {"drained": 0, "already_there": 1, "failed": 0, "failures": [], "done": True}
    assert standby.rows() == ["order-1"]


def test_keys_differ_by_case(standby):
    for key in ("order-a", "order-A"):
        standby.accept(key)
    standby.fail_over()
    assert do()["drained"] == 2


@pytest.mark.parametrize("code", [1406, 3819])
def test_a_row_that_the_database_refuses_does_not_hold_up_the_others(standby, code):
    for number in range(3):
        standby.accept(f"order-{number}")
    standby.fail_over()
    message = f"Data too long; Error code: {code}; SQLState: 22001"
    refusal = {"Error": {"Code": "DatabaseErrorException", "Message": message}}
    standby.sql(CREATE)
    standby.world.says("rds-data", TARGET, "ExecuteStatement", None, refusal)
    report = do()
    assert (report["drained"], report["failed"], report["done"]) == (2, 1, True)
    [failure] = report["failures"]
    assert failure["idempotency_key"] == "order-1"
    assert message in failure["reason"]
    assert message in standby.item("order-1")["last_error"]
    waiting = Waiting(configurations.read(os.environ["CONFIG"]))
    standby.accept("order-3")
    loaded = [waiting.load(key) for key in ("order-1", "order-3")]
    assert [one.refused for one in loaded if one] == [True, False]
    assert do({"action": "count"}) == {"waiting": 2}
    assert do()["drained"] == 2
    assert "last_error" not in standby.item("order-1")


def test_another_payment_under_a_key_is_told_and_not_overwritten(standby):
    standby.accept("order-1", amount="1")
    standby.fail_over()
    do()
    table = standby.world.aws.client("dynamodb", TARGET)
    table.delete_item(TableName=TABLE, Key={"idempotency_key": {"S": "order-1"}})
    standby.accept("order-1", amount="2")
    [failure] = do()["failures"]
    assert failure["reason"] == "payment_intents has another payment under order-1"
    assert standby.rows() == ["order-1"]


def test_when_the_time_is_nearly_up_the_rest_waits(standby):
    for number in range(3):
        standby.accept(f"order-{number}")
    standby.fail_over()
    left = iter([60_000, RESERVE_MS])
    report = do(context=SimpleNamespace(get_remaining_time_in_millis=lambda: next(left)))
    assert (report["drained"], report["done"]) == (1, False)
    assert do()["drained"] == 2


def test_a_mark_that_another_drain_made_is_no_error(standby):
    standby.accept("order-1")
    standby.fail_over()
    condition = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "changed"}}
    standby.world.says("dynamodb", TARGET, "UpdateItem", condition)
    # the next round finds it as it is: in the database, and waiting
    assert do() == {"drained": 1, "already_there": 1, "failed": 0, "failures": [], "done": True}


def test_an_item_that_waits_no_more_is_left_alone(standby):
    standby.accept("order-1")
    standby.fail_over()
    do()
    table = standby.world.aws.client("dynamodb", TARGET)
    # the index is behind: it still shows what is drained
    stale = {"Items": [{"idempotency_key": {"S": key}} for key in ("order-1", "gone")], "Count": 2}
    standby.world.says("dynamodb", TARGET, "Query", stale)
    assert do()["already_there"] == 0
    assert table.scan(TableName=TABLE)["Count"] == 1


def test_a_long_queue_is_read_to_its_end(standby):
    for number in range(4):
        standby.accept(f"order-{number}")
    pages: list[dict[str, Any]] = [
        {
            "Items": [{"idempotency_key": {"S": "order-0"}}],
            "LastEvaluatedKey": {"idempotency_key": {"S": "x"}},
        },
        {"Items": [{"idempotency_key": {"S": "order-1"}}]},
    ]
    standby.world.says("dynamodb", TARGET, "Query", *pages, *[{"Items": []}] * 15)
    assert do({"action": "count"}) == {"waiting": 2}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([1146, None, 1146], "payment_intents is not there in arn:"),
        ([1062, 1146], r"error 1146 from arn:.*: SELECT fingerprint"),
        ([1290], "rds-data:ExecuteStatement in eu-west-1: .*1290"),
    ],
)
def test_a_database_that_is_not_as_it_should_be_ends_the_drain(standby, answers, said):
    standby.accept("order-1")
    for code in answers:
        error = {"Code": "DatabaseErrorException", "Message": f"x; Error code: {code}; SQLState: HY000"}
        answer = {"numberOfRecordsUpdated": 0} if code is None else {"Error": error}
        standby.world.says("rds-data", TARGET, "ExecuteStatement", answer)
    with pytest.raises(DrainError, match=said):
        do()
    assert do({"action": "count"}) == {"waiting": 1}


def test_without_the_secret_or_the_table_nothing_is_tried(standby):
    standby.accept("order-1")
    standby.world.refuses("secretsmanager", TARGET, "DescribeSecret", "AccessDenied")
    with pytest.raises(DrainError, match="secretsmanager:DescribeSecret in eu-west-1"):
        do()
    assert standby.world.called("rds-data", TARGET) == []
    standby.world.refuses("dynamodb", TARGET, "Query", "ResourceNotFoundException")
    with pytest.raises(DrainError, match="dynamodb:Query in eu-west-1"):
        do()


@pytest.mark.usefixtures("standby")
def test_an_action_that_does_not_exist_is_refused():
    with pytest.raises(DrainError, match="action is 'purge', which is none of drain, count"):
        do({"action": "purge"})


def open_the_primary(standby: Standby) -> None:
    """Let SQL be sent to the primary's cluster, too, by a login of its own region."""
    standby.world.aws.client("rds", SOURCE).enable_http_endpoint(ResourceArn=standby.arns[SOURCE])
    login = json.dumps({"username": "payments_app", "password": "not-a-secret"})
    standby.world.aws.client("secretsmanager", SOURCE).create_secret(
        Name="payments/database", SecretString=login
    )


def test_after_a_failback_what_waits_here_goes_into_the_other_regions_database(standby):
    open_the_primary(standby)
    standby.accept("order-1")
    assert do({"region": SOURCE})["drained"] == 1
    world = standby.world
    assert "ExecuteStatement" in world.called("rds-data", SOURCE)
    assert (world.called("rds-data", TARGET), world.called("dynamodb", SOURCE)) == ([], [])
    found = world.aws.client("rds-data", SOURCE).execute_statement(
        resourceArn=standby.arns[SOURCE],
        secretArn="payments/database",
        sql="SELECT idempotency_key FROM payment_intents",
    )
    assert found["records"] == [[{"stringValue": "order-1"}]]
    assert standby.item("order-1")["state"] == "drained"


def test_it_says_of_which_region_it_speaks(standby):
    standby.accept("order-1")
    with pytest.raises(DrainError, match="secretsmanager:DescribeSecret in us-east-1"):
        do({"region": SOURCE})
    open_the_primary(standby)
    standby.fail_over()
    with pytest.raises(DrainError, match=r"rds-data:ExecuteStatement in us-east-1: .*Unavailable"):
        do({"region": SOURCE})


def test_its_own_region_asks_nobody_which_cluster_it_is(standby):
    standby.accept("order-1")
    standby.fail_over()
    assert do({"region": TARGET})["drained"] == 1
    assert standby.world.called("rds", TARGET) == []


def test_a_region_that_has_no_database_is_refused(standby):
    with pytest.raises(DrainError, match="region is 'mars', which is none of eu-west-1, us-east-1"):
        do({"region": "mars"})
    members = {"GlobalClusterMembers": [{"DBClusterArn": standby.arns[TARGET], "IsWriter": True}]}
    standby.world.says("rds", TARGET, "DescribeGlobalClusters", {"GlobalClusters": [members]})
    with pytest.raises(DrainError, match="ledger has no member in us-east-1"):
        do({"region": SOURCE})
    standby.world.refuses("rds", TARGET, "DescribeGlobalClusters", "AccessDenied")
    with pytest.raises(DrainError, match="rds:DescribeGlobalClusters in eu-west-1"):
        do({"region": SOURCE})
