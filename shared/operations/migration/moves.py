"""What can be done now, and why the rest cannot: pure, from the topology alone.

After a kill nothing else is known, so every operation begins here: what is planned is what remains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.moves import Move
from shared.operations.migration.facts import FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.operations.migration.facts import Topology

MOVES = ("start", "approve", "abort", "rollback", "switchover", "finalize")
#: An execution did not finish: the next one goes on where it was.
UNFINISHED = ("shifting", "held", "shifted", "switching")
#: Nothing is under way and nothing can be taken back.
NOTHING_TO_RETURN_TO = ("none", "rolled-back")


def plan(topology: Topology, place: str = "") -> list[Move]:
    """Return every operation, in the order of a migration; `place` is what their commands end with."""
    return [move(name, topology, place) for name in MOVES]


def move(name: str, topology: Topology, place: str = "") -> Move:
    """Return one operation, by its name."""
    reasons_of, meaning_of = _RULES[name]
    reasons = tuple(reasons_of(topology))
    return Move(
        name=name,
        command=f"invoke migrate.{name}{place}",
        possible=not reasons,
        meaning=meaning_of(topology),
        reasons=reasons,
    )


def returning(topology: Topology) -> bool:
    """Say whether the execution that runs is on its way back."""
    checkpoint, running = topology.checkpoint, topology.running
    return bool(
        running
        and checkpoint
        and checkpoint.stage == "rolling-back"
        and checkpoint.execution in {running.arn, ""}
    )


def arrived(topology: Topology) -> bool:
    """Say whether traffic and writer are in the target."""
    return topology.share == FULL and topology.writer == topology.target


def _blind(topology: Topology) -> Iterator[str]:
    """Yield why nobody can tell what the machine is doing."""
    why = topology.unreachable.get(topology.target)
    if why:
        yield f"{topology.target} does not answer, and the state machine is there: {why}"
    elif not topology.executions_read or topology.checkpoint is None:
        said = "; ".join(topology.unread) or "nothing was said"
        yield f"it cannot be seen how far the migration is: {said}"


def _busy(topology: Topology) -> Iterator[str]:
    yield from _blind(topology)
    running = topology.running
    if running:
        yield f"an execution runs: {running.name}, at {running.state or 'its beginning'}"


def _no_way_back(topology: Topology) -> Iterator[str]:
    """Yield why the source is nothing to return to."""
    why = topology.unreachable.get(topology.source)
    if why:
        yield (
            f"{topology.source} does not answer, and the way back leads there ({why}): "
            "see the runbook, Failover"
        )
    if not topology.source_member:
        yield f"the database of {topology.source} has left the global database: that was final"


def _unsettled(topology: Topology) -> Iterator[str]:
    """Yield why the function `start` would refuse to go on from here."""
    for place in (topology.source, "Route 53"):
        if place in topology.unreachable:
            yield f"{place} does not answer: {topology.unreachable[place]}"
    if "Route 53" not in topology.unreachable and topology.weights is None:
        yield "the weights are not known: " + "; ".join(topology.unread)
    elif topology.weights and topology.share is None:
        yield "both weights are 0: Route 53 then answers as if they were equal; set one first"
    if topology.database is None:
        yield "the global database does not say where it writes"
        return
    if topology.database.changing:
        yield "the global database is being switched or failed over: wait until it is available"
    elif not topology.writer:
        yield "the global database has not exactly one writer"


def _start(topology: Topology) -> Iterator[str]:
    yield from _busy(topology)
    if topology.stage == "rolling-back":
        yield from _no_way_back(topology)
        return
    if topology.stage == "switching":
        return
    yield from _unsettled(topology)
    if arrived(topology) and topology.stage not in UNFINISHED:
        yield f"nothing remains to be done: traffic and writer are in {topology.target}"


def _approve(topology: Topology) -> Iterator[str]:
    yield from _blind(topology)
    running = topology.running
    if running and topology.question is None:
        yield f"nobody is asked: {running.name} is at {running.state or 'its beginning'}"
    elif running is None and topology.executions_read:
        yield "nobody is asked: no execution runs"


def _abort(topology: Topology) -> Iterator[str]:
    yield from _blind(topology)
    running = topology.running
    if running is None and topology.executions_read:
        yield "no execution runs; `migrate.rollback` goes back"
    elif running and returning(topology):
        yield f"{running.name} is on its way back already"
    yield from _no_way_back(topology)


def _rollback(topology: Topology) -> Iterator[str]:
    yield from _busy(topology)
    if topology.stage in NOTHING_TO_RETURN_TO:
        yield f"there is nothing to go back from: the checkpoint is at {topology.stage}"
    yield from _no_way_back(topology)


def _switchover(topology: Topology) -> Iterator[str]:
    yield from _busy(topology)
    if topology.stage == "rolling-back":
        yield "a rollback was begun and not finished: `migrate.start` finishes it"
    if topology.stage == "switching":
        return
    yield from _unsettled(topology)
    if topology.share not in {FULL, None}:
        yield f"{topology.target} has {topology.share:g} % of the traffic: the database follows at {FULL} %"
    if topology.writer == topology.target:
        yield f"the database writes in {topology.target} already"


def _finalize(topology: Topology) -> Iterator[str]:
    yield from _busy(topology)
    if topology.stage not in {"moved", ""}:
        yield f"the checkpoint is at {topology.stage}: only what has moved can be made final"
    if topology.share != FULL:
        known = "nobody knows how much" if topology.share is None else f"{topology.share:g} %"
        yield f"{topology.target} has {known} of the traffic: it has to have all"
    if topology.database is None:
        yield "the global database does not say where it writes"
    elif topology.database.changing:
        yield "the global database is being switched or failed over: wait until it is available"
    elif topology.writer != topology.target:
        yield f"the database writes in {topology.writer or 'no region'}, not in {topology.target}"
    if not topology.source_member:
        yield f"the database of {topology.source} has left the global database: it is final already"


def _start_means(topology: Topology) -> str:
    checkpoint = topology.checkpoint
    if checkpoint is None or checkpoint.stage not in {*UNFINISHED, "rolling-back"}:
        return f"moves the traffic to {topology.target} phase by phase, then asks, then moves the database"
    if checkpoint.stage == "rolling-back":
        return "finishes the rollback that was begun"
    if checkpoint.stage == "switching":
        return "finishes the switchover of the database, which was approved"
    if checkpoint.stage == "shifted":
        return "goes on after the last phase: asks, then moves the database"
    return f"goes on from its checkpoint: the phase {checkpoint.phase} % is done again"


def _back_means(topology: Topology) -> str:
    checkpoint = topology.checkpoint
    if checkpoint is None or checkpoint.found_weights is None:
        return "goes back to what the migration found"
    writer = f"the writer to {checkpoint.found_writer} first, then " if _writer_moved(topology) else ""
    return f"goes back to what the migration found: {writer}the weights to {checkpoint.found_weights}"


def _writer_moved(topology: Topology) -> bool:
    found = topology.checkpoint.found_writer if topology.checkpoint else ""
    return bool(found and topology.writer and topology.writer != found)


def _approve_means(topology: Topology) -> str:
    question = topology.question
    if question is None:
        return "answers the question that an execution waits for"
    about = {"phase": f"the phase {question.phase} %", "inconclusive": "a doubtful look of the gate"}
    return f"answers the question about {about.get(question.kind, 'the switchover of the database')}"


def _abort_means(topology: Topology) -> str:
    return f"stops the execution, then {_back_means(topology)}"


def _switchover_means(topology: Topology) -> str:
    return f"moves the database's writer to {topology.target}; writes are answered 503 for 2 to 3 minutes"


def _finalize_means(topology: Topology) -> str:
    return f"takes {topology.source} out of the global database: the point of no return"


_RULES: dict[str, tuple[Callable[[Topology], Iterator[str]], Callable[[Topology], str]]] = {
    "start": (_start, _start_means),
    "approve": (_approve, _approve_means),
    "abort": (_abort, _abort_means),
    "rollback": (_rollback, _back_means),
    "switchover": (_switchover, _switchover_means),
    "finalize": (_finalize, _finalize_means),
}
