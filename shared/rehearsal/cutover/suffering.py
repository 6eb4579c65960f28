"""The parts of a rehearsal with faults: a cutover or a rollback with each of them, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from shared.errors import Refused
from shared.operations.cutover import replicate, rollback, start
from shared.rehearsal import faults
from shared.rehearsal.cutover import measures
from shared.rehearsal.cutover.ends import checked, until, until_paid_into, verdict
from shared.rehearsal.cutover.faults import TABLE, Fault, KilledError, Once
from shared.rehearsal.cutover.journey import PACE, Journey
from shared.rehearsal.cutover.parts import REASON, cut_over, framed, load, roll_back, steady
from shared.rehearsal.cutover.places import DATA_CENTRE, LANDED
from shared.rehearsal.journeys import act

if TYPE_CHECKING:
    from shared.operations.cutover.operator import Result
    from shared.operations.cutover.sequence import Step
    from shared.rehearsal.scenario import Part


def parts(journey: Journey, chosen: Sequence[faults.AnyFault]) -> tuple[Part, ...]:
    """Return the parts: the load, and for each fault what it is put into, and the way back."""
    inner: list[Part] = [("Aurora is loaded while customers pay", act(partial(load, journey)))]
    for fault in chosen:
        inner.append((f"Fault {fault.name}: {fault.what}", act(partial(suffer, journey, fault))))
        inner.append((f"As it was before {fault.name}", act(partial(restore, journey))))
    return framed(journey, *inner)


def suffer(journey: Journey, fault: Fault) -> None:
    """Go through a cutover or a rollback with the fault, and look where it ended."""
    back = fault.asked.get("operation") == "rollback"
    if back:
        cut_over(journey, "Cutover, to be taken back")
    with journey.chapters.chapter(f"Fault {fault.name}") as draft, ExitStack() as held:
        journey.held = held
        journey.pace(PACE)
        began, stage = time.monotonic(), journey.topology().stage
        steps, hit = measures.Steps(draft), Once(journey, fault, draft)
        hit.begin()

        def see(step: Step) -> None:
            steps.see(step)
            hit.see(step)

        outcome = attempt(journey, lambda: _operate(journey, see, back=back))
        if fault.then:
            draft.event("state", outcome)
            outcome = fault.then(journey)
        hit.happened()
        journey.sampler.step = ""
        checked(draft, journey, outcome, fault.end, stage=stage)
        until_paid_into(journey, fault.end.writes, since=time.monotonic())
        measures.paused(draft, journey, since=began, ttl=journey.environment.cutover.ttl * journey.ttl_scale)
        measures.counted(draft, journey, fault.end.writes)
        verdict(draft, journey)


def _operate(journey: Journey, see: Callable[[Step], None], *, back: bool) -> Result:
    operator = journey.operator(at_step=see)
    return rollback.run(operator, REASON) if back else start.run(operator, REASON)


def attempt(journey: Journey, operation: Callable[[], Result]) -> str:
    """Return what came of an operation: `refused` when it did not begin, `killed` when it was."""
    console = journey.rehearsal.console
    try:
        result = operation()
    except Refused as refusal:
        said = "; ".join(problem.what for problem in refusal.problems)
        journey.refusals.append(said)
        console.print(f"Refused: {said}", highlight=False, markup=False, soft_wrap=True)
        return "refused"
    except KilledError:
        return "killed"
    for sentence in result.said:
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    return result.outcome


def restore(journey: Journey) -> None:
    """Let the data centre write again and Aurora follow, as before."""
    if journey.topology().stage == "cut-over":
        roll_back(journey, "Back to the data centre")
    again = _without_table(journey)
    if again or journey.topology().stage == "rolled-back":
        load(journey, again=True)
    else:
        replicate.run(journey.operator())
        steady(journey)


def _without_table(journey: Journey) -> bool:
    """Take a fault's table away, and say whether there was one: a task that knew it has to load anew."""
    with journey.connected(DATA_CENTRE) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE]).fetchone()
    if row != (True,):
        return False
    client = journey.rehearsal.deployment.clients.client("dms", journey.region)
    client.stop_replication_task(ReplicationTaskArn=journey.handles.forward_task)
    until(
        journey,
        "the forward task is stopped",
        lambda: bool((task := journey.topology().forward) and task.status == "stopped"),
    )
    for place in (DATA_CENTRE, LANDED):
        with journey.connected(place) as connection:
            connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    return True
