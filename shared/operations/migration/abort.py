"""Stop the execution that runs, and go back: `invoke migrate.abort`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.migration import executions
from shared.operations.migration.moves import NOTHING_TO_RETURN_TO
from shared.operations.migration.operator import Result
from shared.operations.migration.request import Request
from shared.operations.migration.session import begin
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from shared.operations.migration.facts import Topology
    from shared.operations.migration.operator import Operator


def run(operator: Operator, request: Request | None = None) -> Result:
    """Stop the execution, then start one that goes back; nothing goes back when nothing was changed.

    Raises Refused with every reason against it.
    """
    session = begin("abort", operator)
    request = request or Request()
    session.refuse(request.problems())
    running = session.before.running
    assert running is not None  # noqa: S101 - otherwise the move was refused
    if not session.confirmed(f"Stop {running.name} and go back?"):
        return session.declined()
    cause = f"stopped by {session.by}{f': {request.reason}' if request.reason else ''}"
    executions.stop(session.handles, operator.clients, running.arn, cause=cause, sleep=operator.sleep)
    operator.console.print(f"stopped: {running.name}", highlight=False)
    stopped = observe(session.handles, operator.clients)
    last = stopped.ended
    if last and last.arn == running.arn and last.status == "SUCCEEDED":
        return Result(
            operation="abort",
            exit_code=0,
            outcome=last.outcome,
            said=(f"it had come to its end before it was stopped ({last.outcome}): nothing is taken back",),
            before=session.before,
            after=stopped,
            execution=running.arn,
            next_command=session.handles.command("rollback"),
        )
    if nothing_begun(stopped, running.arn):
        return Result(
            operation="abort",
            exit_code=0,
            outcome="stopped",
            said=(f"stopped before it had changed anything: the checkpoint is at {stopped.stage}",),
            before=session.before,
            after=stopped,
            execution=running.arn,
            next_command=session.handles.command("start"),
        )
    return session.execute("rollback", request)


def nothing_begun(topology: Topology, execution: str) -> bool:
    """Say whether a stopped execution had written no checkpoint, and none before it had left one open.

    What an earlier one had moved to its end is not taken back because a later one was stopped.
    """
    checkpoint = topology.checkpoint
    if checkpoint is None:
        return False
    finished = checkpoint.stage == "moved" and checkpoint.execution != execution
    return finished or checkpoint.stage in NOTHING_TO_RETURN_TO
