"""Choices, waits and the outputs of tasks."""

import time
from typing import Any

import pytest

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION, SDK, SUCCEED, failure, finished, output, start, task


def choice(condition: str, **fields: Any) -> dict[str, Any]:
    rule = {"Condition": condition, "Next": "Done", "Assign": {"by": "rule"}, "Output": "from the rule"}
    return {"Type": "Choice", "Choices": [rule], **fields}


DEFAULT = {"Default": "Done", "Assign": {"by": "default"}, "Output": "from the state"}
SHOW = {"Type": "Succeed", "Output": "{% [$by, $states.input] %}"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("{% true %}", ["rule", "from the rule"]), ("{% false %}", ["default", "from the state"])],
)
def test_a_rules_fields_or_the_states_own_are_used(
    extended: Aws, condition: str, expected: list[str]
) -> None:
    assert output(extended, {"Choose": choice(condition, **DEFAULT), "Done": SHOW}) == expected


def test_a_rule_may_lead_where_the_default_leads(aws: Aws) -> None:
    states = {"Choose": choice("{% true %}", **DEFAULT), "Done": SHOW}
    assert output(aws, states) == ["rule", "from the rule"]


def test_no_match_and_no_default_has_a_name(aws: Aws) -> None:
    states = {"Choose": choice("{% false %}"), "Done": SUCCEED}
    assert failure(aws, states) == (
        "States.NoChoiceMatched",
        "No choice rule of the state 'Choose' matched",
    )


def test_a_wait_is_as_long_as_it_says(extended: Aws) -> None:
    taken = []
    for _ in range(3):
        execution = start(extended, {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}})
        finished(extended, execution)
        history = extended.client("stepfunctions", REGION).get_execution_history(executionArn=execution)
        at = {event["type"]: event["timestamp"] for event in history["events"]}
        taken.append((at["WaitStateExited"] - at["WaitStateEntered"]).total_seconds())

    # the best of three: other programs may run beside this one; timestamps are whole milliseconds
    assert 0.998 <= min(taken) < 1.9


def test_waits_are_shortened_until_it_is_taken_back(extended: Aws) -> None:
    controls = Controls(extended.server.endpoint)
    controls.shorten_waits(0.02)
    began = time.monotonic()
    output(extended, {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
    assert 1.2 <= time.monotonic() - began < 20

    controls.clear()
    began = time.monotonic()
    output(extended, {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}})
    assert time.monotonic() - began >= 2

    for wrong in (0, 1.5):
        with pytest.raises(ValueError, match=f"not above 1, not {wrong}"):
            controls.shorten_waits(wrong)


FAULTY = {"Output": "{% $nobody %}"}


def test_a_tasks_catch_is_for_its_output_too(aws: Aws) -> None:
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Output": "caught", "Next": "Done"}]
    states = {"Only": task(f"{SDK}sts:getCallerIdentity", {}, Catch=catch, **FAULTY), "Done": SUCCEED}
    assert output(aws, states) == "caught"


@pytest.mark.parametrize("fields", [{}, {"Catch": [{"ErrorEquals": ["Other"], "Next": "Done"}]}])
def test_an_output_that_nobody_catches_fails(extended: Aws, fields: dict[str, Any]) -> None:
    only = task(f"{SDK}sts:getCallerIdentity", {}, **fields, **FAULTY)
    states = {"Only": only, **({"Done": SUCCEED} if fields else {})}
    assert failure(extended, states)[0] == "States.QueryEvaluationError"
