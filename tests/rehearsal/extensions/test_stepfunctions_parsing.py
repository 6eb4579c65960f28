"""Definitions are parsed once."""

import json

import pytest
from moto.stepfunctions.parser.asl.parse.asl_parser import ASLParserException

from shared.rehearsal.extensions.stepfunctions_parsing import Parser
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION, create, finished

DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


def test_executions_of_one_machine_do_not_meet(extended: Aws) -> None:
    states = {
        "Keep": {"Type": "Pass", "Assign": {"number": "{% $states.input.number %}"}, "Next": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Say"},
        "Say": {"Type": "Succeed", "Output": "{% $number %}"},
    }
    machine = create(extended, states)
    client = extended.client("stepfunctions", REGION)
    arns = [
        client.start_execution(stateMachineArn=machine, input=json.dumps({"number": number}))["executionArn"]
        for number in range(4)
    ]
    assert [finished(extended, arn)["output"] for arn in arns] == ["0", "1", "2", "3"]


def test_each_execution_has_a_program_of_its_own() -> None:
    (first, tree), (second, _) = Parser.parse(DEFINITION), Parser.parse(DEFINITION)
    assert first is not second
    assert type(first) is type(second)
    assert tree is None


def test_what_cannot_be_parsed_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ASLParserException):
            Parser.parse('{"StartAt": ')
