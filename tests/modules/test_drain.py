"""What the drain knows, may do, and how long it may take."""

import json

import pytest

from modules.drain import Drain, DrainInputs
from modules.lambdas.drain import configuration as configurations
from modules.lambdas.drain.handler import RESERVE_MS
from shared.naming import Naming
from tests.synthesized import small

CLUSTER = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-secondary-x1"
TABLE = "arn:aws:dynamodb:us-west-2:123456789012:table/table-intents-x1"


@pytest.fixture(scope="module")
def document():
    inputs = DrainInputs(
        naming=Naming(suffix="x1"),
        account_id="123456789012",
        region="us-west-2",
        kms_key_arn="key",
        log_retention_days=30,
        table="table-intents-x1",
        cluster_arn=CLUSTER,
        secret="payments/application",
        database="payments",
        retention_days=35,
    )
    return small(lambda stack: Drain(stack, "drain", inputs))


def test_it_knows_its_own_region_and_nothing_of_the_other(document):
    function = document.one("aws_lambda_function")
    assert (function["function_name"], function["handler"]) == ("function-drain-x1", "drain.handler.handle")
    text = function["environment"]["variables"]["CONFIG"]
    assert json.loads(text) == {
        "region": "us-west-2",
        "table": "table-intents-x1",
        "cluster_arn": CLUSTER,
        "secret": "payments/application",
        "database": "payments",
        "retention_days": 35,
    }
    assert configurations.read(text).retention_days == 35


def test_it_has_far_more_time_than_it_keeps_in_reserve(document):
    assert document.one("aws_lambda_function")["timeout"] * 1000 >= 10 * RESERVE_MS


def test_it_needs_no_network_of_ours(document):
    assert "vpc_config" not in document.one("aws_lambda_function")


def test_it_may_use_this_table_this_cluster_and_this_secret(document):
    statements = json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    allowed = {one["Sid"]: (one["Action"], one["Resource"]) for one in statements}
    assert allowed["FindWhatWaits"] == (["dynamodb:Query"], [f"{TABLE}/index/waiting"])
    assert allowed["ReadAndMarkIntents"] == (["dynamodb:GetItem", "dynamodb:UpdateItem"], [TABLE])
    assert allowed["WriteToTheDatabase"] == (["rds-data:ExecuteStatement"], [CLUSTER])
    assert allowed["ReadTheApplicationsCredentials"] == (
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        ["arn:aws:secretsmanager:us-west-2:123456789012:secret:payments/application-??????"],
    )
    assert len(allowed) == 7
