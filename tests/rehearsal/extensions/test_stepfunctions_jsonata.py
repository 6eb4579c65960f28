"""Expressions in state machines."""

import re
from typing import Any

import pytest

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.machines import SDK, SUCCEED, events, failure, finished, output, start, task


def test_a_machine_loops_over_phases_with_its_variables(aws: Aws) -> None:
    states = {
        "Begin": {
            "Type": "Pass",
            "Assign": {"steps": "{% $states.input.phases.{'target': $, 'source': 100 - $} %}", "seen": []},
            "Next": "More",
        },
        "More": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": "{% $count($steps) > 0 %}",
                    "Assign": {"step": "{% $steps[0] %}", "steps": "{% [$steps[[1..99]]] %}"},
                    "Next": "Shift",
                }
            ],
            "Default": "Done",
        },
        "Shift": {"Type": "Pass", "Assign": {"seen": "{% $append($seen, $step) %}"}, "Next": "More"},
        "Done": {"Type": "Succeed", "Output": "{% {'seen': $seen, 'text': 'ä \"quoted\" \\\\'} %}"},
    }
    assert output(aws, states, {"phases": [25, 100]}) == {
        "seen": [{"target": 25, "source": 75}, {"target": 100, "source": 0}],
        "text": 'ä "quoted" \\',
    }


def test_many_rounds_stay_quick(extended: Aws) -> None:
    states = {
        "Begin": {"Type": "Pass", "Assign": {"n": 0}, "Next": "More"},
        "More": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $n < 300 %}", "Assign": {"n": "{% $n + 1 %}"}, "Next": "Round"}],
            "Default": "Done",
        },
        "Round": {"Type": "Pass", "Next": "More"},
        "Done": {"Type": "Succeed", "Output": "{% $n %}"},
    }
    assert output(extended, states) == 300


def test_expressions_see_the_state_and_its_context(aws: Aws) -> None:
    context = (
        "{% $states.context.{'id': Execution.Id, 'at': State.EnteredTime, 'from': Execution.StartTime} %}"
    )
    ended = output(aws, {"Only": {"Type": "Pass", "Output": context, "End": True}})
    assert re.match(rf"arn:aws:states:eu-west-1:{ACCOUNT}:execution:machine-\d+:.+", ended["id"])
    for when in (ended["at"], ended["from"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", when)


def test_values_come_through_as_json_has_them(aws: Aws) -> None:
    document = {"nothing": None, "text": 'a"b\\c\nd', "number": 2.5, "list": [1], "yes": True}
    given = {"in": "{% $states.input %}", "whole": "{% 10 / 2 %}", "range": "{% [1..3] %}", "fixed": 'a"b'}
    assert output(aws, {"Only": {"Type": "Pass", "Output": given, "End": True}}, document) == {
        "in": document,
        "whole": 5,
        "range": [1, 2, 3],
        "fixed": 'a"b',
    }


def test_a_whole_number_stays_without_a_fraction(extended: Aws) -> None:
    states = {"Only": {"Type": "Succeed", "Output": "{% $states.input %}"}}
    assert finished(extended, start(extended, states, 2.0))["output"] == "2"


def test_a_state_sees_the_variables_as_they_were_when_it_was_entered(aws: Aws) -> None:
    states = {
        "First": {"Type": "Pass", "Assign": {"a": 1}, "Next": "Second"},
        "Second": {
            "Type": "Pass",
            "Assign": {"a": "{% $a + 1 %}"},
            "Output": {"before": "{% $a %}"},
            "Next": "Third",
        },
        "Third": {"Type": "Succeed", "Output": "{% [$states.input.before, $a] %}"},
    }
    assert output(aws, states) == [1, 2]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$states.input.nobody", "returned nothing (undefined)"),
        ("1 + 'a'", "threw an error during evaluation"),
        ("1 / 0", "threw an error during evaluation"),
        ("function($a) { $a }", "returned an unsupported result type"),
        ("$states.result", "returned nothing (undefined)"),
    ],
)
def test_an_expression_that_gives_no_value_fails_its_state(extended: Aws, expression: str, said: str) -> None:
    states = {"Only": {"Type": "Wait", "Seconds": 0, "Output": f"{{% {expression} %}}", "End": True}}
    execution = start(extended, states)
    ended = finished(extended, execution)
    assert ended["error"] == "States.QueryEvaluationError"
    assert f"The JSONata expression '{expression}' specified for the field 'Output' {said}" in ended["cause"]
    assert events(extended, execution).count("EvaluationFailed") == 1


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Wait", "Seconds": "{% $states.input.value %}", "Next": "Done"},
        {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.value %}", "Next": "Done"}]},
        task(f"{SDK}sts:getCallerIdentity", {}, TimeoutSeconds="{% $states.input.value %}"),
    ],
)
@pytest.mark.parametrize("value", [1.5, -1, "1", 100_000_000])
def test_a_value_of_the_wrong_kind_fails_its_state(
    extended: Aws, state: dict[str, Any], value: object
) -> None:
    states = {"Only": state, **({} if "End" in state else {"Done": SUCCEED})}
    error, cause = failure(extended, states, {"value": value})
    assert error == "States.QueryEvaluationError"
    assert f"returned {value!r} where " in cause


def test_a_wait_takes_its_seconds_from_an_expression(aws: Aws) -> None:
    states = {"Only": {"Type": "Wait", "Seconds": "{% $states.input.value %}", "End": True}}
    assert output(aws, states, {"value": 0}) == {"value": 0}


def test_a_task_catches_the_failure_of_its_arguments(extended: Aws) -> None:
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Done"}]
    states = {"Only": task(f"{SDK}sts:getCallerIdentity", "{% $nobody %}", Catch=catch), "Done": SUCCEED}
    execution = start(extended, states)
    assert "for the field 'Arguments'" in finished(extended, execution)["output"]
    assert events(extended, execution).count("EvaluationFailed") == 1


def test_a_fail_state_makes_its_error_and_cause(aws: Aws) -> None:
    fail = {
        "Type": "Fail",
        "Error": "{% 'Migration' & $states.input.kind %}",
        "Cause": "{% $states.input.why %}",
    }
    assert failure(aws, {"Only": fail}, {"kind": "Held", "why": "nobody\nanswered"}) == (
        "MigrationHeld",
        "nobody\nanswered",
    )
