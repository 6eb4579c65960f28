"""Load Aurora and keep it up to date, until every table is valid: `invoke cutover.replicate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from shared.errors import Problem, UserError
from shared.operations.common.calls import told
from shared.operations.common.operator import EXIT_INTERRUPTED, EXIT_OK, EXIT_OTHERWISE
from shared.operations.cutover import loading, replication, stages
from shared.operations.cutover.database import DatabaseError, identifier
from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.reads import dms, tables
from shared.operations.cutover.session import begin

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Operator, Result
    from shared.operations.cutover.session import Session
    from shared.operations.cutover.work import Work

_ALL = 100
_TEST_SECONDS = 300


def run(operator: Operator, *, again: bool = False) -> Result:
    """Test the connections, start the forward task or let it go on, and wait until every table is valid.

    `again`: empty Aurora's tables and load them anew; the only way after a rollback. With
    `operator.follow == "nothing"` it returns when the task runs. Raises Refused with every reason against it.
    """
    session = begin("replicate", operator)
    session.refuse(_problems(session, again=again))
    question = "Empty Aurora's tables and load them anew?" if again else "Go on?"
    if not session.confirmed(question):
        return session.declined()
    session = session.renewed()
    work = session.work()
    try:
        _test_connections(work)
        for side in (ON_PREMISES, AURORA):
            with work.database(side) as database:
                work.sentinels.make(database)
        if again:
            _empty(work)
        _begin(work, again=again)
        if again:
            work.write(stages.REPLICATING, "")
        if operator.follow == "nothing":
            return session.result("started", EXIT_OK, "the forward task runs")
        loading.wait(work)
    except (StepFailedError, DatabaseError) as error:
        return session.result("stopped", EXIT_OTHERWISE, str(error))
    except KeyboardInterrupt:
        return session.result("interrupted", EXIT_INTERRUPTED, "no longer watched: the task goes on")
    return session.result("replicating", EXIT_OK, "every table is loaded and valid")


def _problems(session: Session, *, again: bool) -> list[Problem]:
    forward, stage = session.before.forward, session.before.stage
    place = session.handles.place
    if again and forward and forward.running and stage != stages.ROLLED_BACK:
        what = "the forward task runs: what it loads would be emptied"
        return [Problem(what=what, remedy="leave out --again")]
    if again:
        return []
    remedy = f"`invoke cutover.replicate --again{place}` empties Aurora's tables and loads them anew"
    if stage == stages.ROLLED_BACK:
        return [Problem(what="what was replicated before the rollback is no beginning", remedy=remedy)]
    if forward and forward.status == "failed" and forward.percent < _ALL:
        return [Problem(what=f"the full load failed: {forward.failure}", remedy=remedy)]
    return []


def _test_connections(work: Work) -> None:
    client, handles = work.client("dms"), work.handles
    ends = {ON_PREMISES: handles.source_endpoint, AURORA: handles.target_endpoint}
    limit = work.now() + _TEST_SECONDS
    with told("DMS does not test its connections", f"look: `{handles.command('status')}`"):
        for arn in ends.values():
            dms.ask_for_test(client, handles, arn)
        for side, arn in ends.items():
            while (found := dms.connection(client, handles, arn))[0] in {"testing", "untested"}:
                if work.now() > limit:
                    raise StepFailedError(f"DMS still tests its connection to {WORDS[side]}")
                work.pause()
            if found[0] != "successful":
                raise StepFailedError(f"DMS does not reach {WORDS[side]}: {found[0]} {found[1]}".rstrip())
            work.say(f"DMS reaches {WORDS[side]}")


def _empty(work: Work) -> None:
    """Empty Aurora's tables, unless they are being loaded already. Raises DatabaseError."""
    if replication.look(work, work.handles.forward_task).running:
        return
    work.write(work.note.stage, "empty")
    schema, sentinel = work.environment.replication.sentinel_table
    with work.database(AURORA, seconds=600) as database:
        found = [
            (one.schema, one.name)
            for one in tables.tables(database, work.environment.replication.schemas)
            if not one.partition
        ]
        names = [identifier(*one) for one in dict.fromkeys([*found, (schema, sentinel)])]
        database.do(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
    work.say(f"{len(names)} tables of Aurora are empty")


def _begin(work: Work, *, again: bool) -> None:
    task = replication.look(work, work.handles.forward_task)
    if task.status == "missing":
        raise UserError("there is no forward task", remedy="apply the stack replication")
    how = replication.RESUME if task.begun else replication.START
    if again and task.begun:
        how = replication.RELOAD
    replication.begin(work, work.handles.forward_task, how=how)
