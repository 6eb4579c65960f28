"""Starts and stops executions of a state machine."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.clients import error_code
from shared.errors import Refused, UserError
from shared.operations.common.machine import ended, executions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.states import ClientFactory
    from shared.operations.common.machine import Machine

ABORT = "OperatorAbort"
"""Error of an execution that an operator stopped."""
_STOP_LOOKS = 30


def start(machine: Machine, clients: ClientFactory, document: Mapping[str, Any], *, status: str) -> str:
    """Start an execution with the input and return its ARN; `status` is the command that shows it.

    Its name is made of the execution before it: of two who start after the same one only the first does,
    because a name is taken once (StartExecution: a repeated request is answered by what it started, and
    one with another input is refused). Raises Refused when another one runs.
    """
    client = clients.client("stepfunctions", machine.region)
    listed = executions(client, machine.arn)
    for execution in listed:
        if execution["status"] == "RUNNING":
            # the list may still have one that was stopped a moment ago (ListExecutions, consistency)
            _refuse_running(client, execution["executionArn"], status)
    previous = listed[0]["executionArn"] if listed else ""
    while True:
        name = name_after(machine, previous)
        try:
            started = client.start_execution(
                stateMachineArn=machine.arn, name=name, input=json.dumps(document)
            )
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise
            # or does not have yet the one that was started a moment ago
            previous = _arn(machine.arn, name)
            _refuse_running(client, previous, status)
        else:
            return str(started["executionArn"])


def name_after(machine: Machine, previous: str) -> str:
    """Return the name of the execution that follows one (its ARN; nothing for the first of all)."""
    return f"{machine.prefix}-{hashlib.sha256(previous.encode()).hexdigest()[:16]}"


def _arn(machine_arn: str, name: str) -> str:
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def stop(
    machine: Machine,
    clients: ClientFactory,
    arn: str,
    *,
    cause: str,
    sleep: Callable[[float], None],
    status: str,
) -> None:
    """Stop an execution and return when it has ended; one that has ended before is as good.

    Raises UserError when it does not end.
    """
    client = clients.client("stepfunctions", machine.region)
    client.stop_execution(executionArn=arn, error=ABORT, cause=cause)
    for _ in range(_STOP_LOOKS):
        if ended(client, arn):
            return
        sleep(1)
    raise UserError(f"{arn} was stopped and still runs", remedy=f"look again: `{status}`")


def _refuse_running(client: Any, arn: str, status: str) -> None:
    if ended(client, arn) is None:
        name = arn.rpartition(":")[2]
        raise Refused(f"an execution runs: {name}", remedy=f"`{status}` shows where it is")
