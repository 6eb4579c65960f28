"""Go back to what the migration found, when nothing runs: `invoke migrate.rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.migration.request import Request
from shared.operations.migration.session import begin

if TYPE_CHECKING:
    from shared.operations.migration.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Start an execution that goes back: the writer first, then the weights.

    Raises Refused with every reason against it.
    """
    session = begin("rollback", operator)
    request = request or Request()
    session.refuse(request.problems())
    if not session.confirmed("Go back?"):
        return session.declined()
    return session.execute("rollback", request)
