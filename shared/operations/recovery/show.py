"""The topology and what can be done now, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from shared.operations.common import show
from shared.operations.common.show import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from shared.operations.common.moves import Move
    from shared.operations.common.show import Line
    from shared.operations.recovery.facts import Checkpoint, Topology

_WRITES = {
    "blocked": "writes in the region that was left were blocked",
    "not-blocked": "writes in the region that was left could not be blocked",
    "unknown": "nobody knows whether writes in the region that was left were blocked",
}


def view(topology: Topology, moves: Sequence[Move]) -> RenderableType:
    """Return everything on one page."""
    stands = (Text.assemble(*line) for line in lines(topology))
    return Group(_regions(topology), "", *stands, *_moves(moves))


def headline(topology: Topology) -> str:
    """Return where it stands in one line, without what changes all the time."""
    running = topology.running
    place = (running.state or "beginning") if running else "no execution runs"
    database = topology.database
    change = f" ({database.under_way})" if database and database.changing else ""
    waits = "nobody knows whether intents wait" if topology.waiting is None else "intents wait"
    waits = "no intent waits" if topology.waiting == 0 else waits
    return f"{place}: writer {topology.writer or 'not known'}{change}, {pinned(topology)}, {waits}"


def pinned(topology: Topology) -> str:
    """Return whether the home region is in DNS, in words."""
    words = {True: "is pinned out of DNS", False: "is not pinned", None: "may be pinned or not"}
    return f"{topology.home} {words[topology.pinned]}"


def lines(topology: Topology) -> Iterator[Line]:
    """Yield what is no table: the pin, the intents, executions, the checkpoint, the silence."""
    pin = topology.pin
    since = f" since {pin.since:%Y-%m-%d %H:%M} UTC" if pin and pin.since else ""
    said = " ".join(filter(None, (pin.by, pin.reason))) if pin else ""
    yield ("pin         ", (pinned(topology), "bold" if topology.pinned else ""), f"{since} {said}".rstrip())
    waiting = "not known" if topology.waiting is None else f"{topology.waiting} wait for the database"
    yield ("intents     ", waiting)
    yield from show.executions(topology.running, topology.ended, read=topology.executions_read)
    if topology.checkpoint:
        yield from _checkpoint(topology.checkpoint)
    if topology.left_out:
        yield (("left out    ", "yellow"), f"{topology.left_out}: nothing was asked there")
    yield from show.silence(topology.unreachable, topology.unread)


def _checkpoint(checkpoint: Checkpoint) -> Iterator[Line]:
    step = f", {checkpoint.step}" if checkpoint.step else ""
    more = " ".join(filter(None, (checkpoint.at, checkpoint.requested_by, checkpoint.reason)))
    yield ("checkpoint  ", (checkpoint.stage, "bold"), f"{step} {more}".rstrip())
    if checkpoint.lag_ms is not None:
        yield ("lag then    ", f"{checkpoint.lag_ms:g} ms, of {checkpoint.lag_at or 'an unknown time'}")
    if checkpoint.writes in _WRITES:
        yield ("fencing     ", _WRITES[checkpoint.writes])
    drained = checkpoint.drained
    if drained:
        counts = f"{drained.drained}, {drained.already_there} there before, {drained.failed} failed"
        yield ("drained     ", (counts, "yellow" if drained.failed else ""))


def _moves(moves: Sequence[Move]) -> Iterator[RenderableType]:
    """Yield what can be done now, then what is against the rest; below each other, as commands are long."""
    possible = [move for move in moves if move.possible]
    others = [move for move in moves if not move.possible]
    for heading, group in (("what can be done now", possible), ("what cannot", others)):
        if group:
            yield Text(f"\n{heading}", style="bold")
        for move in group:
            yield Text(move.command, style="green" if move.possible else "dim")
            for text in (move.meaning,) if move.possible else move.reasons:
                yield Padding(Text(text, style="" if move.possible else "dim"), (0, 0, 0, 4))


def _regions(topology: Topology) -> Table:
    drawn = show.table("region", "database", "engine", "lag", "alarms")
    for role, region in (("home", topology.home), ("standby", topology.away)):
        member = topology.member(region)
        drawn.add_row(
            f"{region} ({role})",
            _database(topology, region),
            (member.engine_version if member else "") or UNKNOWN,
            _lag(topology, region),
            show.alarms([alarm for alarm in topology.alarms if alarm.region == region]),
        )
    return drawn


def _database(topology: Topology, region: str) -> Text:
    member = topology.member(region)
    if topology.database is None:
        return Text(UNKNOWN)
    if member is None:
        return Text("no member", style="bold red")
    role = "writer" if member.writer else "secondary"
    status = topology.database.under_way or member.status or UNKNOWN
    return Text.assemble(
        (role, "bold" if member.writer else ""), f" {status} {member.synchronization}".rstrip()
    )


def _lag(topology: Topology, region: str) -> str:
    if region == topology.writer:
        return ""
    lag = topology.lags.get(region)
    return "no data" if lag is None else f"{lag.milliseconds:g} ms at {lag.at:%H:%M}"
