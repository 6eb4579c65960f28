"""What the drain knows, may do, and how long it may take."""

import json

import pytest

from modules.drain import Drain, DrainInputs
from modules.lambdas.drain import configuration as configurations
from modules.lambdas.drain.handler import RESERVE_MS
from shared.naming import Naming
from tests.synthesized import small

CLUSTER = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-standby-x1"
OTHER = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-primary-x1"
GLOBAL = "arn:aws:rds::123456789012:global-cluster:aurora-global-x1"
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
        other_region="us-east-1",
        other_cluster_arn=OTHER,
        global_cluster_identifier="aurora-global-x1",
        secret="payments/application",
        database="payments",
        retention_days=35,
    )
    return small(lambda stack: Drain(stack, "drain", inputs))


def test_it_knows_its_own_region_and_of_the_other_only_the_name(document):
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
        "global_cluster": "aurora-global-x1",
        "other_region": "us-east-1",
    }
    assert configurations.read(text).retention_days == 35
    assert configurations.read(text).index_seconds == 1.5


def test_it_has_far_more_time_than_it_keeps_in_reserve(document):
    assert document.one("aws_lambda_function")["timeout"] * 1000 >= 10 * RESERVE_MS


def test_it_needs_no_network_of_ours(document):
    assert "vpc_config" not in document.one("aws_lambda_function")


def test_it_may_use_this_table_these_two_clusters_and_this_secret(document):
    statements = json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    allowed = {one["Sid"]: (one["Action"], one["Resource"]) for one in statements}
    assert allowed["FindWhatWaits"] == (["dynamodb:Query"], [f"{TABLE}/index/waiting"])
    assert allowed["ReadAndMarkIntents"] == (["dynamodb:GetItem", "dynamodb:UpdateItem"], [TABLE])
    assert allowed["WriteToTheDatabase"] == (["rds-data:ExecuteStatement"], [CLUSTER, OTHER])
    assert allowed["FindTheOtherCluster"] == (["rds:DescribeGlobalClusters"], [GLOBAL])
    assert allowed["ReadTheApplicationsCredentials"] == (
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        [
            f"arn:aws:secretsmanager:{region}:123456789012:secret:payments/application-??????"
            for region in ("us-west-2", "us-east-1")
        ],
    )
    assert len(allowed) == 9
