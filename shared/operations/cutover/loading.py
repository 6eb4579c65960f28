"""Watches the forward task until every table is loaded and valid; makes indexes when the load is through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from shared.operations.common.calls import told
from shared.operations.cutover import replication
from shared.operations.cutover.facts import AURORA, ON_PREMISES
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.findings.finding import some
from shared.operations.cutover.findings.target import missing_indexes
from shared.operations.cutover.reads import catalog, dms

if TYPE_CHECKING:
    from shared.operations.cutover.facts import Table, Task
    from shared.operations.cutover.work import Work

_ALL = 100
#: The forward task stops itself here, so that indexes are made before changes go on (task settings).
_LOADED = ("STOPPED_AFTER_CACHED_EVENTS", "FULL_LOAD_ONLY_FINISHED")
_INDEX_SECONDS = 86_400
#: From these a table does not become valid by waiting (DMS API reference, TableStatistics).
_FINAL = {"Mismatched records", "Suspended records", "No primary key", "Table error", "Error", "Not enabled"}
_LATE = 15


def wait(work: Work) -> None:
    """Return when every table is loaded and valid.

    Raises StepFailedError when the task fails, when tables cannot become valid, or indexes cannot be made.
    """
    shown, patience = "", work.now() + _LATE
    while True:
        task = replication.look(work, work.handles.forward_task)
        with told("DMS does not say how its tables are", f"look: `{work.handles.command('status')}`"):
            found = dms.tables(work.client("dms"), work.handles.forward_task)
        line = progress(task, found)
        if line != shown:
            work.say(shown := line)
        if task.status == "stopped" and any(word in task.stop_reason for word in _LOADED):
            make_indexes(work)
            replication.begin(work, work.handles.forward_task, how=replication.RESUME)
            patience = work.now() + _LATE
        elif task.status == "failed" or (task.status in {"stopped", "ready"} and work.now() > patience):
            why = task.failure or task.stop_reason or "DMS does not say why"
            raise StepFailedError(f"the forward task is {task.status}: {why}")
        elif complete(task, found):
            return
        _refuse_final(found)
        work.pause()


def progress(task: Task, found: tuple[Table, ...]) -> str:
    """Return how far it is, in one line."""
    loaded = sum(one.state == "Table completed" for one in found)
    valid = sum(one.valid for one in found)
    pending = sum(one.pending for one in found)
    rows = f", {pending} rows are yet to be compared" if pending else ""
    return f"{task.status}, {task.percent} %: {loaded} of {len(found)} tables loaded, {valid} valid{rows}"


def complete(task: Task, found: tuple[Table, ...]) -> bool:
    """Return whether all is loaded and valid, and the task goes on with changes."""
    follows = task.status == "running" and task.percent == _ALL and task.resumed
    return follows and bool(found) and all(one.valid for one in found)


def make_indexes(work: Work) -> None:
    """Make the indexes that the source has and Aurora has not. Raises DatabaseError."""
    schemas, sentinel = work.environment.replication.schemas, work.sentinels.name
    with work.database(ON_PREMISES) as source, work.database(AURORA, seconds=_INDEX_SECONDS) as target:
        wanted = missing_indexes(
            catalog.read(source, schemas, sentinel), catalog.read(target, schemas, sentinel)
        )
        for name, definition in wanted.items():
            work.say(f"index {name}")
            # PostgreSQL's own words for the index, from its catalogue
            target.do(sql.SQL(definition))


def _refuse_final(found: tuple[Table, ...]) -> None:
    if not found or not all(one.valid or one.validation in _FINAL for one in found):
        return
    bad = [f"{one.name} ({one.validation})" for one in found if not one.valid]
    if bad:
        raise StepFailedError(f"tables that are not valid, and do not become so: {some(bad)}")
