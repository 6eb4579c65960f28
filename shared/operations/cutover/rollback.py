"""Take the cutover back without loss, from wherever it stands: `invoke cutover.rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover import moves, stages
from shared.operations.cutover.request import Request
from shared.operations.cutover.sequence import ROLLBACK
from shared.operations.cutover.session import begin

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Operator, Result


def run(operator: Operator, request: Request | None = None) -> Result:
    """Open the source again; after the name was moved, drain Aurora into the source first.

    Raises Refused with every reason against it.
    """
    session, request = begin("rollback", operator), request or Request()
    session.refuse(request.problems(()))
    if not session.confirmed("Take the cutover back?"):
        return session.declined()
    session = session.renewed()
    # a rollback that begins here has rows and times of its own; opening the source needs the cutover's
    course = moves.course(session.name, session.before)
    fresh = course.way is ROLLBACK and session.before.stage not in stages.BACK
    return session.execute(fresh=fresh, **({"reason": request.reason} if fresh else {}))
