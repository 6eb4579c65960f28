"""Starting, describing and stopping executions."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.extensions import stepfunctions_executions
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import (
    REGION,
    SDK,
    SUCCEED,
    create,
    events,
    finished,
    start,
    status,
    task,
)

LONG = {"Wait": {"Type": "Wait", "Seconds": 60, "Next": "Done"}, "Done": SUCCEED}


def test_executions_without_a_name_get_one_each(aws: Aws) -> None:
    stepfunctions = aws.client("stepfunctions", REGION)
    machine = create(aws, {"Done": SUCCEED})
    first, second = (stepfunctions.start_execution(stateMachineArn=machine)["executionArn"] for _ in "ab")
    assert first != second
    finished(aws, first)
    assert finished(aws, second)["status"] == "SUCCEEDED"


def test_an_output_that_is_a_text_is_json(aws: Aws) -> None:
    ended = finished(aws, start(aws, {"Done": {"Type": "Succeed"}}, "text"))
    assert (ended["input"], ended["output"]) == ('"text"', '"text"')
    assert ended["startDate"] <= ended["stopDate"]


def test_an_execution_that_timed_out_has_its_end(aws: Aws) -> None:
    ended = finished(aws, start(aws, LONG, TimeoutSeconds=1))
    assert ended["status"] == "TIMED_OUT"
    assert ended["stopDate"] > ended["startDate"]


def stop(aws: Aws, execution: str) -> None:
    aws.client("stepfunctions", REGION).stop_execution(
        executionArn=execution, error="Aborted", cause="asked to"
    )


def until(aws: Aws, execution: str, event: str) -> None:
    limit = time.monotonic() + aws.patience
    while event not in events(aws, execution):
        assert time.monotonic() < limit, "it does not happen"
        time.sleep(0.02)


def waiting() -> dict[str, Any]:
    token = {"Name": "/t", "Type": "String", "Value": "{% $states.context.Task.Token %}", "Overwrite": True}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    only = task(f"{SDK}ssm:putParameter.waitForTaskToken", token, TimeoutSeconds=60, Catch=catch)
    return {"Only": only, "Done": {"Type": "Succeed"}}


@pytest.mark.parametrize(
    ("states", "event"),
    [
        (LONG, "WaitStateEntered"),
        (waiting(), "TaskSubmitted"),
        (
            {"Only": task(f"{SDK}ssm:getParameter", {"Name": "/n"}, Retry=[{"ErrorEquals": ["States.ALL"]}])},
            "TaskFailed",
        ),
    ],
)
def test_a_stopped_execution_does_nothing_more(aws: Aws, states: dict[str, Any], event: str) -> None:
    execution = start(aws, states)
    until(aws, execution, event)
    stop(aws, execution)
    ended = status(aws, execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Aborted", "asked to")
    history = events(aws, execution)
    assert history[-1] == "ExecutionAborted"
    time.sleep(1.2)
    assert events(aws, execution) == history
    assert status(aws, execution)["stopDate"] == ended["stopDate"]


def test_stopping_twice_or_after_the_end_changes_nothing(extended: Aws) -> None:
    execution = start(extended, {"Done": SUCCEED})
    finished(extended, execution)
    stop(extended, execution)
    assert status(extended, execution)["status"] == "SUCCEEDED"
    execution = start(extended, LONG)
    stop(extended, execution)
    stop(extended, execution)
    assert events(extended, execution).count("ExecutionAborted") == 1


def test_an_execution_that_was_stopped_before_its_thread_ran_does_not_begin() -> None:
    worker = SimpleNamespace(env=SimpleNamespace(is_running=lambda: False))
    stepfunctions_executions._work(worker)
    with pytest.raises(AttributeError, match="_execution_logic"):
        stepfunctions_executions._work(SimpleNamespace(env=SimpleNamespace(is_running=lambda: True)))


def test_the_history_comes_in_pages_from_either_end(aws: Aws) -> None:
    stepfunctions = aws.client("stepfunctions", REGION)
    execution = start(aws, {"A": {"Type": "Pass", "Next": "B"}, "B": SUCCEED})
    finished(aws, execution)
    first = stepfunctions.get_execution_history(executionArn=execution, maxResults=4)
    assert [one["id"] for one in first["events"]] == [1, 2, 3, 4]
    rest = stepfunctions.get_execution_history(
        executionArn=execution, maxResults=4, nextToken=first["nextToken"]
    )
    assert [one["id"] for one in rest["events"]] == [5, 6]
    assert "nextToken" not in rest
    last = stepfunctions.get_execution_history(executionArn=execution, maxResults=1, reverseOrder=True)
    assert last["events"][0]["type"] == "ExecutionSucceeded"


def test_the_history_without_its_data(extended: Aws) -> None:
    execution = start(extended, {"A": SUCCEED}, {"secret": 1})
    finished(extended, execution)
    stepfunctions = extended.client("stepfunctions", REGION)
    shown = stepfunctions.get_execution_history(executionArn=execution, includeExecutionData=False)["events"]
    assert "secret" not in str(shown)
    assert "secret" in str(stepfunctions.get_execution_history(executionArn=execution)["events"])


@pytest.mark.parametrize("page", [{"nextToken": "99"}, {"maxResults": 1001}])
def test_a_page_that_is_not_there_is_refused(extended: Aws, page: dict[str, Any]) -> None:
    execution = start(extended, {"A": SUCCEED})
    with pytest.raises(ClientError, match="out of range"):
        extended.client("stepfunctions", REGION).get_execution_history(executionArn=execution, **page)
