"""What can be done now, and why the rest cannot: pure, from the topology alone.

After a kill nothing else is known, so every operation begins here: what is planned is what remains. The
state machine refuses the same when it looks; here it is refused before anything runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.moves import Move
from shared.operations.recovery import readiness
from shared.operations.recovery.loss import ACCEPT, loss
from shared.operations.recovery.stages import BEGUN, settles_at, undone, unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.operations.recovery.facts import Topology

MOVES = ("switchover", "failover", "failback", "drain", "pin", "unpin")
_UNKNOWN_WRITER = "the global database does not say where it writes"


def plan(topology: Topology, place: str = "") -> list[Move]:
    """Return every operation; `place` is what their commands end with."""
    return [move(name, topology, place) for name in MOVES]


def move(name: str, topology: Topology, place: str = "") -> Move:
    """Return one operation, by its name."""
    reasons_of, meaning_of = _RULES[name]
    reasons = tuple(reasons_of(topology))
    accept = f" {ACCEPT}" if name == "failover" and not reasons and loss(topology) else ""
    return Move(
        name=name,
        command=f"invoke failover.{name}{accept}{place}",
        possible=not reasons,
        meaning=meaning_of(topology),
        reasons=reasons,
    )


def _busy(topology: Topology) -> Iterator[str]:
    running = topology.running
    if running:
        yield f"an execution runs: {running.name}, at {running.state or 'its beginning'}"


def _blind(topology: Topology) -> Iterator[str]:
    """Yield why nobody can tell what the machine is doing."""
    if not topology.executions_read or topology.checkpoint is None:
        unread = [what for what in topology.unread if f" in {topology.home}:" not in what]
        said = "; ".join((*topology.silent(topology.away), *unread)) or "nothing was said"
        yield f"it cannot be seen how far the machine is: {said}"


def _startable(topology: Topology, action: str, target: str) -> Iterator[str]:
    """Yield what is against any execution that moves the writer."""
    yield from _blind(topology)
    yield from _busy(topology)
    begun = BEGUN.get(topology.stage, action)
    # the home region may have been lost in the middle of a planned move
    if action not in {begun, "failover"}:
        yield f"a {begun} was begun and not finished: `failover.{begun}` goes on with it"
    if topology.database is None:
        yield _UNKNOWN_WRITER
        return
    if topology.member(target) is None:
        yield f"the global database has no member in {target}"
    if topology.changing and not unfinished(topology):
        what = topology.database.under_way
        yield f"the global database is {what}, and the machine did not begin that: wait"


def _failover(topology: Topology) -> Iterator[str]:
    """Nothing in here depends on what only the home region knows."""
    yield from _startable(topology, "failover", topology.away)
    begun = unfinished(topology)
    if topology.stays_in(topology.away):
        if not begun:
            yield f"there is nothing to do: the database writes in {topology.away} already{_left(topology)}"
        return
    member = topology.member(topology.away)
    # while Aurora promotes it, or moves the writer, the cluster is anything but available: the machine waits
    if member and not (begun and topology.changing):
        yield from readiness.available(member)


def _left(topology: Topology) -> str:
    """Return what a failover that somebody else did has left to do; nothing when nothing is left."""
    pin = "" if topology.pinned else f"; `failover.pin` keeps {topology.home} out of DNS"
    waiting = f"; `failover.drain` brings in the {topology.waiting} intents that wait"
    return pin + (waiting if topology.waiting else "")


def _switchover(topology: Topology) -> Iterator[str]:
    yield from _planned(topology, "switchover", source=topology.home, target=topology.away)


def _failback(topology: Topology) -> Iterator[str]:
    yield from _planned(topology, "failback", source=topology.away, target=topology.home)


def _planned(topology: Topology, action: str, *, source: str, target: str) -> Iterator[str]:
    yield from _startable(topology, action, target)
    resumed = BEGUN.get(topology.stage) == action
    # once the writer has arrived, the region that it left is not needed any more, and may be lost
    arrived = resumed and topology.stays_in(target)
    yield from readiness.seen(topology, [target] if arrived else [topology.home, topology.away])
    if topology.database is None or arrived or (resumed and topology.changing):
        return
    if topology.writer == target:
        yield f"the database writes in {target} already"
    elif topology.writer != source:
        yield f"the database writes in {topology.writer or 'no region that is known'}, not in {source}"
    else:
        yield from readiness.unready(topology, target)


def _drain(topology: Topology) -> Iterator[str]:
    for reason in _busy(topology):
        yield f"{reason}; it drains by itself"
    if topology.waiting == 0:
        yield "no intent waits"
    if not topology.writer:
        yield _UNKNOWN_WRITER
    if topology.changing:
        yield "the writer is being moved: wait until the global database is available"


def _pin(topology: Topology) -> Iterator[str]:
    for reason in _busy(topology):
        yield f"{reason}; it pins and unpins by itself"
    if topology.pinned:
        yield f"{topology.home} is pinned already"


def _unpin(topology: Topology) -> Iterator[str]:
    yield from _blind(topology)
    yield from _busy(topology)
    if topology.pinned is None:
        yield "it cannot be seen whether there is a pin"
    elif not topology.pinned and not undone(topology):
        yield "there is no pin"
    if topology.changing:
        yield "the writer is being moved: wait until the global database is available"
    elif not topology.writer:
        yield _UNKNOWN_WRITER
    elif topology.writer != topology.home:
        yield f"the database writes in {topology.writer}: clients would be sent to a region that only reads"
    if topology.stage == "failing-back":
        yield "a failback was begun and not finished: `failover.failback` goes on with it, and unpins"
    if undone(topology) and (until := settles_at(topology)):
        yield (
            "an execution was stopped, and a function of it may still move the writer until "
            f"{until:%H:%M:%S}: wait"
        )


def _switchover_means(topology: Topology) -> str:
    again = "goes on: " if topology.stage == "switching-over" else ""
    return (
        f"{again}sends clients to {topology.away}, then moves the writer there without loss, then drains "
        "the intents; payments are accepted as intents meanwhile"
    )


def _failover_means(topology: Topology) -> str:
    begun, lost = BEGUN.get(topology.stage, ""), loss(topology)
    again = {"": "", "failover": "goes on: "}.get(begun, f"takes over from a {begun}: ")
    planned = "" if begun else f"; while {topology.home} answers, `failover.switchover` loses nothing"
    return (
        f"{again}pins {topology.home} out of DNS, promotes {topology.away} without asking {topology.home}, "
        f"drains the intents{f'; {lost}{planned}' if lost else ''}"
    )


def _failback_means(topology: Topology) -> str:
    again = "goes on: " if topology.stage == "failing-back" else ""
    return (
        f"{again}moves the writer back to {topology.home} without loss, drains the intents, "
        f"then unpins {topology.home}"
    )


def _drain_means(topology: Topology) -> str:
    number = "what waits" if topology.waiting is None else f"{topology.waiting} intents"
    return f"brings {number} into the database in {topology.writer or 'the region that writes'}"


def _pin_means(topology: Topology) -> str:
    return f"keeps {topology.home} out of DNS, whatever its probe says; the database stays where it is"


def _unpin_means(topology: Topology) -> str:
    given_up = f", and gives up the {BEGUN[topology.stage]} that was begun" if undone(topology) else ""
    return f"lets {topology.home} back into DNS, as soon as its probe says that it is well{given_up}"


_RULES: dict[str, tuple[Callable[[Topology], Iterator[str]], Callable[[Topology], str]]] = {
    "switchover": (_switchover, _switchover_means),
    "failover": (_failover, _failover_means),
    "failback": (_failback, _failback_means),
    "drain": (_drain, _drain_means),
    "pin": (_pin, _pin_means),
    "unpin": (_unpin, _unpin_means),
}
