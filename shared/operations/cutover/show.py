"""The position, what can be done now, and findings, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from shared.operations.common import show
from shared.operations.common.show import UNKNOWN
from shared.operations.cutover import stages
from shared.operations.cutover.facts import SIDES, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from shared.operations.common.moves import Move
    from shared.operations.common.show import Line
    from shared.operations.cutover.facts import Gate, Position, Task
    from shared.operations.cutover.findings.finding import Finding

_STYLES = {"blocks": "bold red", "warns": "yellow", "ok": "green"}
_NEXT = {
    stages.REPLICATING: "assess",
    stages.READY: "assess",
    stages.CUT_OVER: "status",
    stages.ROLLED_BACK: "replicate --again",
}


def view(position: Position, moves: Sequence[Move]) -> RenderableType:
    """Return everything on one page."""
    return Group(*(Text.assemble(*line) for line in lines(position)), *_moves(moves))


def headline(position: Position) -> str:
    """Return where it stands in one line, without what changes all the time."""
    note = position.note
    stage = f"{note.stage}{f' ({note.step})' if note.step else ''}" if note else "the state is not known"
    where = f"to {WORDS[position.leads_to]}" if position.leads_to else "not to one database"
    tasks = f"{_task('forward', position.forward)}, {_task('reverse', position.reverse)}"
    return f"{stage}: the write name leads {where}; {tasks}"


def next_command(position: Position, place: str) -> str:
    """Return the command that is run next; none when there is none."""
    name = stages.BEGUN.get(position.stage) or _NEXT.get(position.stage)
    return f"invoke cutover.{name}{place}" if name else ""


def lines(position: Position) -> Iterator[Line]:
    """Yield what stands."""
    note = position.note
    if note:
        when = f"{note.at:%Y-%m-%d %H:%M:%S} " if note.at else ""
        step = f", {note.step}" if note.step else ""
        yield ("state       ", (note.stage, "bold"), f"{step} {when}{note.by}".rstrip())
        snapshot = note.kept.get("snapshot")
        if snapshot:
            yield ("snapshot    ", str(snapshot))
    where = WORDS.get(position.leads_to, str(position.weights or UNKNOWN))
    yield ("write name  ", "leads to ", (where, "bold"))
    for name, task in (("forward", position.forward), ("reverse", position.reverse)):
        yield (f"{name}     ", _task("", task).strip())
    tables = f"{position.valid_tables} of {len(position.tables)} are loaded and valid"
    yield ("tables      ", tables)
    for table in position.tables:
        if not table.valid:
            yield ("            ", (f"{table.name}: {table.state}, {table.validation}", "yellow"))
    if position.lag:
        lag = position.lag
        yield ("latency     ", f"{lag.worst_seconds:g} s at most in {lag.samples} minutes")
    for side in SIDES:
        yield (f"{WORDS[side].removeprefix('the '):12}", _gate(position.gates.get(side)))
    yield from show.silence(position.unreachable, position.unread)


def findings(found: Sequence[Finding]) -> RenderableType:
    """Return an assessment, what blocks last, where it is seen."""
    order = {"ok": 0, "warns": 1, "blocks": 2}
    return Group(*_findings(sorted(found, key=lambda one: order[one.verdict])))


def _findings(found: Sequence[Finding]) -> Iterator[RenderableType]:
    for one in found:
        yield Text.assemble((f"{one.verdict:7}", _STYLES[one.verdict]), (f"{one.code:20}", "bold"), one.what)
        for label, text in (("why", one.why), ("do", one.remedy)):
            if text:
                yield Padding(Text(f"{label}: {text}", style="dim"), (0, 0, 0, 27))
        if one.verdict == "blocks" and one.acceptable:
            yield Padding(Text(f"or: --accept {one.code}", style="dim"), (0, 0, 0, 27))


def _task(name: str, task: Task | None) -> str:
    if task is None:
        return f"{name} {UNKNOWN}"
    why = task.failure or task.stop_reason
    errors = f", {task.errored} tables with errors" if task.errored else ""
    said = f" ({why})" if why and task.status != "running" else ""
    return f"{name} {task.status}{said}{errors}"


def _gate(gate: Gate | None) -> tuple[str, str]:
    if gate is None:
        return UNKNOWN, "yellow"
    if gate.frozen:
        return "frozen", "bold cyan"
    if gate.read_only:
        who = ", ".join(gate.connect) or "nobody"
        return f"half frozen: {who} may connect, {gate.sessions} sessions", "yellow"
    return f"open, {gate.sessions} sessions", ""


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
