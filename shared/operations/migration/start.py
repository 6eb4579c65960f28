"""Begin the migration, or go on with it where an execution died: `invoke migrate.start`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.migration import preflight
from shared.operations.migration.request import Request
from shared.operations.migration.session import begin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.errors import Problem
    from shared.operations.migration.operator import Operator, Result


def run(
    operator: Operator, request: Request | None = None, mistakes: Sequence[Problem] | None = None
) -> Result:
    """Start an execution that migrates; what it does first depends on the checkpoint.

    `mistakes` are those of what was typed (default: those of the request). Raises Refused with them,
    with the reasons against the move, and with everything that preflight finds, all at once; nothing
    was changed then.
    """
    request = request or Request()
    session = begin("start", operator)
    wrong = list(request.problems() if mistakes is None else mistakes)
    session.refuse([*wrong, *preflight.check(operator, session.handles, session.before)])
    if not session.confirmed(f"{session.handles.record_name}: start?"):
        return session.declined()
    return session.execute("migrate", request)
