"""What can be done now, and why the rest cannot: pure, from the position alone.

After a kill nothing else is known, so every operation begins here: what is planned is what remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.operations.common.moves import Move
from shared.operations.cutover import stages
from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS
from shared.operations.cutover.sequence import FINISH, ROLLBACK, START, UNWIND, UNWIND_BACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.operations.cutover.facts import Position
    from shared.operations.cutover.sequence import Step, Way

MOVES = ("replicate", "start", "rollback", "finish")
FUNCTION_SECONDS = 330
"""The function has five minutes. So long after its note it may still move the name."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """The way that a command goes from here, and what remains of it."""

    way: Way
    steps: tuple[Step, ...]


def plan(position: Position, place: str = "") -> list[Move]:
    """Return every operation; `place` is what their commands end with."""
    return [move(name, position, place) for name in MOVES]


def move(name: str, position: Position, place: str = "") -> Move:
    """Return one operation, by its name."""
    reasons_of, meaning_of = _RULES[name]
    reasons = tuple(reasons_of(position))
    again = " --again" if name == "replicate" and position.stage == stages.ROLLED_BACK else ""
    return Move(
        name=name,
        command=f"invoke cutover.{name}{again}{place}",
        possible=not reasons,
        meaning=meaning_of(position),
        reasons=reasons,
    )


def course(name: str, position: Position) -> Course:
    """Return the way that a command (`start`, `rollback`, `finish`) goes, and the steps that remain."""
    stage, noted = position.stage, position.note.step if position.note else ""
    way = _WAYS[name](position)
    if way is START and stage == stages.MOVING:
        return Course(way=way, steps=way.after(stages.DRAINED, "move"))
    if way is ROLLBACK and stage == stages.RETURNING:
        return Course(way=way, steps=way.after(stages.DRAINED_BACK, "return"))
    return Course(way=way, steps=way.after(stage, noted))


def _start_way(position: Position) -> Way:
    return UNWIND if position.stage == stages.UNWINDING else START


def _rollback_way(position: Position) -> Way:
    """Before the name was moved a rollback only opens the source; afterwards it goes the whole way back."""
    if position.stage == stages.UNWINDING_BACK:
        return UNWIND_BACK
    if position.stage in {*stages.BEFORE, *stages.NOT_MOVED, stages.UNWINDING}:
        return UNWIND
    if position.stage == stages.MOVING and position.leads_to == ON_PREMISES:
        return UNWIND
    return ROLLBACK


def _finish_way(_: Position) -> Way:
    return FINISH


_WAYS: dict[str, Callable[[Position], Way]] = {
    "start": _start_way,
    "rollback": _rollback_way,
    "finish": _finish_way,
}


def _blind(position: Position, *, without: str = "") -> Iterator[str]:
    """Yield what has to be seen and is not; `without`: a database that is not needed."""
    if position.note is None:
        yield f"it cannot be seen how far the cutover is: {_said(position)}"
    if position.weights is None:
        yield f"it cannot be seen where the write name leads: {_said(position)}"
    elif not position.leads_to:
        yield f"the write name leads to {dict(position.weights)}, to neither database alone: mend the weights"
    if position.forward is None or position.reverse is None:
        yield f"it cannot be seen what DMS does: {_said(position)}"
    for place, why in position.unreachable.items():
        if place != WORDS.get(without):
            yield f"{place} does not answer: {why}"


def _said(position: Position) -> str:
    return "; ".join(position.unread) or "it does not answer"


def _busy(position: Position, *but: str) -> Iterator[str]:
    """Yield that another command was begun and has to come to its end."""
    begun = stages.BEGUN.get(position.stage)
    if begun and begun not in but:
        yield f"`cutover.{begun}` was begun and is at {position.stage}: it goes on when it is run again"


def _misled(position: Position) -> Iterator[str]:
    """Yield that the write name is not where the note says."""
    stage, leads_to = position.stage, position.leads_to
    if not stage or not leads_to or stage in {stages.MOVING, stages.RETURNING}:
        return
    back = {stages.RETURNED, stages.ROLLED_BACK, stages.UNWINDING}
    wanted = ON_PREMISES if stage in {*stages.BEFORE, *stages.NOT_MOVED, *back} else AURORA
    if leads_to != wanted:
        yield f"the state is {stage}, and the write name leads to {WORDS[leads_to]}: somebody moved it"


def _start(position: Position) -> Iterator[str]:
    yield from _blind(position)
    yield from _busy(position, "start")
    yield from _misled(position)
    stage = position.stage
    if stage == stages.CUT_OVER:
        yield "it is done: Aurora is written to"
    elif stage == stages.FINISHED:
        yield "it is done, and finished"
    elif stage == stages.ROLLED_BACK:
        yield "after a rollback Aurora has to be loaded anew: `cutover.replicate --again`"
    elif stage in stages.BEFORE:
        yield from _unready(position)


def _unready(position: Position) -> Iterator[str]:
    """Yield what is against beginning a cutover, as far as the tasks and gates say; the rest is assessed."""
    forward, reverse = position.forward, position.reverse
    if forward and forward.status != "running":
        why = f": {forward.failure or forward.stop_reason}" if forward.failure or forward.stop_reason else ""
        yield f"the forward task is {forward.status}{why}; `cutover.replicate` starts it"
    if reverse and reverse.status not in {"ready", "stopped", "failed"}:
        yield f"the reverse task is {reverse.status}, and has to be made and stopped"
    gate = position.gates.get(ON_PREMISES)
    if gate and gate.read_only:
        yield "the source is read-only, and no note says why: `cutover.rollback` opens it"


def _rollback(position: Position) -> Iterator[str]:
    yield from _blind(position)
    yield from _busy(position, "rollback", "start")
    yield from _misled(position)
    stage, gate = position.stage, position.gates.get(ON_PREMISES)
    if stage in stages.BEFORE and gate and not gate.read_only:
        yield "there is nothing to take back: the source is written to"
    elif stage == stages.ROLLED_BACK:
        yield "it is done: the source is written to"
    elif stage == stages.FINISHED:
        yield (
            "the reverse task was stopped for good: what Aurora took since then is in Aurora only; "
            "there are its snapshots and its point-in-time recovery"
        )
    elif stage == stages.MOVING and position.leads_to == ON_PREMISES:
        left = FUNCTION_SECONDS - position.age_of_note()
        if left > 0:
            yield f"the function may still move the name, for {left:.0f} s: `cutover.start` goes on with it"
    elif stage in {stages.MOVING, stages.MOVED, stages.CUT_OVER}:
        yield from _no_way_back(position)


def _no_way_back(position: Position) -> Iterator[str]:
    reverse = position.reverse
    if reverse and reverse.status != "running":
        said = reverse.failure or reverse.stop_reason
        why = f" ({said})" if said else ""
        yield f"the reverse task is {reverse.status}{why}: rows of Aurora's are missing in the source"
    if reverse and reverse.errored:
        yield f"{reverse.errored} tables of the reverse task have errors"


def _finish(position: Position) -> Iterator[str]:
    # it may be that the data centre is gone already
    yield from _blind(position, without=ON_PREMISES)
    yield from _busy(position, "finish")
    yield from _misled(position)
    stage = position.stage
    if stage == stages.FINISHED:
        yield "it is done: there is no reverse task any more"
    elif stage and stage not in {stages.CUT_OVER, *stages.BEGUN}:
        yield "nothing was cut over"


def _replicate(position: Position) -> Iterator[str]:
    yield from _blind(position)
    yield from _busy(position)
    yield from _misled(position)
    if position.stage in {stages.CUT_OVER, stages.FINISHED}:
        yield "Aurora is written to: the forward task would write over it"
    reverse = position.reverse
    if position.stage in {*stages.BEFORE, stages.ROLLED_BACK} and reverse and reverse.running:
        yield "the reverse task runs: both would carry the same rows in a circle"


def _replicate_means(position: Position) -> str:
    forward = position.forward
    if position.stage == stages.ROLLED_BACK:
        return "empties Aurora's tables and loads them anew"
    if forward and forward.status == "running":
        return "waits until every table is loaded and valid"
    again = "lets the forward task go on" if forward and forward.begun else "starts the forward task"
    return f"tests DMS's connections, {again}, waits until every table is loaded and valid"


def _start_means(position: Position) -> str:
    steps = course("start", position).steps
    if position.stage == stages.UNWINDING:
        return "goes on taking the cutover back: the source is opened"
    if position.stage in {*stages.NOT_MOVED, stages.MOVING, stages.MOVED}:
        return f"goes on: {steps[0].does}"
    return "assesses, freezes the source, drains it, moves the write name to Aurora; writes pause meanwhile"


def _rollback_means(position: Position) -> str:
    way = _rollback_way(position)
    if way is UNWIND:
        return "opens the source and lets the forward task go on: the name was not moved"
    if way is UNWIND_BACK:
        return "goes on taking the rollback back: Aurora is opened"
    again = "goes on: " if position.stage in stages.BACK else ""
    return f"{again}freezes Aurora, drains it into the source, moves the write name back; nothing is lost"


def _finish_means(_: Position) -> str:
    return "stops the reverse task: from then on every way back loses what was written meanwhile"


_RULES: dict[str, tuple[Callable[[Position], Iterator[str]], Callable[[Position], str]]] = {
    "replicate": (_replicate, _replicate_means),
    "start": (_start, _start_means),
    "rollback": (_rollback, _rollback_means),
    "finish": (_finish, _finish_means),
}
