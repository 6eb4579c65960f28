"""Promote the standby although the home region is lost: `invoke failover.failover`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.errors import Problem
from shared.operations.recovery.loss import ACCEPT, decided, loss
from shared.operations.recovery.request import Request
from shared.operations.recovery.session import begin

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Start an execution that promotes the standby, and ask the home region nothing, from the first call on.

    Raises Refused with every reason against it, a possible loss that was not accepted included.
    """
    session = begin("failover", operator.without_home())
    request = request or Request()
    problems, lost = request.problems(), loss(session.before)
    if lost and not request.accept_data_loss:
        command = f"invoke failover.failover {ACCEPT}{session.handles.place}"
        problems.append(Problem(what=f"data may be lost: {lost}", remedy=f"`{command}` accepts that"))
    session.refuse(problems)
    checkpoint = session.before.checkpoint
    if decided(session.before) and checkpoint and checkpoint.stage == "failing-over":
        # what was accepted at its beginning holds for what remains of it
        request = replace(request, accept_data_loss=request.accept_data_loss or checkpoint.accept_data_loss)
    if not session.confirmed(f"Promote {session.before.away}?"):
        return session.declined()
    return session.execute(request)
