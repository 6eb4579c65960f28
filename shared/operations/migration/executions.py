"""The only calls that change anything: start, stop, answer, and take the source out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.clients import error_code
from shared.errors import Refused
from shared.operations.common import executions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.states import ClientFactory
    from shared.operations.migration.facts import Question
    from shared.operations.migration.handles import Handles

_CLOSED = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


def start(handles: Handles, clients: ClientFactory, document: Mapping[str, Any]) -> str:
    """Start an execution with the input and return its ARN. Raises Refused when another one runs."""
    return executions.start(handles.machine, clients, document, status=handles.command("status"))


def stop(
    handles: Handles, clients: ClientFactory, arn: str, *, cause: str, sleep: Callable[[float], None]
) -> None:
    """Stop an execution and return when it has ended; one that has ended before is as good.

    Raises UserError when it does not end.
    """
    status = handles.command("status")
    executions.stop(handles.machine, clients, arn, cause=cause, sleep=sleep, status=status)


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
