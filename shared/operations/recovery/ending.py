"""What came of an execution, by what stands afterwards: never by what was asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shared.operations.common.operator import EXIT_INTERRUPTED, EXIT_OK, EXIT_OTHERWISE
from shared.operations.recovery import moves, report, show
from shared.operations.recovery.operator import Result
from shared.operations.recovery.stages import DONE
from shared.operations.recovery.watching import looking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.common.facts import Ended
    from shared.operations.recovery.facts import Topology
    from shared.operations.recovery.handles import Handles
    from shared.operations.recovery.watching import Watched

_ERRORS = {
    "FailoverRefused": "the machine refused to begin, nothing was changed",
    "FailoverStuck": "the machine cannot go on; what it has done stays so",
    "OperatorAbort": "it was stopped by an operator; what it had done stays so",
}
_UNKNOWN_END = "it ended by itself; what it had done stays so"


def result(operation: str, handles: Handles, *, before: Topology, arn: str, watched: Watched) -> Result:
    """Return what came of an execution that was watched."""
    after, end = watched.topology, watched.ended
    made = partial(Result, operation=operation, before=before, after=after, execution=arn)
    if end is None:
        interrupted = watched.why == "interrupted"
        return made(
            exit_code=EXIT_INTERRUPTED if interrupted else EXIT_OK,
            outcome="started",
            said=("no longer watched: the execution goes on" if interrupted else "the execution runs",),
            next_command=looking(handles, after.left_out),
        )
    if end.status != "SUCCEEDED":
        return made(
            exit_code=EXIT_OTHERWISE,
            outcome=end.error or end.status,
            said=tuple(_failed(end, after)),
            next_command=_again(operation, end, after, handles),
        )
    wrong = list(_not_as_wanted(operation, end, after))
    return made(
        exit_code=EXIT_OTHERWISE if wrong else EXIT_OK,
        outcome=end.outcome,
        said=(f"{end.outcome}: {stands(after)}", *report.sentences(end.output, after), *wrong),
        next_command=_status(handles, after) if wrong else _following(handles, after),
    )


def stands(after: Topology) -> str:
    """Return where the database writes and whether the home region is in DNS, as a sentence."""
    where = f"in {after.writer}" if after.writer else "in a region that nobody knows"
    return f"the database writes {where}; {show.pinned(after)}"


def _failed(end: Ended, after: Topology) -> Iterator[str]:
    yield f"{end.error or end.status}: {_ERRORS.get(end.error, _UNKNOWN_END)}"
    yield from filter(None, end.cause.split("\n"))
    yield stands(after)


def _again(operation: str, end: Ended, after: Topology, handles: Handles) -> str:
    """Return the command that goes on: starting the same again does, unless it was refused."""
    move = moves.move(operation, after, handles.place)
    refused = end.error == "FailoverRefused" or not move.possible
    return _status(handles, after) if refused else move.command


def _following(handles: Handles, after: Topology) -> str:
    return moves.move("drain", after, handles.place).command if after.waiting else ""


def _status(handles: Handles, after: Topology) -> str:
    return handles.command(f"status --without {after.left_out}" if after.left_out else "status")


def _not_as_wanted(operation: str, end: Ended, after: Topology) -> Iterator[str]:
    """Yield what does not stand as the end says that it does."""
    if DONE.get(end.outcome) != operation:
        yield f"that is not how a {operation} ends"
        return
    back = operation == "failback"
    wanted = after.home if back else after.away
    if after.writer != wanted:
        yield f"the database should write in {wanted}"
    if after.pinned is back or after.pinned is None:
        yield f"{after.home} should {'not be pinned any more' if back else 'be pinned'}"
    if after.stage != end.outcome:
        yield f"the checkpoint is at {after.stage or 'a stage that nobody knows'}"
