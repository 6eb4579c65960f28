"""Bring the intents that wait into the database, wherever it writes: `invoke failover.drain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.operator import EXIT_INTERRUPTED, EXIT_OK, EXIT_OTHERWISE
from shared.operations.recovery import calls, report
from shared.operations.recovery.facts import Drained
from shared.operations.recovery.operator import Result
from shared.operations.recovery.reads.standby import drained_of
from shared.operations.recovery.session import begin

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Operator
    from shared.operations.recovery.session import Session

_LOOK_AGAIN = "what was drained stays so; draining again does no harm"


def run(operator: Operator) -> Result:
    """Call the function until nothing but what the database refuses waits.

    Nothing is asked of the home region here; the function writes there when that is where the writer is.
    Raises Refused with every reason against it.
    """
    session = begin("drain", operator.leaving_home_out())
    session.refuse()
    if not session.confirmed(f"Drain into {session.before.writer}?"):
        return session.declined()
    session = session.renewed()
    total = Drained()
    try:
        while True:
            document = calls.drain(session.handles, session.operator.clients, into=session.before.writer)
            now = drained_of(document)
            total = Drained(
                drained=total.drained + now.drained,
                already_there=total.already_there + now.already_there,
                failed=now.failed,
            )
            if document.get("done"):
                return _ended(session, total, _refused(document))
            if not now.drained + now.already_there:
                what = "the function's time was up before it could bring in one"
                return _failed(session, total, what)
            session.operator.console.print(f"{report.counts(total)} ...", highlight=False)
    except calls.DrainFailedError as error:
        return _failed(session, total, str(error))
    except KeyboardInterrupt:
        said = ["no longer waited for: the function goes on to its end", report.counts(total)]
        return _result(session, EXIT_INTERRUPTED, "started", said, "drain")


def _refused(document: dict[str, object]) -> list[str]:
    failures = document.get("failures")
    listed = failures if isinstance(failures, list) else []
    return [f"{one.get('idempotency_key')}: {one.get('reason')}" for one in listed]


def _ended(session: Session, total: Drained, refused: list[str]) -> Result:
    code = EXIT_OTHERWISE if total.failed else EXIT_OK
    return _result(session, code, "drained", [report.counts(total), *refused], "status" if refused else "")


def _failed(session: Session, total: Drained, what: str) -> Result:
    said = [what, report.counts(total), _LOOK_AGAIN]
    return _result(session, EXIT_OTHERWISE, "DrainFailed", said, "drain")


def _result(session: Session, code: int, outcome: str, said: list[str], following: str) -> Result:
    return Result(
        operation="drain",
        exit_code=code,
        outcome=outcome,
        said=tuple(said),
        before=session.before,
        after=session.look(),
        next_command=session.handles.command(following) if following else "",
    )
