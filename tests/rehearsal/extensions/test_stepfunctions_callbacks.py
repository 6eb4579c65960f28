"""Answers for task tokens."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION, SDK, SUCCEED, finished, start, task

QUESTION = {
    "Name": "/approval",
    "Type": "SecureString",
    "Overwrite": True,
    "Value": {"token": "{% $states.context.Task.Token %}", "execution": "{% $states.context.Execution.Id %}"},
}


def ask(**fields: Any) -> dict[str, Any]:
    only = task(
        f"{SDK}ssm:putParameter.waitForTaskToken", QUESTION, Output="{% $states.result.decision %}", **fields
    )
    return {"Ask": only, **({"Held": {"Type": "Fail", "Error": "Held"}} if "Catch" in fields else {})}


def question(aws: Aws, other_than: str = "") -> str:
    ssm = aws.client("ssm", REGION)
    limit = time.monotonic() + aws.patience
    while time.monotonic() < limit:
        time.sleep(0.02)
        try:
            found = json.loads(ssm.get_parameter(Name="/approval", WithDecryption=True)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            continue
        if found["token"] != other_than:
            return str(found["token"])
    raise AssertionError("nobody asked")


def answer(aws: Aws, token: str, decision: str = "continue") -> None:
    document = json.dumps({"decision": decision, "by": "me"})
    aws.client("stepfunctions", REGION).send_task_success(taskToken=token, output=document)


def test_an_answer_is_the_tasks_result_and_counts_once(aws: Aws) -> None:
    execution = start(aws, ask(TimeoutSeconds=20))
    token = question(aws)
    answer(aws, token)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        answer(aws, token, "rollback")
    assert finished(aws, execution)["output"] == '"continue"'
    with pytest.raises(ClientError, match="TaskTimedOut"):
        answer(aws, token)


def test_after_the_time_out_no_answer_is_taken(aws: Aws) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Held"}]
    execution = start(aws, ask(TimeoutSeconds="{% 1 %}", Catch=catch))
    token = question(aws)
    assert finished(aws, execution)["error"] == "Held"
    with pytest.raises(ClientError, match="TaskTimedOut"):
        answer(aws, token)


def test_each_attempt_has_a_token_of_its_own(aws: Aws) -> None:
    retry = [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1, "IntervalSeconds": 1}]
    execution = start(aws, ask(TimeoutSeconds=2, Retry=retry))
    first = question(aws)
    second = question(aws, other_than=first)
    answer(aws, second)
    assert finished(aws, execution)["status"] == "SUCCEEDED"


def test_a_failure_has_its_cause(aws: Aws) -> None:
    execution = start(aws, ask(TimeoutSeconds=20))
    token = question(aws)
    aws.client("stepfunctions", REGION).send_task_failure(taskToken=token, error="No", cause="not today")
    ended = finished(aws, execution)
    assert (ended["error"], ended["cause"]) == ("No", "not today")


def test_heartbeats_keep_a_task_waiting(extended: Aws) -> None:
    stepfunctions = extended.client("stepfunctions", REGION)
    execution = start(extended, ask(TimeoutSeconds=20, HeartbeatSeconds=1))
    token = question(extended)
    for _ in range(4):
        time.sleep(0.5)
        stepfunctions.send_task_heartbeat(taskToken=token)
    answer(extended, token)
    assert finished(extended, execution)["status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="TaskTimedOut"):
        stepfunctions.send_task_heartbeat(taskToken=token)


def test_an_answer_that_is_no_json_is_refused(aws: Aws) -> None:
    execution = start(aws, ask(TimeoutSeconds=20))
    token = question(aws)
    stepfunctions = aws.client("stepfunctions", REGION)
    with pytest.raises(ClientError, match="InvalidOutput"):
        stepfunctions.send_task_success(taskToken=token, output="{")
    answer(aws, token)
    assert finished(aws, execution)["status"] == "SUCCEEDED"


def test_an_unknown_token_is_refused(extended: Aws) -> None:
    finished(extended, start(extended, {"Done": SUCCEED}))
    with pytest.raises(ClientError, match="InvalidToken"):
        answer(extended, "nobody's")
