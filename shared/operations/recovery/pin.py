"""Keep the home region out of DNS, or let it in; the database stays: `invoke failover.pin`, `.unpin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.operator import EXIT_OK, EXIT_OTHERWISE
from shared.operations.recovery import calls, show
from shared.operations.recovery.operator import Result
from shared.operations.recovery.request import Request
from shared.operations.recovery.session import begin
from shared.operations.recovery.stages import undone

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Operator
    from shared.operations.recovery.session import Session


def pin(operator: Operator, request: Request | None = None) -> Result:
    """Put the pin: for a home region whose application is ill and whose database is not.

    Nothing is asked of the home region. Raises Refused with every reason against it, UserError when S3
    does not take it.
    """
    session = begin("pin", operator.leaving_home_out())
    request = request or Request()
    session.refuse(request.problems())
    if not session.confirmed(f"Keep {session.before.home} out of DNS?"):
        return session.declined()
    session = session.renewed()
    calls.pin(session.handles, session.operator.clients, by=session.by, reason=request.reason)
    return _result(session, "pinned", wanted=True)


def unpin(operator: Operator, request: Request | None = None) -> Result:
    """Take the pin away, and with it give up a move that was begun and of which nothing else stands.

    Raises Refused with every reason against it (the writer is away), UserError when AWS does not do it.
    """
    session = begin("unpin", operator.leaving_home_out())
    request = request or Request()
    session.refuse(request.problems())
    if not session.confirmed(f"Let {session.before.home} into DNS?"):
        return session.declined()
    session = session.renewed()
    handles, clients = session.handles, session.operator.clients
    calls.unpin(handles, clients)
    if undone(session.before):
        calls.give_up(handles, clients, stage=session.before.stage, by=session.by, reason=request.reason)
    return _result(session, "unpinned", wanted=False)


def _result(session: Session, outcome: str, *, wanted: bool) -> Result:
    after = session.look()
    done = after.pinned is wanted
    return Result(
        operation=session.name,
        exit_code=EXIT_OK if done else EXIT_OTHERWISE,
        outcome=outcome,
        said=(show.pinned(after), "Route 53's checkers see it within the time that `invoke doctor` shows"),
        before=session.before,
        after=after,
        next_command="" if done else session.handles.command("status"),
    )
