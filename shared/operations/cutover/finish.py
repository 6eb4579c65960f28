"""Stop the reverse task, the point of no return: `invoke cutover.finish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover.request import Request
from shared.operations.cutover.session import begin

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Operator, Result

NO_WAY_BACK = "--yes-there-is-no-way-back"


def run(operator: Operator, request: Request | None = None, *, no_way_back: bool = False) -> Result:
    """Stop the reverse task for good. `no_way_back`: a person said so, and is not asked.

    `operator.yes` is not enough. Raises Refused with every reason against it.
    """
    session, request = begin("finish", operator), request or Request()
    session.refuse(request.problems(()))
    suffix = operator.environment.environment_suffix
    operator.console.print(session.page)
    if (
        not no_way_back
        and session.typed(
            f"There is no way back without loss after this. Type the suffix, {suffix}, to go on:"
        )
        != suffix
    ):
        return session.declined()
    return session.execute(fresh=False)
