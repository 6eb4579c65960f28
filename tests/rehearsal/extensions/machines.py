"""Run state machines on the embedded AWS."""

import json
import time
from typing import Any

from tests.rehearsal.conftest import ACCOUNT, Aws

SDK = "arn:aws:states:::aws-sdk:"
SUCCEED = {"Type": "Succeed"}
REGION = "eu-west-1"
_SECONDS = 30


def task(resource: str, arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **fields}


def create(aws: Aws, states: dict[str, Any], **fields: Any) -> str:
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **fields}
    made = aws.client("stepfunctions", REGION).create_state_machine(
        name=f"machine-{time.monotonic_ns()}",
        definition=json.dumps(definition),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
    )
    return str(made["stateMachineArn"])


def start(aws: Aws, states: dict[str, Any], document: Any = None, **fields: Any) -> str:
    machine = create(aws, states, **fields)
    sent = json.dumps({} if document is None else document)
    started = aws.client("stepfunctions", REGION).start_execution(stateMachineArn=machine, input=sent)
    return str(started["executionArn"])


def status(aws: Aws, execution: str) -> dict[str, Any]:
    return dict(aws.client("stepfunctions", REGION).describe_execution(executionArn=execution))


def finished(aws: Aws, execution: str) -> dict[str, Any]:
    until = time.monotonic() + _SECONDS
    while (found := status(aws, execution))["status"] == "RUNNING":
        assert time.monotonic() < until, "the execution goes on"
        time.sleep(0.02)
    return found


def output(aws: Aws, states: dict[str, Any], document: Any = None, **fields: Any) -> Any:
    ended = finished(aws, start(aws, states, document, **fields))
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    return json.loads(ended["output"])


def failure(aws: Aws, states: dict[str, Any], document: Any = None, **fields: Any) -> tuple[str, str]:
    ended = finished(aws, start(aws, states, document, **fields))
    assert ended["status"] == "FAILED"
    return ended["error"], ended.get("cause", "")


def events(aws: Aws, execution: str) -> list[str]:
    pages = aws.client("stepfunctions", REGION).get_paginator("get_execution_history")
    return [one["type"] for page in pages.paginate(executionArn=execution) for one in page["events"]]
