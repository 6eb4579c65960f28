"""Where a step of the rehearsal has to end, and looking whether it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.operations.recovery import moves
from shared.rehearsal.journeys import LOOK_SECONDS
from shared.rehearsal.scenario import RehearsalFailedError

if TYPE_CHECKING:
    from shared.operations.recovery.facts import Topology
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.recovery.journey import Journey

#: Checkers, resolvers and alarms need their time, on a busy machine.
PATIENCE_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class End:
    """How everything has to stand."""

    outcome: str
    """The operation's outcome, or the error that the execution ended with; `refused` for one that did not
    begin."""
    writer: str
    """`home` or `away`."""
    clients: str
    """Where DNS sends them: `home` or `away`."""
    pinned: bool
    stage: str
    """Of the checkpoint; empty: as it was."""
    told: tuple[str, ...] = ()
    """The last notifications."""


AWAY = End(
    outcome="failed-over",
    writer="away",
    clients="away",
    pinned=True,
    stage="failed-over",
    told=("started", "pinned", "promoted", "drained", "failed-over"),
)
HOME = End(
    outcome="failed-back",
    writer="home",
    clients="home",
    pinned=False,
    stage="failed-back",
    told=("started", "promoted", "drained", "failed-back"),
)


def until(journey: Journey, what: str, so: Callable[[Topology], bool]) -> Topology:
    """Look until it is so, and return that look. Raises RehearsalFailedError when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = journey.look()
        if so(seen):
            return seen
        if time.monotonic() > end:
            raise RehearsalFailedError(f"Not within {PATIENCE_SECONDS} seconds: {what}")
        time.sleep(LOOK_SECONDS)


def follows(seen: Topology, *, region: str) -> bool:
    """Say whether the cluster of a region follows another one."""
    member = seen.member(region)
    return bool(member and member.synchronization == "connected" and not member.writer)


def until_possible(journey: Journey, operation: str) -> None:
    """Wait until nothing is against an operation. RehearsalFailedError with the reasons that remain."""
    end = time.monotonic() + PATIENCE_SECONDS
    while reasons := moves.move(operation, journey.look()).reasons:
        if time.monotonic() > end:
            raise RehearsalFailedError(f"{operation} stays refused: {'; '.join(reasons)}")
        time.sleep(LOOK_SECONDS)


def until_clients_are_in(journey: Journey, region: str) -> None:
    """Wait until DNS answers with a region."""
    until(journey, f"DNS answers with {region}", lambda _: journey.dns.region() == region)


def checked(draft: Draft, journey: Journey, outcome: str, end: End) -> None:
    """Look at everything once more, and note what is right and what is not."""
    now = journey.look()
    notes = journey.told()
    for note in notes:
        draft.told(note)
    last = tuple(note["event"] for note in notes)[len(notes) - len(end.told) :]
    writer, clients = getattr(journey, end.writer), getattr(journey, end.clients)
    answered = journey.dns.region()
    draft.outcome = outcome
    draft.check(f"it ends as {end.outcome}", passed=outcome == end.outcome, detail=outcome)
    draft.check(f"the writer is in {writer}", passed=now.writer == writer, detail=now.writer)
    draft.check(f"DNS answers with {clients}", passed=answered == clients, detail=answered)
    pinned = "is pinned" if end.pinned else "is not pinned"
    found = {True: "pinned", False: "no pin", None: "not known"}[now.pinned]
    draft.check(f"{journey.home} {pinned}", passed=now.pinned is end.pinned, detail=found)
    if end.stage:
        draft.check(f"the checkpoint says {end.stage}", passed=now.stage == end.stage, detail=now.stage)
    if end.told:
        told = ", ".join(end.told)
        draft.check(f"told: {told}", passed=last == end.told, detail=", ".join(last))


def verdict(draft: Draft, journey: Journey) -> None:
    """Show the checks. Raises RehearsalFailedError when one of them failed."""
    for check in draft.checks:
        sign = "[green]right[/]" if check.passed else "[red]wrong[/]"
        journey.rehearsal.console.print(f"{sign}  {check.name}", highlight=False)
    for number in draft.numbers:
        journey.rehearsal.console.print(f"{number.value:>8}  {number.name}", highlight=False)
    if draft.failed:
        wrong = "; ".join(f"{check.name}: {check.detail}" for check in draft.failed)
        raise RehearsalFailedError(f"{draft.title}: {wrong}")
