"""Move the writer back to the home region without loss, and unpin it: `invoke failover.failback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.recovery.request import Request
from shared.operations.recovery.session import begin

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Start an execution that moves the writer home. Raises Refused with every reason against it."""
    session = begin("failback", operator)
    request = request or Request()
    session.refuse(request.problems())
    if not session.confirmed(f"Move the writer back to {session.before.home}?"):
        return session.declined()
    return session.execute(request)
