"""The only calls that change anything: start, stop, answer, and take the source out."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.clients import error_code
from shared.errors import Refused, UserError
from shared.operations.migration.reads.machine import ended, executions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.states import ClientFactory
    from shared.operations.migration.facts import Question
    from shared.operations.migration.handles import Handles

ABORT = "OperatorAbort"
"""Error of an execution that an operator stopped."""
_STOP_LOOKS = 30
_CLOSED = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


def start(handles: Handles, clients: ClientFactory, document: Mapping[str, Any]) -> str:
    """Start an execution with the input and return its ARN.

    Its name is made of the execution before it: of two who start after the same one only the first does,
    because a name is taken once (StartExecution: a repeated request is answered by what it started, and
    one with another input is refused). Raises Refused when another one runs.
    """
    machine = clients.client("stepfunctions", handles.target.region)
    listed = executions(machine, handles.state_machine_arn)
    for execution in listed:
        if execution["status"] == "RUNNING":
            # the list may still have one that was stopped a moment ago (ListExecutions, consistency)
            _refuse_running(machine, execution["executionArn"], handles)
    previous = listed[0]["executionArn"] if listed else ""
    while True:
        name = name_after(previous)
        try:
            started = machine.start_execution(
                stateMachineArn=handles.state_machine_arn, name=name, input=json.dumps(document)
            )
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise
            # or does not have yet the one that was started a moment ago
            previous = _arn(handles.state_machine_arn, name)
            _refuse_running(machine, previous, handles)
        else:
            return str(started["executionArn"])


def name_after(previous: str) -> str:
    """Return the name of the execution that follows one (its ARN; nothing for the first of all)."""
    return f"migration-{hashlib.sha256(previous.encode()).hexdigest()[:16]}"


def _arn(machine_arn: str, name: str) -> str:
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def stop(
    handles: Handles, clients: ClientFactory, arn: str, *, cause: str, sleep: Callable[[float], None]
) -> None:
    """Stop an execution and return when it has ended; one that has ended before is as good.

    Raises UserError when it does not end.
    """
    machine = clients.client("stepfunctions", handles.target.region)
    machine.stop_execution(executionArn=arn, error=ABORT, cause=cause)
    for _ in range(_STOP_LOOKS):
        if ended(machine, arn):
            return
        sleep(1)
    raise UserError(f"{arn} was stopped and still runs", remedy=f"look again: `{handles.command('status')}`")


def answer(
    handles: Handles, clients: ClientFactory, question: Question, *, decision: str, by: str, comment: str
) -> None:
    """Answer a question: `continue`, `rollback` or `again`. Raises Refused when it is closed."""
    machine = clients.client("stepfunctions", handles.target.region)
    output = {"decision": decision, "by": by, "comment": comment}
    try:
        machine.send_task_success(taskToken=question.token, output=json.dumps(output))
    except ClientError as error:
        if error_code(error) not in _CLOSED:
            raise
        raise Refused(
            "the question is no longer open: it was answered, or its time is over",
            remedy=f"look again: `{handles.command('status')}`",
        ) from error


def remove_source(handles: Handles, clients: ClientFactory, *, writer: str) -> None:
    """Take the source's cluster out of the global cluster; the request goes to the writer's region."""
    clients.client("rds", writer).remove_from_global_cluster(
        GlobalClusterIdentifier=handles.global_cluster, DbClusterIdentifier=handles.source.cluster_arn
    )


def _refuse_running(machine: Any, arn: str, handles: Handles) -> None:
    if ended(machine, arn) is None:
        name = arn.rpartition(":")[2]
        remedy = f"`{handles.command('status')}` shows where it is"
        raise Refused(f"an execution runs: {name}", remedy=remedy)
