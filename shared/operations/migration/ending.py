"""What came of an execution, by what stands afterwards: never by what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.operator import EXIT_INTERRUPTED, EXIT_OK, EXIT_OTHERWISE
from shared.operations.migration import show
from shared.operations.migration.moves import arrived
from shared.operations.migration.operator import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.common.facts import Ended
    from shared.operations.migration.facts import Topology
    from shared.operations.migration.handles import Handles
    from shared.operations.migration.watching import Watched

_ERRORS = {
    "MigrationRolledBack": ("the machine took everything back", "status"),
    "MigrationHeld": ("the machine holds: everything stays as it is", "start"),
    "RollbackIncomplete": ("even the way back failed: go on by hand, by the runbook", "runbook"),
    "WritesStillPaused": ("the writer has moved, and writes are still paused", "runbook"),
    "InputRefused": ("the machine refused to begin, nothing was changed", "status"),
    "MigrationNotBegun": ("the machine could not begin: this execution changed nothing", "start"),
    "OperatorAbort": ("it was stopped by an operator", "status"),
}
#: Operations whose next try goes back, too: a start would go on with the migration.
_BACKWARD = ("abort", "rollback")
_UNKNOWN_END = ("it ended by itself, and nobody knows where", "status")


def result(operation: str, handles: Handles, *, before: Topology, arn: str, watched: Watched) -> Result:
    """Return what came of an execution that was watched."""
    after = watched.topology
    if watched.ended:
        code, outcome, said, following = _ended(watched.ended, after)
        if outcome == "MigrationNotBegun" and operation in _BACKWARD:
            following = "rollback"
    else:
        code, outcome, said, following = _goes_on(watched, after)
    return Result(
        operation=operation,
        exit_code=code,
        outcome=outcome,
        said=tuple(said),
        before=before,
        after=after,
        execution=arn,
        next_command=handles.command(following) if following else "",
    )


def _goes_on(watched: Watched, after: Topology) -> tuple[int, str, list[str], str]:
    if watched.why == "question":
        return EXIT_OK, "waiting", [f"it asks: {show.asked(after)}"], "approve"
    if watched.why == "interrupted":
        return EXIT_INTERRUPTED, "started", ["no longer watched: the execution goes on"], "status --watch"
    return EXIT_OK, "started", ["the execution runs"], "status --watch"


def _ended(ended: Ended, after: Topology) -> tuple[int, str, list[str], str]:
    wrong = list(_not_as_wanted(ended, after))
    code = EXIT_OTHERWISE if wrong or ended.status != "SUCCEEDED" else EXIT_OK
    stands = f"{after.target} has {show.percent(after)} of the traffic; the writer is in "
    stands += after.writer or "a region that nobody knows"
    if ended.status != "SUCCEEDED":
        error = ended.error or ended.status
        what, following = _ERRORS.get(ended.error, _UNKNOWN_END)
        said = [f"{error}: {what}", *ended.cause.split("\n")] if ended.cause else [f"{error}: {what}"]
        return code, error, [*said, stands, *wrong], following
    following = {"moved": "finalize", "shifted": "switchover" if after.share == 100 else "start"}.get(  # noqa: PLR2004
        ended.outcome, ""
    )
    return code, ended.outcome, [f"{ended.outcome}: {stands}", *wrong], "status" if wrong else following


def _not_as_wanted(ended: Ended, after: Topology) -> Iterator[str]:
    """Yield what does not stand as the end says that it does."""
    checkpoint = after.checkpoint
    if ended.outcome == "moved" and not arrived(after):
        yield "that is not what a migration that has moved leaves behind"
    if ended.outcome == "rolled-back" and checkpoint and after.weights != checkpoint.found_weights:
        yield f"the weights found were {checkpoint.found_weights}"
    if ended.outcome == "rolled-back" and checkpoint and after.writer != checkpoint.found_writer:
        yield f"the writer found was in {checkpoint.found_writer or 'no region'}"
    for region in after.paused:
        yield f"writes are still answered 503 in {region}"
