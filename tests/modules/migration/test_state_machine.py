"""The machine's role: these two records, these two parameters, these three functions."""

import json

import pytest

from modules.machine.definition import definition
from modules.migration.state_machine import MigrationStateMachine, MigrationStateMachineInputs
from shared.naming import Naming
from tests.modules.machine.example import INPUTS
from tests.synthesized import small

DOCUMENT = small(
    lambda stack: MigrationStateMachine(
        stack,
        "machine",
        MigrationStateMachineInputs(
            naming=Naming(suffix="x1"),
            account_id="123456789012",
            region="eu-west-1",
            machine=INPUTS,
            checkpoint_parameter_arn="arn:checkpoint",
            approval_parameter_arn="arn:approval",
            log_retention_days=30,
        ),
    )
)
STATEMENTS = {
    statement["Sid"]: statement
    for statement in json.loads(DOCUMENT.one("aws_iam_role_policy")["policy"])["Statement"]
}


def test_the_definition_is_the_pure_functions():
    machine = DOCUMENT.one("aws_sfn_state_machine")
    assert json.loads(machine["definition"]) == definition(INPUTS)
    assert machine["name"] == "statemachine-migration-x1"
    assert machine["type"] == "STANDARD"


def test_it_is_logged_and_traced_without_the_executions_data():
    machine = DOCUMENT.one("aws_sfn_state_machine")
    assert machine["logging_configuration"] == {
        "level": "ALL",
        "include_execution_data": False,
        "log_destination": f"{DOCUMENT.ref('aws_cloudwatch_log_group', 'arn')}:*",
    }
    assert machine["tracing_configuration"] == {"enabled": True}
    name = DOCUMENT.one("aws_cloudwatch_log_group")["name"]
    assert name == "/aws/vendedlogs/states/statemachine-migration-x1"


def test_only_step_functions_assumes_its_role_and_for_this_machine_only():
    (trust,) = json.loads(DOCUMENT.one("aws_iam_role")["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": "states.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:statemachine-migration-x1"
        },
    }


def allowed(statement, request):
    """IAM's reading of `ForAllValues:StringEquals`: every value of the request is one of the policy's."""
    wanted = statement["Condition"]["ForAllValues:StringEquals"]
    return all(set(request[key]) <= set(values) for key, values in wanted.items())


@pytest.mark.parametrize(
    ("names", "types", "actions", "right"),
    [
        (["api.payments.example.com"], ["A"], ["UPSERT"], True),
        (["admin.payments.example.com"], ["A"], ["UPSERT"], False),
        (["api.payments.example.com", "admin.payments.example.com"], ["A"], ["UPSERT"], False),
        (["api.payments.example.com"], ["TXT"], ["UPSERT"], False),
        (["api.payments.example.com"], ["A"], ["DELETE"], False),
    ],
)
def test_no_other_record_of_the_zone_can_be_changed(names, types, actions, right):
    statement = STATEMENTS["SetTheTwoWeights"]
    assert statement["Action"] == ["route53:ChangeResourceRecordSets"]
    assert statement["Resource"] == ["arn:aws:route53:::hostedzone/Z0"]
    prefix = "route53:ChangeResourceRecordSets"
    request = {
        f"{prefix}NormalizedRecordNames": names,
        f"{prefix}RecordTypes": types,
        f"{prefix}Actions": actions,
    }
    assert request.keys() == statement["Condition"]["ForAllValues:StringEquals"].keys()
    assert allowed(statement, request) is right


def test_it_writes_its_two_parameters_and_invokes_its_three_functions():
    assert STATEMENTS["WriteDownWhereItStands"]["Resource"] == ["arn:checkpoint", "arn:approval"]
    functions = {arn.removesuffix(":*") for arn in STATEMENTS["InvokeItsFunctions"]["Resource"]}
    assert functions == {INPUTS.start_function_arn, INPUTS.gate_function_arn, INPUTS.writer_function_arn}
    assert STATEMENTS["TellWhatHappens"]["Resource"] == [INPUTS.topic_arn]
    assert STATEMENTS["EncryptTheTokenAndTheMessages"]["Resource"] == [INPUTS.kms_key_arn]


def test_every_resource_is_only_where_aws_knows_none():
    everywhere = {sid for sid, statement in STATEMENTS.items() if statement["Resource"] == ["*"]}
    assert everywhere == {"DeliverItsLog", "Trace"}


def test_every_action_that_the_definition_takes_is_allowed():
    taken = {
        "lambda:invoke": "lambda:InvokeFunction",
        "sns:publish": "sns:Publish",
        "aws-sdk:ssm:putParameter": "ssm:PutParameter",
        "aws-sdk:ssm:putParameter.waitForTaskToken": "ssm:PutParameter",
        "aws-sdk:route53:changeResourceRecordSets": "route53:ChangeResourceRecordSets",
        "aws-sdk:route53:getChange": "route53:GetChange",
    }
    used = {
        state["Resource"].removeprefix("arn:aws:states:::")
        for state in definition(INPUTS)["States"].values()
        if state["Type"] == "Task"
    }
    actions = {action for statement in STATEMENTS.values() for action in statement["Action"]}
    assert used == taken.keys()
    assert set(taken.values()) <= actions
