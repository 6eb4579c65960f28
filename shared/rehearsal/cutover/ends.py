"""What a part of a rehearsed cutover has to end with, and the look whether it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.rehearsal.cutover.places import ADDRESSES, DATA_CENTRE, LANDED
from shared.rehearsal.journeys import LOOK_SECONDS
from shared.rehearsal.scenario import RehearsalFailedError

if TYPE_CHECKING:
    from shared.operations.cutover.facts import Position
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.cutover.journey import Journey

#: Longer than the longest TTL, and than a full load on a busy machine.
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class End:
    """How it has to be."""

    outcome: str
    """The operation's word: `cut-over`, `rolled-back`, `ready`, `refused`."""
    writes: str
    """Database that customers pay into."""
    stage: str
    """Noted; empty: whatever it was before."""
    forward: str
    """Status of the forward task."""
    reverse: tuple[str, ...]
    """What the reverse task's status may be."""


CUT_OVER = End(outcome="cut-over", writes=LANDED, stage="cut-over", forward="stopped", reverse=("running",))
ROLLED_BACK = End(
    outcome="rolled-back", writes=DATA_CENTRE, stage="rolled-back", forward="stopped", reverse=("stopped",)
)
TAKEN_BACK = End(
    outcome="ready",
    writes=DATA_CENTRE,
    stage="ready",
    forward="running",
    reverse=("ready", "stopped"),
)
REFUSED = End(
    outcome="refused", writes=DATA_CENTRE, stage="", forward="running", reverse=("ready", "stopped")
)


def until(journey: Journey, what: str, so: Callable[[], bool]) -> None:
    """Wait for it. Raises RehearsalFailedError after four minutes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        if time.monotonic() > end:
            failures = dict(journey.customers.failures.most_common(3))
            raise RehearsalFailedError(f"Not within {PATIENCE_SECONDS:g} seconds: {what}; {failures}")
        time.sleep(LOOK_SECONDS)


def until_paid_into(journey: Journey, place: str, *, since: float, every: bool = True) -> None:
    """Wait until customers (`every` one of them) were told since a moment that a payment is made there."""
    wanted = journey.customers.writers if every else 1

    def so() -> bool:
        paid = journey.customers.paid(since=since)
        return len({one.writer for one in paid if one.place == ADDRESSES[place]}) >= wanted

    until(journey, f"customers pay into {place}", so)


def checked(draft: Draft, journey: Journey, outcome: str, end: End, *, stage: str = "") -> Position:
    """Look at everything once more, and note what is right and what is not."""
    now = journey.topology()
    draft.outcome = outcome
    draft.check(f"it ends as {end.outcome}", passed=outcome == end.outcome, detail=outcome)
    answered = journey.answered()
    draft.check(f"the write name leads to {end.writes}", passed=answered == end.writes, detail=answered)
    wanted = end.stage or stage
    draft.check(f"the note says {wanted}", passed=now.stage == wanted, detail=now.stage)
    forward, reverse = (task.status if task else "not seen" for task in (now.forward, now.reverse))
    draft.check(f"the forward task is {end.forward}", passed=forward == end.forward, detail=forward)
    said = " or ".join(end.reverse)
    draft.check(f"the reverse task is {said}", passed=reverse in end.reverse, detail=reverse)
    return now


def verdict(draft: Draft, journey: Journey) -> None:
    """Show the checks. Raises RehearsalFailedError when one of them failed."""
    console = journey.rehearsal.console
    for check in draft.checks:
        sign = "[green]right[/]" if check.passed else "[red]wrong[/]"
        console.print(f"{sign}  {check.name}", highlight=False)
    for number in draft.numbers:
        console.print(f"{number.value:>12}  {number.name}", highlight=False)
    if draft.failed:
        wrong = "; ".join(f"{check.name}: {check.detail}" for check in draft.failed)
        raise RehearsalFailedError(f"{draft.title}: {wrong}")
