"""The canary: the Data API is answered here, because moto runs no SQL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.lambdas.writer import canary
from tests.modules.lambdas.world import SOURCE, TARGET
from tests.modules.lambdas.writer.asking import EXECUTION, do, failure
from tests.modules.lambdas.writer.conftest import Deployment

NO_TABLE = {
    "Error": {
        "Code": "BadRequestException",
        "Message": "Table 'payments.regionshift_canary' doesn't exist; Error code: 1146; SQLState: 42S02",
    }
}
READ_ONLY = {
    "Error": {"Code": "DatabaseErrorException", "Message": "The MySQL server is running with --read-only"}
}
WRITTEN = {"numberOfRecordsUpdated": 1, "generatedFields": []}
ROW = {"records": [[{"stringValue": "2026-01-01T00:00:00.000000Z"}]]}


class Database:
    """The Data API's answers in order, and what it was asked."""

    def __init__(self, deployment: Deployment, *answers: dict[str, Any]) -> None:
        world = deployment.world
        world.says("rds-data", TARGET, "ExecuteStatement", *answers)
        self.statements: list[dict[str, Any]] = []
        canary.client("rds-data", TARGET).meta.events.register_first(
            "provide-client-params.rds-data.ExecuteStatement",
            lambda params, **_: self.statements.append(dict(params)),
        )

    @property
    def sql(self) -> list[str]:
        return [statement["sql"] for statement in self.statements]


def test_a_row_is_written_and_read_back_by_the_applications_login(deployment):
    database = Database(deployment, WRITTEN, ROW)
    made = do("canary")
    assert made["written"] is True
    assert 0 <= made["seconds"] < 60
    assert database.sql == [canary.INSERT, canary.SELECT]
    secret = deployment.world.aws.client("secretsmanager", TARGET).describe_secret(
        SecretId="payments/database"
    )
    for statement in database.statements:
        assert statement["resourceArn"] == deployment.arns[TARGET]
        assert statement["secretArn"] == secret["ARN"]
        assert statement["database"] == "payments"
    parameters = [statement["parameters"] for statement in database.statements]
    assert parameters[0] == parameters[1]
    assert parameters[0][0] == {"name": "execution", "value": {"stringValue": EXECUTION}}
    assert parameters[0][1]["value"]["stringValue"].endswith("Z")


def test_it_writes_where_it_is_told_to(deployment):
    world = deployment.world
    world.aws.client("secretsmanager", SOURCE).create_secret(Name="payments/database", SecretString="{}")
    world.says("rds-data", SOURCE, "ExecuteStatement", WRITTEN, ROW)
    assert do("canary", region=SOURCE)["written"] is True
    assert world.called("rds-data", SOURCE) == ["ExecuteStatement"] * 2
    assert world.called("rds-data", TARGET) == []


def test_a_region_that_has_no_database_is_refused(deployment):
    assert failure("canary", region="mars") == "region is 'mars', which is none of us-east-1, eu-west-1"
    assert deployment.world.calls == []


def test_the_table_is_made_when_there_is_none(deployment):
    database = Database(deployment, NO_TABLE, WRITTEN, WRITTEN, ROW)
    assert do("canary")["written"] is True
    assert database.sql == [canary.INSERT, canary.CREATE, canary.INSERT, canary.SELECT]


def test_no_row_is_the_same_as_another(deployment):
    database = Database(deployment, WRITTEN, ROW, WRITTEN, ROW)
    do("canary")
    do("canary")
    times = {statement["parameters"][1]["value"]["stringValue"] for statement in database.statements}
    assert len(times) == 2


def test_a_row_that_is_not_there_afterwards_was_not_written(deployment):
    Database(deployment, WRITTEN, {"records": []})
    assert failure("canary") == (
        f"a row was written to {deployment.arns[TARGET]}, but it is not there afterwards"
    )


@pytest.mark.parametrize("answers", [[READ_ONLY], [NO_TABLE, READ_ONLY], [WRITTEN, READ_ONLY]])
def test_a_database_that_does_not_write_is_said_to_be_one(deployment, answers):
    database = Database(deployment, *answers)
    said = failure("canary")
    assert said.startswith("rds-data:ExecuteStatement in eu-west-1: ")
    assert said.endswith("running with --read-only")
    assert len(database.sql) == len(answers)


def test_without_the_applications_secret_nothing_is_tried(deployment):
    deployment.world.aws.client("secretsmanager", TARGET).delete_secret(
        SecretId="payments/database", ForceDeleteWithoutRecovery=True
    )
    assert failure("canary").startswith("secretsmanager:DescribeSecret in eu-west-1: ")
    assert deployment.world.called("rds-data", TARGET) == []


def test_a_canary_that_is_switched_off_says_so(deployment, monkeypatch):
    config = {**deployment.config, "canary": {**deployment.config["canary"], "enabled": False}}
    monkeypatch.setenv("CONFIG", json.dumps(config))
    assert do("canary") == {"written": False, "reason": "the canary is switched off in the settings"}
    assert deployment.world.calls == []
