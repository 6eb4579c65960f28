"""B7: the checkpoint, the function and the state machine, each with the least that it needs."""

from __future__ import annotations

import json

import pytest

from modules.failover.checkpoint import FailoverCheckpoint, FailoverCheckpointInputs
from modules.failover.function import FailoverFunction
from modules.failover.state_machine import FailoverStateMachine
from modules.failover_machine.definition import definition
from modules.lambdas.failover import aws, look
from modules.lambdas.failover import configuration as configurations
from modules.lambdas.failover.configuration import Configuration
from shared.naming import Naming
from tests.modules.failover.example import AWAY, CLUSTERS, HOME, IDS
from tests.modules.failover_machine.example import INPUTS, STATES
from tests.synthesized import small

GLOBAL = "arn:aws:rds::123456789012:global-cluster:aurora-global-payments-x1"
#: What only reads, and knows no resource.
READS = ["rds:DescribeEvents", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]


@pytest.fixture(scope="module")
def function():
    return small(lambda stack: FailoverFunction(stack, "function", IDS))


@pytest.fixture(scope="module")
def machine():
    return small(lambda stack: FailoverStateMachine(stack, "machine", IDS, INPUTS))


def statements(document):
    (policy,) = document.all("aws_iam_role_policy").values()
    return {one["Sid"]: one for one in json.loads(policy["policy"])["Statement"]}


def test_the_checkpoint_is_made_once_and_then_the_machines():
    inputs = FailoverCheckpointInputs(naming=Naming(suffix="x1"))
    document = small(lambda stack: FailoverCheckpoint(stack, "checkpoint", inputs))
    checkpoint = document.one("aws_ssm_parameter")
    assert (checkpoint["name"], checkpoint["type"]) == ("/failover/x1/checkpoint", "String")
    assert checkpoint["value"] == '{"stage": "none"}'
    assert checkpoint["lifecycle"] == {"ignore_changes": ["value"]}


def test_the_function_finds_what_it_has_to_know(function):
    made = function.one("aws_lambda_function")
    assert (made["function_name"], made["handler"]) == ("function-failover-x1", "failover.handler.handle")
    assert "vpc_config" not in made
    found = configurations.read(made["environment"]["variables"]["CONFIG"])
    assert found == Configuration(
        home=HOME,
        away=AWAY,
        global_cluster="aurora-global-payments-x1",
        checkpoint_parameter="/failover/x1/checkpoint",
        pin_bucket="pin-primary-x1-abc",
        pin_key="primary-is-pinned",
        alarms=dict(IDS.alarms),
        replication_lag_ms=5000,
        dns_seconds=51,
        data_api=True,
        secret="payments/application",
        database="payments",
        env_options="--env disaster-recovery --suffix x1",
    )


def test_what_a_lost_region_costs_it_ends_before_the_function_does(function):
    """Of a region that hangs at most three calls are waited for."""
    timeout = function.one("aws_lambda_function")["timeout"]
    assert timeout == look.FUNCTION_SECONDS
    one_call = 2 * (aws._CONNECT_SECONDS + aws._READ_SECONDS) + 2
    assert 3 * one_call < timeout
    for state in STATES.values():
        if state.get("Arguments", {}).get("FunctionName") == INPUTS.failover_function_arn:
            assert timeout < state["TimeoutSeconds"] <= timeout + 30


def test_the_function_may_move_this_database_and_this_pin(function):
    allowed = statements(function)
    both = [GLOBAL, CLUSTERS[HOME], CLUSTERS[AWAY]]
    assert allowed["MoveTheWriter"]["Action"] == ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"]
    assert allowed["MoveTheWriter"]["Resource"] == allowed["SeeTheDatabase"]["Resource"] == both
    assert allowed["PinAndUnpinThePrimary"]["Action"] == ["s3:PutObject", "s3:DeleteObject"]
    assert allowed["PinAndUnpinThePrimary"]["Resource"] == [
        "arn:aws:s3:::pin-primary-x1-abc/primary-is-pinned"
    ]
    assert allowed["ReadTheCheckpoint"]["Resource"] == ["arn:checkpoint"]
    assert allowed["SeeWhetherAnotherRuns"]["Resource"] == [
        "arn:aws:states:us-west-2:123456789012:stateMachine:statemachine-failover-x1"
    ]
    assert allowed["WriteTheCanary"]["Resource"] == [CLUSTERS[HOME], CLUSTERS[AWAY]]
    assert {"ReadTheApplicationsCredentials", "DecryptTheApplicationsCredentials"} <= allowed.keys()


def test_every_resource_is_only_where_aws_knows_none(function, machine):
    wide = {sid: one["Action"] for sid, one in statements(function).items() if one["Resource"] == ["*"]}
    assert wide.pop("ReadEventsAndMetrics") == READS
    assert wide.keys() == {"Trace"}
    wide = {sid for sid, one in statements(machine).items() if one["Resource"] == ["*"]}
    assert wide == {"DeliverItsLog", "Trace"}


@pytest.mark.parametrize("service", ["route53", "iam", "sts", "cloudfront", "organizations"])
def test_no_control_plane_of_the_region_that_may_be_lost_is_needed(function, machine, service):
    for document in (function, machine):
        actions = [action for one in statements(document).values() for action in one["Action"]]
        assert not [action for action in actions if action.startswith(f"{service}:")]


def test_the_machine_is_the_pure_functions_in_the_standby(machine):
    made = machine.one("aws_sfn_state_machine")
    assert json.loads(made["definition"]) == definition(INPUTS)
    assert (made["name"], made["type"]) == ("statemachine-failover-x1", "STANDARD")
    assert made["logging_configuration"]["include_execution_data"] is False
    assert made["tracing_configuration"] == {"enabled": True}
    (trust,) = json.loads(machine.one("aws_iam_role")["assume_role_policy"])["Statement"]
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:states:us-west-2:123456789012:stateMachine:statemachine-failover-x1"
    }


def test_the_machine_writes_its_checkpoint_invokes_two_functions_and_tells(machine):
    allowed = statements(machine)
    assert allowed["WriteDownWhereItStands"]["Resource"] == ["arn:checkpoint"]
    functions = {arn.removesuffix(":*") for arn in allowed["InvokeItsFunctions"]["Resource"]}
    assert functions == {INPUTS.failover_function_arn, INPUTS.drain_function_arn}
    assert allowed["TellWhatHappens"]["Resource"] == [INPUTS.topic_arn]
    assert allowed["EncryptTheMessages"]["Resource"] == ["key"]
    taken = {state["Resource"] for state in STATES.values() if state["Type"] == "Task"}
    assert taken == {
        "arn:aws:states:::lambda:invoke",
        "arn:aws:states:::sns:publish",
        "arn:aws:states:::aws-sdk:ssm:putParameter",
    }
    actions = {action for one in allowed.values() for action in one["Action"]}
    assert {"lambda:InvokeFunction", "sns:Publish", "ssm:PutParameter"} <= actions
