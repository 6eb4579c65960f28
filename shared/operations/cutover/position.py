"""Looks at everything that an operation decides by. Reads only; what does not answer is a fact, too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from shared.errors import UserError
from shared.operations.common.asking import Asking
from shared.operations.cutover import gates, notes
from shared.operations.cutover.database import DatabaseError, connected
from shared.operations.cutover.facts import WORDS, Position
from shared.operations.cutover.reads import dms, latency, names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.states import ClientFactory
    from shared.operations.cutover.facts import Gate, Note
    from shared.operations.cutover.handles import Handles
    from shared.operations.cutover.logins import Login

_Answer = TypeVar("_Answer")
_PARALLEL = 7


def observe(handles: Handles, logins: Mapping[str, Login], clients: ClientFactory) -> Position:
    """Return where everything stands now. Errors of AWS and the databases become `unreachable`, `unread`."""
    asking, now = Asking(clients), datetime.now(UTC)
    place, client = f"DMS in {handles.region}", asking.client("dms", handles.region)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        note = pool.submit(_note, handles, clients, asking)
        weights = pool.submit(
            asking.ask,
            "Route 53",
            lambda: names.weights(asking.client("route53", names.ROUTE53_REGION), handles),
        )
        forward = pool.submit(asking.ask, place, lambda: dms.task(client, handles.forward_task))
        reverse = pool.submit(asking.ask, place, lambda: dms.task(client, handles.reverse_task))
        tables = pool.submit(asking.ask, place, lambda: dms.tables(client, handles.forward_task))
        lag = pool.submit(_lag, handles, clients, asking, now)
        found = dict(zip(logins, pool.map(_gate, logins.values()), strict=True))
    return Position(
        looked_at=now,
        note=note.result(),
        weights=weights.result(),
        forward=forward.result(),
        reverse=reverse.result(),
        tables=tables.result() or (),
        gates={side: one for side, one in found.items() if not isinstance(one, DatabaseError)},
        lag=lag.result(),
        unreachable={**asking.unreachable, **_silent(found)},
        unread=tuple(asking.unread),
    )


def _silent(found: Mapping[str, Gate | DatabaseError]) -> dict[str, str]:
    return {WORDS[side]: one.why for side, one in found.items() if isinstance(one, DatabaseError)}


def _note(handles: Handles, clients: ClientFactory, asking: Asking) -> Note | None:
    place = f"Systems Manager in {handles.region}"
    return _understood(asking, place, lambda: notes.Notes(handles, clients, by="").read())


def _lag(handles: Handles, clients: ClientFactory, asking: Asking, now: datetime) -> Any:
    place = f"CloudWatch in {handles.region}"

    def look() -> Any:
        minutes = notes.limits(handles, clients).lag_window_minutes
        return latency.lag(asking.client("cloudwatch", handles.region), handles, minutes=minutes, now=now)

    return _understood(asking, place, look)


def _understood(asking: Asking, place: str, question: Callable[[], _Answer]) -> _Answer | None:
    """Return the answer; None, and the reason among what could not be read, when it means nothing."""
    try:
        return asking.ask(place, question)
    except UserError as error:
        asking.unread.append(f"{place}: {error}")
        return None


def _gate(login: Login) -> Gate | DatabaseError:
    try:
        with connected(login, seconds=10) as database:
            return gates.look(database)
    except DatabaseError as error:
        return error
