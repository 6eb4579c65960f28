"""Has the function `cutover` move the write name, and waits until nobody keeps the old answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.clients import error_code
from shared.errors import UserError
from shared.operations.common.calls import told
from shared.operations.common.machine import as_object
from shared.operations.cutover import gates, stages
from shared.operations.cutover.facts import (
    AURORA,
    LEADS_ON_PREMISES,
    LEADS_TO_AURORA,
    ON_PREMISES,
    WORDS,
)
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.moves import FUNCTION_SECONDS
from shared.operations.cutover.reads import names

if TYPE_CHECKING:
    from shared.operations.cutover.work import Work

_ENDS = {"cutover": stages.MOVED, "rollback": stages.RETURNED}
_FROZEN = {"cutover": ON_PREMISES, "rollback": AURORA}
_LATE_SECONDS = 60
"""Route 53 usually has a change everywhere within a minute (developer guide, best practices)."""


def move(work: Work, action: str) -> None:
    """Have the name moved (`cutover`, `rollback`).

    Raises StepFailedError with the function's reasons when it was not; the note says then how far it was.
    """
    side = _FROZEN[action]
    with work.database(side) as database:
        if not gates.look(database).frozen:
            raise StepFailedError(f"{WORDS[side]} is not frozen any more: somebody opened it")
    said = _invoke(work, action)
    # the function wrote its own notes
    work.note = work.notes.read()
    if work.note.stage != _ENDS[action]:
        raise StepFailedError(f"the name was not moved: {_why(said)}")
    if said.get("everywhere") is False and said.get("done"):
        work.keep(late=True)
    work.say(f"the write name leads to {WORDS[AURORA if action == 'cutover' else ON_PREMISES]}")


def astray(work: Work) -> str:
    """Return why the write name does not certainly lead to the source; empty when it does."""
    try:
        weights = names.shares(_records(work))
    except UserError as error:
        return str(error)
    return "" if weights == LEADS_ON_PREMISES else f"the weights of the write name are {weights}"


def settle(work: Work) -> None:
    """Wait until the records' time to live has passed since they were moved."""
    back = work.note.stage == stages.RETURNED
    wanted = LEADS_ON_PREMISES if back else LEADS_TO_AURORA
    found = _records(work)
    weights = names.shares(found)
    if weights != wanted:
        raise StepFailedError(f"the weights of the write name are {weights}, not {dict(wanted)}")
    longest = max(int(one.get("TTL", 0)) for one in found.values())
    longest += _LATE_SECONDS if work.kept("late") else 0
    moved = datetime.fromisoformat(str(work.kept("moved_at") or datetime.now(UTC).isoformat()))
    if not work.kept("moved_at"):
        work.keep(moved_at=moved.isoformat())
    left = longest - (datetime.now(UTC) - moved).total_seconds()
    if left > 0:
        work.say(f"resolvers may keep the old answer for {left:.0f} s")
        work.operator.sleep(left)


def _records(work: Work) -> dict[str, dict[str, Any]]:
    with told("Route 53 does not say where the name leads", f"look: `{work.handles.command('status')}`"):
        return names.records(work.client("route53", names.ROUTE53_REGION), work.handles)


def _invoke(work: Work, action: str) -> dict[str, Any]:
    function = work.operator.clients.patient("lambda", work.handles.region, seconds=FUNCTION_SECONDS)
    event = json.dumps({"action": action, "by": work.by}).encode()
    limit = work.now() + FUNCTION_SECONDS
    while True:
        try:
            answer = function.invoke(FunctionName=work.handles.function, Payload=event)
            return as_object(answer["Payload"].read().decode(errors="replace"))
        except (BotoCoreError, ClientError) as error:
            # one runs at a time: an event or a command that is gone began it, and it comes to its end
            busy = isinstance(error, ClientError) and error_code(error) == "TooManyRequestsException"
            if not busy or work.now() > limit:
                return {"errorMessage": f"nobody knows what became of the call: {error}"}
        work.pause()


def _why(said: dict[str, Any]) -> str:
    why = said.get("errorMessage") or said.get("why") or "the function does not say"
    return "; ".join(str(one) for one in said.get("reasons") or [why])
