"""The parts of a rehearsed cutover: loaded, cut over, back, loaded and cut over again; customers pay."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from shared.operations.cutover import assess, replicate, rollback, start
from shared.operations.cutover.request import Request
from shared.rehearsal.cutover import measures
from shared.rehearsal.cutover.ends import CUT_OVER, ROLLED_BACK, checked, until_paid_into, verdict
from shared.rehearsal.cutover.journey import PACE, Journey
from shared.rehearsal.cutover.places import DATA_CENTRE, LANDED
from shared.rehearsal.journeys import act
from shared.rehearsal.scenario import RehearsalFailedError

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Operator, Result
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.cutover.ends import End
    from shared.rehearsal.scenario import Part

REASON = Request(reason="rehearsal")
#: How long customers pay at least before and after a move: what is measured is not only the move.
STEADY_SECONDS = 10.0


def parts(journey: Journey) -> tuple[Part, ...]:
    """Return the parts, to be gone through after the rollout."""
    plan = act(journey.rehearsal.plan_again)
    return framed(
        journey,
        ("Aurora is loaded while customers pay", act(partial(load, journey))),
        ("What speaks against a cutover", act(partial(judge, journey))),
        ("Cutover", act(partial(cut_over, journey, "Cutover", pace=1.0))),
        ("The plan of every stack is empty after the cutover", plan),
        ("Rollback", act(partial(roll_back, journey, "Rollback"))),
        ("Aurora is loaded again", act(partial(load, journey, again=True))),
        ("Cutover again", act(partial(cut_over, journey, "Cutover again"))),
        ("The plan of every stack is empty after the second cutover", plan),
        ("Customers are gone: what they were told, and what is there", act(partial(settle_up, journey))),
    )


def framed(journey: Journey, *inner: Part) -> tuple[Part, ...]:
    """Return the parts between the databases' start and their end."""
    return (
        ("Two databases run, one of them filled; customers pay", act(journey.open)),
        *inner,
        ("The databases are stopped", act(journey.close)),
    )


def load(journey: Journey, *, again: bool = False) -> None:
    """Load Aurora and let it follow, until every table is valid and the latency was low for long enough."""
    title = "Full load again" if again else "Full load, and every change since"
    with journey.chapters.chapter(title) as draft:
        journey.pace(PACE)
        began = time.monotonic()
        result = replicate.run(journey.operator(), again=again)
        draft.outcome = result.outcome
        draft.number("From the command until every table is valid", f"{time.monotonic() - began:.1f} s")
        tables = result.after.tables
        draft.number("Tables", str(len(tables)), f"{result.after.valid_tables} valid")
        said = "; ".join(result.said)
        draft.check("every table is loaded and valid", passed=result.outcome == "replicating", detail=said)
        if not draft.failed:
            steady(journey)
            journey.wait_for_alarms()
        measures.counted(draft, journey, DATA_CENTRE)
        verdict(draft, journey)


def steady(journey: Journey) -> None:
    """Let customers pay for a while, and the latency be measured for as long as a cutover asks for."""
    end = time.monotonic() + STEADY_SECONDS
    while time.monotonic() < end or reasons_left(journey):
        if time.monotonic() > end + 10 * STEADY_SECONDS:
            raise RehearsalFailedError(f"What is against a cutover stays: {'; '.join(reasons_left(journey))}")
        time.sleep(1.0)


def reasons_left(journey: Journey) -> list[str]:
    """Return what blocks a cutover now."""
    return [f"{one.code}: {one.what}" for one in assess.run(journey.operator()).blocking()]


def judge(journey: Journey) -> None:
    """Judge whether a cutover may begin: nothing may be against it."""
    with journey.chapters.chapter("What speaks against a cutover") as draft:
        found = assess.run(journey.operator())
        for one in found.findings:
            journey.rehearsal.console.print(f"{one.verdict:>6}  {one.what}", highlight=False, markup=False)
        blocking = [f"{one.code}: {one.what}" for one in found.blocking()]
        draft.number("Findings", str(len(found.findings)), f"{len(blocking)} of them block")
        draft.check("nothing blocks", passed=not blocking, detail="; ".join(blocking) or "nothing")
        verdict(draft, journey)


@dataclass(frozen=True, kw_only=True)
class Move:
    """An operation that moved the name, or was to."""

    result: Result
    steps: measures.Steps
    began: float
    """When customers were looked at first, on the monotonic clock."""
    ended: float


def cut_over(journey: Journey, title: str, *, pace: float = PACE) -> None:
    """Cut over while customers pay. `pace`: what a second of the TTL lasts."""
    _move(journey, title, start.run, CUT_OVER, pace=pace)


def roll_back(journey: Journey, title: str) -> None:
    """Roll back while customers pay into Aurora."""
    _move(journey, title, rollback.run, ROLLED_BACK, pace=PACE)


def _move(
    journey: Journey, title: str, run: Callable[[Operator, Request], Result], end: End, *, pace: float
) -> None:
    with journey.chapters.chapter(title) as draft:
        journey.pace(pace)
        began = time.monotonic()
        until_paid_into(journey, _other(end.writes), since=began)
        steps = measures.Steps(draft)
        result = run(journey.operator(at_step=steps.see), REASON)
        move = Move(result=result, steps=steps, began=began, ended=time.monotonic())
        _moved(draft, journey, move, end)


def _moved(draft: Draft, journey: Journey, move: Move, end: End) -> None:
    """Measure and count after an operation that moved the name."""
    journey.sampler.step = ""
    for sentence in move.result.said:
        journey.rehearsal.console.print(sentence, highlight=False, markup=False)
    measures.operation(draft, move.steps, min(move.steps.began.values(), default=move.began), move.ended)
    checked(draft, journey, move.result.outcome, end)
    if move.result.outcome == end.outcome:
        until_paid_into(journey, end.writes, since=move.ended)
        time.sleep(STEADY_SECONDS / 2)
        measures.one_writer(draft, journey.customers.paid(since=move.began), _other(end.writes), end.writes)
    ttl = journey.environment.cutover.ttl * journey.ttl_scale
    measures.paused(draft, journey, since=move.began, ttl=ttl)
    measures.counted(draft, journey, end.writes)
    verdict(draft, journey)


def _other(place: str) -> str:
    return DATA_CENTRE if place == LANDED else LANDED


def settle_up(journey: Journey) -> None:
    """Let customers go, and count for the last time: in the database that writes, and in both."""
    with journey.chapters.chapter("Everything, counted at the end") as draft:
        journey.customers.leave()
        measures.counted(draft, journey, journey.answered())
        measures.equal(draft, journey)
        for said, number in journey.customers.failures.most_common(5):
            draft.number(f"Refused customers: {said}", str(number))
        verdict(draft, journey)
