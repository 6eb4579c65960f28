"""Cut over to Aurora, or go on with it: `invoke cutover.start`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import Problem
from shared.operations.cutover import assess, stages
from shared.operations.cutover.facts import ON_PREMISES
from shared.operations.cutover.request import Request
from shared.operations.cutover.session import begin

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Operator, Result
    from shared.operations.cutover.session import Session


def run(operator: Operator, request: Request | None = None) -> Result:
    """Cut over, from wherever it stands.

    Raises Refused with every reason against it, findings that were not accepted included. What fails before
    the name was moved is taken back: then the result has exit code 1 and the stage `ready`.
    """
    session, request = begin("start", operator), request or Request()
    fresh = session.before.stage in stages.BEFORE
    session.refuse(_problems(session, request) if fresh else request.problems(request.accept))
    if not session.confirmed("Go on with it?" if not fresh else "Freeze the source and cut over?"):
        return session.declined()
    kept: dict[str, Any] = {}
    if fresh:
        # the source is open: who may connect by now is noted when it is frozen
        kept = {"reason": request.reason, "accepted": list(request.accept), f"connect_{ON_PREMISES}": None}
    return session.renewed().execute(fresh=fresh, **kept)


def _problems(session: Session, request: Request) -> list[Problem]:
    assessment = assess.judged(session)
    problems = request.problems(assessment.acceptable)
    for one in assessment.blocking(request.accept):
        accept = f"; or --accept {one.code}" if one.acceptable else ""
        problems.append(
            Problem(where=one.code, what=f"{one.what}: {one.why}", remedy=f"{one.remedy}{accept}")
        )
    return problems
