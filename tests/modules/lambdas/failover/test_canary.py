"""The canary: the Data API's answers are given here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.lambdas.failover import canary
from tests.modules.lambdas.failover.asking import EXECUTION, do, failure
from tests.modules.lambdas.failover.conftest import SECRET, Deployment
from tests.modules.lambdas.world import SOURCE, TARGET

NO_TABLE = {
    "Error": {
        "Code": "DatabaseErrorException",
        "Message": "Table 'payments.regionshift_canary' doesn't exist; Error code: 1146; SQLState: 42S02",
    }
}
READ_ONLY = {
    "Error": {"Code": "DatabaseErrorException", "Message": "The MySQL server is running with --read-only"}
}
WRITTEN = {"numberOfRecordsUpdated": 1, "generatedFields": []}
ROW = {"records": [[{"stringValue": "2026-01-01T00:00:00.000000Z"}]]}


def statements(deployment: Deployment, region: str, *answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Let the Data API answer so, and return what it is asked."""
    deployment.world.says("rds-data", region, "ExecuteStatement", *answers)
    asked: list[dict[str, Any]] = []
    canary.client("rds-data", region).meta.events.register_first(
        "provide-client-params.rds-data.ExecuteStatement", lambda params, **_: asked.append(dict(params))
    )
    return asked


@pytest.mark.parametrize("region", [SOURCE, TARGET])
def test_a_row_is_written_and_read_back_by_the_applications_login_of_the_region(deployment, region):
    asked = statements(deployment, region, WRITTEN, ROW)
    made = do("canary", region=region)
    assert made["written"] is True
    assert 0 <= made["seconds"] < 60
    assert [one["sql"] for one in asked] == [canary.INSERT, canary.SELECT]
    secret = deployment.world.aws.client("secretsmanager", region).describe_secret(SecretId=SECRET)
    assert {one["resourceArn"] for one in asked} == {deployment.arns[region]}
    assert {one["secretArn"] for one in asked} == {secret["ARN"]}
    assert {one["database"] for one in asked} == {"payments"}
    assert asked[0]["parameters"] == asked[1]["parameters"]
    assert asked[0]["parameters"][0]["value"]["stringValue"] == EXECUTION


def test_the_table_is_made_when_there_is_none(deployment):
    asked = statements(deployment, TARGET, NO_TABLE, WRITTEN, WRITTEN, ROW)
    assert do("canary", region=TARGET)["written"] is True
    assert [one["sql"] for one in asked] == [canary.INSERT, canary.CREATE, canary.INSERT, canary.SELECT]


def test_a_row_that_is_not_there_afterwards_was_not_written(deployment):
    statements(deployment, TARGET, WRITTEN, {"records": []})
    assert failure("canary", region=TARGET) == (
        f"a row was written to {deployment.arns[TARGET]}, but it is not there afterwards"
    )


@pytest.mark.parametrize("answers", [[READ_ONLY], [NO_TABLE, READ_ONLY], [WRITTEN, READ_ONLY]])
def test_a_database_that_does_not_write_is_said_to_be_one(deployment, answers):
    statements(deployment, TARGET, *answers)
    said = failure("canary", region=TARGET)
    assert said.startswith("rds-data:ExecuteStatement in eu-west-1: ")
    assert said.endswith("running with --read-only")


def test_without_the_applications_secret_nothing_is_tried(deployment):
    deployment.world.refuses("secretsmanager", TARGET, "DescribeSecret", "AccessDenied")
    assert failure("canary", region=TARGET).startswith("secretsmanager:DescribeSecret in eu-west-1: ")
    assert deployment.world.called("rds-data", TARGET) == []


def test_without_the_data_api_there_is_none(deployment, monkeypatch):
    monkeypatch.setenv("CONFIG", json.dumps({**deployment.config, "data_api": False}))
    assert do("canary", region=TARGET) == {
        "written": False,
        "reason": "RDS Data API is switched off in the settings",
    }
    assert deployment.world.calls == []
    assert failure("canary", region="mars") == "region is 'mars', which is none of eu-west-1, us-east-1"


@pytest.mark.usefixtures("world")
def test_a_statement_may_take_longer_than_a_question():
    assert canary.client("rds-data", TARGET).meta.config.read_timeout == 15
    assert canary.client("rds", TARGET).meta.config.read_timeout == 4
