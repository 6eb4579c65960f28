"""B7: what stands in the standby region for the day when the primary is lost."""

import json

import pytest

from tests.synthesized import RECOVERY_REGIONS, state

STANDBY = RECOVERY_REGIONS["standby"]


@pytest.fixture
def failover(recovery):
    return recovery[f"{STANDBY}/failover"]


def test_the_drain_brings_intents_of_this_regions_replica_into_this_regions_cluster(failover):
    config = json.loads(failover.one("aws_lambda_function")["environment"]["variables"]["CONFIG"])
    assert config == {
        "region": STANDBY,
        "table": state("global/intents", "intents_table"),
        "cluster_arn": state(f"{STANDBY}/database", "aurora_cluster_arn"),
        "secret": "payments/database/application",
        "database": "payments",
        "retention_days": 35,
    }


def test_nothing_of_the_primary_is_read_or_named(failover):
    assert RECOVERY_REGIONS["primary"] not in json.dumps(failover.content)


def test_it_publishes_the_function(failover):
    assert failover.outputs == {"drain_function": failover.ref("aws_lambda_function", "function_name")}


def test_how_long_a_drained_intent_is_kept_is_a_setting(recovery_production):
    function = recovery_production["eu-north-1/failover"].one("aws_lambda_function")
    assert json.loads(function["environment"]["variables"]["CONFIG"])["retention_days"] == 90
