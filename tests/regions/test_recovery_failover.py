"""B7: what stands in the standby region for the day when the primary is lost."""

from __future__ import annotations

import json

import pytest

from modules.failover_machine.definition import definition
from modules.failover_machine.inputs import FailoverMachineInputs
from shared.contracts import Failover
from tests.synthesized import RECOVERY_REGIONS, state

PRIMARY, STANDBY = RECOVERY_REGIONS["primary"], RECOVERY_REGIONS["standby"]
CLUSTERS = {region: state(f"{region}/database", "aurora_cluster_arn") for region in (PRIMARY, STANDBY)}

#: Without it `invoke` takes another environment, which is no system of this kind.
PLACE = "--env disaster-recovery --suffix dr1234"


@pytest.fixture
def failover(recovery):
    return recovery[f"{STANDBY}/failover"]


def configuration(document, path):
    functions = document.all("aws_lambda_function")
    return json.loads(functions[path]["environment"]["variables"]["CONFIG"])


def resources(document, path):
    policy = json.loads(document.all("aws_iam_role_policy")[path]["policy"])
    return {one["Sid"]: one["Resource"] for one in policy["Statement"]}


def reference(document, kind, path, attribute):
    """Terraform's expression for an attribute of the block at exactly this path."""
    return f"${{{kind}.{document.all(kind)[path]['//']['metadata']['uniqueId']}.{attribute}}}"


def test_the_drain_brings_intents_of_this_regions_replica_into_the_cluster_that_writes(failover):
    assert configuration(failover, "drain/function/function") == {
        "region": STANDBY,
        "table": state("global/intents", "intents_table"),
        "cluster_arn": CLUSTERS[STANDBY],
        "secret": "payments/database/application",
        "database": "payments",
        "retention_days": 35,
        "global_cluster": state(f"{PRIMARY}/database", "global_cluster_identifier"),
        "other_region": PRIMARY,
    }
    allowed = resources(failover, "drain/function/role/policy")
    assert allowed["WriteToTheDatabase"] == [CLUSTERS[STANDBY], CLUSTERS[PRIMARY]]


def test_the_function_knows_both_regions_and_what_has_to_be_well_in_each(failover):
    assert configuration(failover, "function/function") == {
        "home": PRIMARY,
        "away": STANDBY,
        "global_cluster": state(f"{PRIMARY}/database", "global_cluster_identifier"),
        "checkpoint_parameter": failover.ref("aws_ssm_parameter", "name"),
        "pin_bucket": state("global/traffic", "pin_bucket"),
        "pin_key": state("global/traffic", "pin_key"),
        # the primary's probe asks for a writer there, and has none when a failback is due
        "alarms": {
            PRIMARY: [state(f"{PRIMARY}/service", "healthy_hosts_alarm")],
            STANDBY: [
                state(f"{STANDBY}/probe", "probe_unwell_alarm"),
                state(f"{STANDBY}/service", "healthy_hosts_alarm"),
            ],
        },
        "replication_lag_ms": 5000,
        "dns_seconds": 51,
        "data_api": True,
        "secret": "payments/database/application",
        "database": "payments",
        "env_options": PLACE,
    }
    assert resources(failover, "function/role/policy")["WriteTheCanary"] == list(CLUSTERS.values())


def test_the_machine_is_built_from_what_stands_in_this_region(failover):
    machine = failover.one("aws_sfn_state_machine")
    inputs = FailoverMachineInputs(
        home=PRIMARY,
        away=STANDBY,
        failover_function_arn=reference(failover, "aws_lambda_function", "function/function", "arn"),
        drain_function_arn=reference(failover, "aws_lambda_function", "drain/function/function", "arn"),
        drain_seconds=330,
        checkpoint_parameter=failover.ref("aws_ssm_parameter", "name"),
        topic_arn=state(f"{STANDBY}/foundation", "alarm_topic_arn"),
        env_options=PLACE,
    )
    assert json.loads(machine["definition"]) == definition(inputs)
    drain = failover.all("aws_lambda_function")["drain/function/function"]
    assert inputs.drain_seconds > drain["timeout"]


def test_what_is_read_of_the_primary_lies_in_states_outside_of_it(failover):
    reads = failover.content["data"]["terraform_remote_state"]
    assert {read["config"]["region"] for read in reads.values()} == {STANDBY}
    assert [provider["region"] for provider in failover.providers] == [STANDBY]
    for kind, path, block in failover.resources():
        assert "provider" not in block, f"{kind} {path}"


def test_an_execution_that_dies_is_told(failover):
    alarms = failover.all("aws_cloudwatch_metric_alarm")
    assert {alarm["alarm_name"]: alarm["metric_name"] for alarm in alarms.values()} == {
        "alarm-failover-failed-dr1234": "ExecutionsFailed",
        "alarm-failover-aborted-dr1234": "ExecutionsAborted",
    }
    for alarm in alarms.values():
        assert alarm["dimensions"] == {"StateMachineArn": failover.ref("aws_sfn_state_machine", "arn")}
        assert alarm["alarm_actions"] == [state(f"{STANDBY}/foundation", "alarm_topic_arn")]
        assert f"invoke failover.status {PLACE} says" in alarm["alarm_description"]


def test_it_publishes_its_contract(failover):
    functions = {
        name: reference(failover, "aws_lambda_function", path, "function_name")
        for name, path in (
            ("failover_function", "function/function"),
            ("drain_function", "drain/function/function"),
        )
    }
    published = dict(failover.outputs)
    assert published.pop("failover_runbook").startswith("# Failover runbook: ")
    assert published == {
        "state_machine_arn": failover.ref("aws_sfn_state_machine", "arn"),
        "checkpoint_parameter": failover.ref("aws_ssm_parameter", "name"),
        **functions,
    }
    assert failover.outputs.keys() == Failover.schema().keys()


def test_what_is_set_gets_there(recovery_production):
    document = recovery_production["eu-north-1/failover"]
    assert configuration(document, "drain/function/function")["retention_days"] == 90
    found = configuration(document, "function/function")
    assert (found["home"], found["away"]) == ("eu-central-1", "eu-north-1")
    # 30 x 1 + 6 + 5 + 5
    assert (found["replication_lag_ms"], found["dns_seconds"], found["data_api"]) == (2500, 46, False)
