"""The topology and what can be done now, for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from shared.operations.migration.facts import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from shared.operations.migration.facts import Topology
    from shared.operations.migration.moves import Move

_ALARMS = {"OK": "green", "ALARM": "bold red"}
_UNKNOWN = "?"


def view(topology: Topology, moves: Sequence[Move]) -> RenderableType:
    """Return everything on one page."""
    return Group(
        _regions(topology), "", *(Text.assemble(*line) for line in lines(topology)), "", _moves(moves)
    )


def headline(topology: Topology) -> str:
    """Return where it stands in one line, without what changes all the time."""
    running, weights = topology.running, topology.weights
    place = (running.state or "beginning") if running else "no execution runs"
    traffic = f"weights {weights} ({topology.propagation})" if weights else "weights not known"
    paused = f", writes paused in {', '.join(topology.paused)}" if topology.paused else ""
    question = f", asks: {topology.question.kind}" if topology.question else ""
    return f"{place}: {traffic}, writer {topology.writer or 'not known'}{paused}{question}"


def lines(topology: Topology) -> Iterator[tuple[str | tuple[str, str], ...]]:
    """Yield what is no table: the traffic, the executions, the checkpoint, the question, the silence."""
    share = "not known" if topology.share is None else f"{topology.share:g} % in {topology.target}"
    yield ("traffic     ", share, f", {topology.propagation}")
    running, ended, checkpoint = topology.running, topology.ended, topology.checkpoint
    if running:
        since = f"{running.state or 'beginning'} since {_ago(running.since)}"
        yield ("execution   ", (running.name, "bold"), f" runs, in {since}")
    else:
        yield ("execution   ", "none runs" if topology.executions_read else "not known")
    if ended:
        how = ended.outcome or ": ".join(filter(None, (ended.error, ended.cause)))
        style = "" if ended.status == "SUCCEEDED" else "yellow"
        yield ("last ended  ", ended.name, " ", (ended.status, style), f" {how}")
    if checkpoint:
        phase = f", phase {checkpoint.phase} %" if checkpoint.phase else ""
        yield ("checkpoint  ", (checkpoint.stage, "bold"), f"{phase} {checkpoint.at} {checkpoint.reason}")
    if topology.question:
        yield (("asked       ", "yellow"), f"{asked(topology)}")
    for place, why in topology.unreachable.items():
        yield (("no answer   ", "bold red"), f"{place}: {why}")
    for what in topology.unread:
        yield (("not known   ", "yellow"), what)


def asked(topology: Topology) -> str:
    """Return the open question as a sentence, with what the gate said; empty when there is none."""
    question = topology.question
    if question is None:
        return ""
    texts = {
        "phase": f"shift {question.phase} % of the traffic to {topology.target}?",
        "inconclusive": f"the gate cannot tell whether {question.phase} % is well: go on?",
        "switchover": f"move the database's writer to {topology.target}?",
    }
    return "\n  ".join([texts.get(question.kind, question.kind), *question.reasons])


def _regions(topology: Topology) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("region", "weight", "database", "lag", "targets", "alarms", "writes"):
        drawn.add_column(heading, overflow="fold")
    for role in ("source", "target"):
        region = getattr(topology, role)
        weight = _UNKNOWN if topology.weights is None else str(getattr(topology.weights, role))
        targets = [f"{one.healthy} of {one.registered}" for one in topology.targets if one.region == region]
        drawn.add_row(
            f"{region} ({role})",
            weight,
            _database(topology, region),
            _lag(topology, region),
            targets[0] if targets else _UNKNOWN,
            _alarms(topology, region),
            Text("paused", style="bold red") if region in topology.paused else "",
        )
    return drawn


def _database(topology: Topology, region: str) -> Text:
    if topology.database is None:
        return Text(_UNKNOWN)
    found = [member for member in topology.database.members if member.region == region]
    if not found:
        return Text("by itself", style="dim")
    status = "changing" if topology.database.changing else found[0].status or _UNKNOWN
    role = "writer" if found[0].writer else "secondary"
    return Text.assemble((role, "bold" if found[0].writer else ""), f" {status} {found[0].engine_version}")


def _lag(topology: Topology, region: str) -> str:
    if region == (topology.writer or topology.source):
        return ""
    return "no data" if topology.lag_ms is None else f"{topology.lag_ms:g} ms"


def _alarms(topology: Topology, region: str) -> Text:
    here = [alarm for alarm in topology.counting if alarm.region == region]
    if not here:
        return Text(_UNKNOWN)
    parts = [Text(f"{a.measures} {a.state}", style=_ALARMS.get(a.state, "yellow")) for a in here]
    return Text(", ").join(parts)


def _moves(moves: Sequence[Move]) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("what can be done now", no_wrap=True)
    drawn.add_column("what it does, or what is against it", overflow="fold")
    for move in sorted(moves, key=lambda one: not one.possible):
        what = move.meaning if move.possible else "; ".join(move.reasons)
        style = "" if move.possible else "dim"
        drawn.add_row(Text(move.command, style="green" if move.possible else "dim"), Text(what, style=style))
    return drawn


def _ago(since: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    return f"{since.astimezone(UTC):%H:%M:%S} UTC ({seconds // 60}:{seconds % 60:02d})"


def percent(topology: Topology) -> str:
    """Return the target's share, in words."""
    if topology.share is None:
        return "an unknown share"
    return "all" if topology.share == FULL else f"{topology.share:g} %"
