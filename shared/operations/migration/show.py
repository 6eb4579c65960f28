"""The topology and what can be done now, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from shared.operations.common import show
from shared.operations.common.show import UNKNOWN
from shared.operations.migration.facts import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from shared.operations.common.moves import Move
    from shared.operations.common.show import Line
    from shared.operations.migration.facts import Topology


def view(topology: Topology, moves: Sequence[Move]) -> RenderableType:
    """Return everything on one page."""
    return Group(
        _regions(topology), "", *(Text.assemble(*line) for line in lines(topology)), "", show.moves(moves)
    )


def headline(topology: Topology) -> str:
    """Return where it stands in one line, without what changes all the time."""
    running, weights = topology.running, topology.weights
    place = (running.state or "beginning") if running else "no execution runs"
    traffic = f"weights {weights} ({topology.propagation})" if weights else "weights not known"
    paused = f", writes paused in {', '.join(topology.paused)}" if topology.paused else ""
    question = f", asks: {topology.question.kind}" if topology.question else ""
    return f"{place}: {traffic}, writer {topology.writer or 'not known'}{paused}{question}"


def lines(topology: Topology) -> Iterator[Line]:
    """Yield what is no table: the traffic, the executions, the checkpoint, the question, the silence."""
    share = "not known" if topology.share is None else f"{topology.share:g} % in {topology.target}"
    yield ("traffic     ", share, f", {topology.propagation}")
    checkpoint = topology.checkpoint
    yield from show.executions(topology.running, topology.ended, read=topology.executions_read)
    if checkpoint:
        phase = f", phase {checkpoint.phase} %" if checkpoint.phase else ""
        yield ("checkpoint  ", (checkpoint.stage, "bold"), f"{phase} {checkpoint.at} {checkpoint.reason}")
    if topology.question:
        yield (("asked       ", "yellow"), f"{asked(topology)}")
    yield from show.silence(topology.unreachable, topology.unread)


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
    drawn = show.table("region", "weight", "database", "lag", "targets", "alarms", "writes")
    for role in ("source", "target"):
        region = getattr(topology, role)
        weight = UNKNOWN if topology.weights is None else str(getattr(topology.weights, role))
        targets = [f"{one.healthy} of {one.registered}" for one in topology.targets if one.region == region]
        drawn.add_row(
            f"{region} ({role})",
            weight,
            _database(topology, region),
            _lag(topology, region),
            targets[0] if targets else UNKNOWN,
            show.alarms([alarm for alarm in topology.counting if alarm.region == region]),
            Text("paused", style="bold red") if region in topology.paused else "",
        )
    return drawn


def _database(topology: Topology, region: str) -> Text:
    if topology.database is None:
        return Text(UNKNOWN)
    found = [member for member in topology.database.members if member.region == region]
    if not found:
        return Text("by itself", style="dim")
    status = "changing" if topology.database.changing else found[0].status or UNKNOWN
    role = "writer" if found[0].writer else "secondary"
    return Text.assemble((role, "bold" if found[0].writer else ""), f" {status} {found[0].engine_version}")


def _lag(topology: Topology, region: str) -> str:
    if region == (topology.writer or topology.source):
        return ""
    return "no data" if topology.lag_ms is None else f"{topology.lag_ms:g} ms"


def percent(topology: Topology) -> str:
    """Return the target's share, in words."""
    if topology.share is None:
        return "an unknown share"
    return "all" if topology.share == FULL else f"{topology.share:g} %"
