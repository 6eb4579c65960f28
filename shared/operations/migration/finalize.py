"""Take the source's database out of the global database: `invoke migrate.finalize`. No way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.saying import say
from shared.errors import UserError
from shared.operations.migration import executions, show
from shared.operations.migration.operator import Result
from shared.operations.migration.session import begin
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from shared.operations.migration.operator import Operator
    from shared.operations.migration.session import Session

#: As long as the runbook waits: 15 minutes.
WAIT_SECONDS = 900


def run(operator: Operator, *, confirm: str = "") -> Result:
    """Remove the source's cluster, when the global database's name was typed.

    `confirm` is the name, typed as an option; `yes` alone is not enough. Raises Refused unless the
    migration has moved, the target has all the traffic and nothing runs; UserError when the cluster
    does not leave.
    """
    session = begin("finalize", operator)
    session.refuse()
    name = session.handles.global_cluster
    if confirm and confirm != name:
        raise UserError(f"--confirm is {confirm!r}, and the global database is {name!r}")
    console, before = operator.console, session.before
    console.print(show.view(before, [session.move]))
    say(console, _warning(session))
    if not confirm and session.typed(f"Type the global database's name, {name}, to go on:") != name:
        return session.declined()
    executions.remove_source(session.handles, operator.clients, writer=before.writer)
    return _wait(session)


def _warning(session: Session) -> str:
    source = session.handles.source
    return (
        f"The point of no return: {source.cluster_arn} leaves the global database "
        f"{session.handles.global_cluster}. It becomes a cluster of its own, and its data ages from that "
        f"moment. There is no way back to {source.region} but another migration."
    )


def _wait(session: Session) -> Result:
    operator, handles = session.operator, session.handles
    for _ in range(round(WAIT_SECONDS / operator.poll_seconds)):
        after = observe(handles, operator.clients)
        if not after.source_member:
            break
        operator.sleep(operator.poll_seconds)
    else:
        raise UserError(
            f"{handles.source.cluster_arn} was asked to leave and is still a member",
            remedy=f"look again: `{handles.command('status')}`",
        )
    source = handles.source.region
    return Result(
        operation="finalize",
        exit_code=0,
        outcome="finalized",
        said=(
            f"{handles.global_cluster} is in {handles.target.region} alone; that was the point of no return",
            f"what remains in {source}: {handles.source.cluster_arn}, a cluster of its own that nobody "
            "writes to, and the service with a weight of 0; both cost until they are taken down",
        ),
        before=session.before,
        after=after,
        next_command=f"invoke plan{handles.place}",
    )
