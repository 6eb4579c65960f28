"""Rounds of a run: plan what can be planned, apply what was shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.deploy import deferred, queue, steps, upstreams
from shared.deploy.scheduler import run_graph
from shared.deploy.trouble import AWS_ERRORS, problem
from shared.deploy.work import BAD, OPEN, Work
from shared.errors import Problem, UserError

#: Marks a task that is done with a stack before its turn; no address begins so.
_BEFORE = "before "

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from shared.deploy.run import Run


def plan_all(run: Run, works: Sequence[Work]) -> None:
    """Plan every stack that can be planned on what stands; the others are deferred.

    A stack whose upstreams stand is planned at once, side by side with them. Its plan is dropped
    if an upstream's plan turns out to change a value that it reads.
    """
    needs = {
        work.address: [
            read.address
            for read in work.entry.reads
            if read.address not in run.standing
            or upstreams.check_read(run.manifest, work.entry, read, run.states)
        ]
        for work in works
    }
    _schedule(run, works, needs, lambda work: consider(run, work))
    for work in works:
        # in the queue's order, so that a stack behind a deferred one is deferred too
        if work.status in {"planned", "unchanged"} and (reasons := run.obstacles(work)):
            work.defer(reasons)
            run.settle(work)
        elif work.status in OPEN | {"unchanged"} and (reason := run.fallen(work)):
            work.stop("blocked", reason)
            run.settle(work)


def consider(run: Run, work: Work) -> None:
    """Plan the stack, or say why it cannot be planned now."""
    reason = run.fallen(work)
    if reason:
        work.stop("blocked", reason)
        run.settle(work)
        return
    reasons = run.obstacles(work)
    if reasons:
        work.defer(reasons)
        run.settle(work)
        return
    problems = upstreams.check(run.manifest, work.entry, run.states)
    if problems:
        work.refuse(problems)
        run.settle(work)
        return
    work.reasons = ()
    steps.plan(run, work)


def apply_all(run: Run, works: Sequence[Work], *, onward: bool) -> None:
    """Apply the planned stacks, each as soon as its upstreams are done.

    `onward`: stacks that were deferred are planned and applied as well when their turn comes.
    """
    chosen = [work for work in works if work.status == "planned" or (onward and work.status == "deferred")]
    among = [work.address for work in chosen]
    needs = {address: queue.upstreams(run.manifest, address, among) for address in among}
    _schedule(run, chosen, needs, lambda work: _carry_out(run, work, onward=onward))


def _carry_out(run: Run, work: Work, *, onward: bool) -> None:
    reason = run.fallen(work)
    if reason:
        work.stop("blocked", reason)
        run.settle(work)
        return
    if work.status == "planned" and _outrun(run, work):
        if work.exact:
            work.refuse([_outdated(work)], passing=True)
            run.settle(work)
            return
        work.defer(("an upstream changed what this stack reads: planned again",))
        run.settle(work)
    if work.status == "deferred" and onward:
        consider(run, work)
        if work.promised is not None and work.summary and deferred.beyond(work.summary, work.promised):
            return  # it stays planned until a person has seen it
    if work.status == "planned" and not run.interrupts.stopping.is_set():
        steps.apply(run, work)


def _outrun(run: Run, work: Work) -> bool:
    """Return whether an upstream publishes other values than the plan was made with, as it is now."""
    for read in work.entry.reads:
        # somebody else may have applied it while the question waited
        run.look_again(read.address)
    return run.inputs(work) != work.inputs


def _outdated(work: Work) -> Problem:
    return Problem(
        where=work.address,
        what="an upstream published other values than its saved plan was made with",
        remedy="plan what remains again and review that",
    )


def look_all(run: Run, works: Sequence[Work]) -> None:
    """Compare every stack's state with what stands; no stack waits for another."""
    _schedule(run, works, {}, lambda work: steps.look(run, work))


def plan_destruction(run: Run, works: Sequence[Work]) -> None:
    """Plan the destruction of every stack that has a state."""
    _schedule(run, works, {}, lambda work: steps.plan(run, work, destroy=True))


def destroy_all(run: Run, works: Sequence[Work], *, stage_by_stage: bool) -> None:
    """Destroy as planned, each stack as soon as its consumers are gone."""
    needs = _consumers(run, works, stage_by_stage=stage_by_stage)
    _schedule(run, works, needs, lambda work: _destroy(run, work), destroying=True)


def destroy_onward(run: Run, works: Sequence[Work], *, stage_by_stage: bool) -> None:
    """Plan and destroy in one round: the last stacks are still planned while the first go.

    For destructions that nobody reviews; a plan takes its time beside the provider's waits.
    """
    _schedule(
        run,
        works,
        _consumers(run, works, stage_by_stage=stage_by_stage),
        lambda work: _destroy(run, work),
        before=lambda work: steps.plan(run, work, destroy=True),
        destroying=True,
    )


def _consumers(run: Run, works: Sequence[Work], *, stage_by_stage: bool) -> dict[str, set[str]]:
    among = [work.address for work in works]
    return {
        work.address: {
            *queue.consumers(run.manifest, work.address, among),
            *(other.address for other in works if stage_by_stage and other.stage > work.stage),
        }
        for work in works
    }


def _destroy(run: Run, work: Work) -> None:
    consumers = queue.consumers(run.manifest, work.address, run.works)
    left = [address for address in consumers if run.works[address].status in BAD]
    if left and work.status == "planned":
        work.stop("blocked", f"{', '.join(left)} still stands")
        run.settle(work)
    elif work.status == "planned" and not run.interrupts.stopping.is_set():
        steps.apply(run, work, destroy=True)


def _guarded(run: Run, work: Work, action: Callable[[Work], None]) -> None:
    """Do it; what AWS refuses meanwhile is a failure of this stack, and the run goes on to its report."""
    try:
        action(work)
    except AWS_ERRORS as error:
        work.fail(str(problem(error)))
        run.settle(work)
    except UserError as error:
        work.fail(str(error))
        run.settle(work)


def _schedule(
    run: Run,
    works: Sequence[Work],
    needs: Mapping[str, Collection[str]],
    action: Callable[[Work], None],
    *,
    before: Callable[[Work], None] | None = None,
    destroying: bool = False,
) -> None:
    """Do `action` with every stack once its needs are done; `before` needs nothing and comes first.

    A free slot takes an action rather than a `before`. What most stacks wait for comes first, or when
    `destroying` what the fewest stand on.
    """
    weight = queue.weights(run.manifest, [work.address for work in works])
    for work in works:
        work.needs.update(needs.get(work.address, ()))
    begun = time.monotonic()
    ended: dict[str, float] = {}

    def one(address: str) -> None:
        work = run.works[address]
        work.waited(begun, {need: ended[need] for need in needs.get(address, ()) if need in ended})
        try:
            _guarded(run, work, action)
        finally:
            ended[address] = time.monotonic()

    # stable: among equals the order of the queue stays
    sign = 1 if destroying else -1
    line = sorted((work.address for work in works), key=lambda address: sign * weight[address])
    early = {_BEFORE + address: run.works[address] for address in line} if before else {}
    wanted = {
        address: {*needs.get(address, ()), *({_BEFORE + address} if before else ())} for address in line
    }

    def call(task: str) -> None:
        if before and task in early:
            _guarded(run, early[task], before)
        else:
            one(task)

    with run.progress.live():
        stopping = run.interrupts.stopping
        run_graph([*line, *early], wanted, call, slots=run.options.parallelism, stopping=stopping)
