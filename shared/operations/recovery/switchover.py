"""Move the writer to the standby without loss, while both regions are well: `invoke failover.switchover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.recovery.request import Request
from shared.operations.recovery.session import begin

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Start an execution that moves the writer to the standby. Raises Refused with every reason against."""
    session = begin("switchover", operator)
    request = request or Request()
    session.refuse(request.problems())
    if not session.confirmed(f"Move the writer to {session.before.away}?"):
        return session.declined()
    return session.execute(request)
