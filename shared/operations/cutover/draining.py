"""Waits until everything that was written before a freeze is in the other database."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from shared.operations.common.calls import told
from shared.operations.cutover import replication, sentinel
from shared.operations.cutover.database import connected
from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.reads import dms, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.cutover.database import Database
    from shared.operations.cutover.facts import Table
    from shared.operations.cutover.work import Work

COUNTED_ROWS = 5_000_000
"""Larger tables are not counted while writes pause: DMS compared each row of them."""
_PUSH_SECONDS = 5
_ROUNDS = 2
"""Sentinel rows, one after the other (see `sentinel`)."""


def drain(work: Work, *, back: bool = False) -> None:
    """Wait until all is in the other database: Aurora, or, on the way `back`, the source.

    Raises StepFailedError after `cutover.drain_seconds`, and when the task or the counts are not as needed.
    """
    first, second = (AURORA, ON_PREMISES) if back else (ON_PREMISES, AURORA)
    task = work.handles.reverse_task if back else work.handles.forward_task
    limit = work.now() + work.environment.cutover.drain_seconds
    seconds = work.environment.cutover.drain_seconds
    attempt = work.kept("attempt")
    with connected(work.logins[first], seconds=seconds) as ours:
        position = ""
        for number in range(1, _ROUNDS + 1):
            name = f"{attempt}-{'back' if back else 'there'}-{number}"
            position = work.sentinels.write(ours, name, "drain")
            _until(work, limit, task, partial(arrived, work, second, name), "the sentinel row arrives")
        _until(work, limit, task, _confirmed(work, ours, position, name), f"{position} is confirmed")
    work.say(f"what was written to {WORDS[first]} is in {WORDS[second]}, up to {position}")
    _until(work, limit, task, lambda: not _unsettled(work, task, back=back), "every table is valid")
    _counts(work, first, second, seconds)


def _confirmed(work: Work, database: Database, position: str, name: str) -> Callable[[], bool]:
    """Return a look whether the log is confirmed up to a position.

    A reader may confirm with the transactions that it gets, and in a frozen database there are none; so it
    gets one more row every few seconds.
    """
    rows, again = count(1), work.now() + _PUSH_SECONDS

    def look() -> bool:
        nonlocal again
        if work.now() > again:
            work.sentinels.write(database, f"{name}-more-{next(rows)}", "drain")
            again = work.now() + _PUSH_SECONDS
        return sentinel.confirmed(database, position)

    return look


def arrived(work: Work, side: str, name: str) -> bool:
    """Return whether a sentinel row is in a database. Raises DatabaseError."""
    with work.database(side) as database:
        return work.sentinels.seen(database, name)


def _until(work: Work, limit: float, task: str, wanted: Callable[[], bool], what: str) -> None:
    while not wanted():
        status = replication.look(work, task)
        if status.status != "running":
            why = status.failure or status.stop_reason or "DMS does not say why"
            raise StepFailedError(f"before {what} the task became {status.status}: {why}")
        if work.now() > limit:
            seconds = work.environment.cutover.drain_seconds
            raise StepFailedError(f"it takes longer than {seconds} s until {what}")
        work.pause()


def _unsettled(work: Work, task: str, *, back: bool) -> list[Table]:
    """Return tables whose rows are not all compared; of the way back those that are known to differ."""
    with told("DMS does not say how its tables are", f"look: `{work.handles.command('status')}`"):
        found = dms.tables(work.client("dms"), task)
    if not back:
        if not found:
            raise StepFailedError("DMS knows of no table")
        return [one for one in found if not one.valid]
    # a task of changes only never loads a table, and compares what it changed
    return [
        one for one in found if one.pending or one.failed or one.suspended or "error" in one.state.lower()
    ]


def _counts(work: Work, first: str, second: str, seconds: float) -> None:
    schemas = work.environment.replication.schemas
    wrong, counted, rows = [], 0, 0
    with (
        connected(work.logins[first], seconds=seconds) as ours,
        connected(work.logins[second], seconds=seconds) as theirs,
    ):
        known = {table.full_name for table in tables.tables(theirs, schemas)}
        for table in tables.tables(ours, schemas):
            if table.partitioned or table.rows > COUNTED_ROWS:
                continue
            if table.full_name not in known:
                wrong.append(f"{table.full_name} is missing")
                continue
            here, there = tables.count(ours, table), tables.count(theirs, table)
            counted, rows = counted + 1, rows + here
            if here != there:
                wrong.append(f"{table.full_name} has {here} rows here and {there} there")
    if wrong:
        raise StepFailedError(f"{WORDS[first]} and {WORDS[second]} differ: {'; '.join(wrong)}")
    work.say(f"{rows} rows in {counted} tables are as many in both databases")
