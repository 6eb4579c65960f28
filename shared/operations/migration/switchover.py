"""Move the database's writer, when the traffic has moved: `invoke migrate.switchover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.migration import preflight
from shared.operations.migration.request import Request
from shared.operations.migration.session import begin

if TYPE_CHECKING:
    from shared.operations.migration.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Start an execution that moves the writer; it looks at both regions first.

    Raises Refused with every reason against it, engines of different patches included, which Aurora
    would refuse after writes were paused.
    """
    session = begin("switchover", operator)
    request = request or Request()
    wanted = operator.environment.database.engine_version
    patches = () if session.before.stage == "switching" else preflight.engine(session.before, wanted)
    session.refuse([*request.problems(), *patches])
    if not session.confirmed("Move the database's writer?"):
        return session.declined()
    return session.execute("switchover", request)
