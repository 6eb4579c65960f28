"""What is done with one stack: prepare, plan, judge, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from shared.deploy import guards, plans, recovery, unlock, upstreams
from shared.deploy.log import Event, StackLog, safe
from shared.deploy.transient import EngineError, retrying

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.deploy.run import Run
    from shared.deploy.work import Work
    from shared.errors import Problem

Result = TypeVar("Result")
_LOCKED = "Error acquiring the state lock"
_DONE = frozenset({"apply_complete", "apply_errored"})


def plan(run: Run, work: Work, *, destroy: bool = False) -> None:
    """Plan the stack and judge the plan; the work is then planned, unchanged, refused or failed."""
    try:
        _prepare(run, work)
        if destroy and recovery.killed(run.history(work.address)):
            recovery.adopt(run, work)
            run.look_again(work.address)
        work.inputs = run.inputs(work)
        problems = _plan(run, work, destroy=destroy)
    except EngineError as failure:
        _failed(run, work, failure)
    else:
        if problems:
            work.refuse(problems)
        else:
            work.status = "planned" if work.plan else "unchanged"
    run.settle(work)


def apply(run: Run, work: Work, *, destroy: bool = False) -> None:
    """Apply exactly the plan that was shown.

    After a passing error the rest is planned anew; it is applied only if it is a part of what was
    shown.
    """
    reviewed = work.summary
    assert reviewed is not None  # noqa: S101 - a planned work has a summary
    phase = "destroy" if destroy else "apply"

    def once() -> None:
        if work.plan is None:
            problems = _plan(run, work, destroy=destroy)
            if work.plan is None:
                return
            if problems or (work.summary and not plans.within(work.summary, reviewed)):
                raise EngineError(phase, "what remains to be done is not what was shown: review it again")
        terraform = run.terraform(work)
        if not terraform.prepared:
            with run.plugins.turn(terraform.directory):
                terraform.init()
        run.progress.phase(work.address, phase)
        try:
            terraform.apply(work.plan, phase=phase, on_event=_counter(run, work, reviewed.steps))
        finally:
            work.drop_plan()

    try:
        with work.timed(phase):
            _retrying(run, work, once)
    except EngineError as failure:
        _failed(run, work, failure)
    else:
        work.status, work.summary = ("destroyed" if destroy else "applied"), reviewed
    run.look_again(work.address)
    if work.status == "destroyed" and work.address not in run.states:
        forget_state(run, work)
    run.settle(work)


def _prepare(run: Run, work: Work) -> None:
    terraform = run.terraform(work)
    if not terraform.prepared:
        run.progress.phase(work.address, "init")
        with work.timed("init"), run.plugins.turn(terraform.directory):
            _retrying(run, work, terraform.init)
    if terraform.push_errored_state():
        run.note(work, "wrote the state that an earlier run could not save (errored.tfstate)")
        run.look_again(work.address)


def _plan(run: Run, work: Work, *, destroy: bool) -> list[Problem]:
    """Make and keep a plan, and return what is against it."""
    terraform = run.terraform(work)
    out = run.folder / "plans" / f"{safe(work.address)}.tfplan"
    run.progress.phase(work.address, "plan")
    state = run.states.get(work.address)
    work.state_version = state.version if state else None
    with work.timed("plan"):
        events = _retrying(run, work, lambda: terraform.plan(out, destroy=destroy, on_event=_ignore))
        work.summary = plans.from_log(events)
        lost = recovery.lost(run, work) if not destroy else {}
        if lost:
            events = recovery.take_over(run, work, lost, lambda: terraform.plan(out, on_event=_ignore))
            work.summary = plans.from_log(events)
    work.plan = out if events else None
    problems: list[Problem] = []
    # reading a plan loads the provider once more: seconds that only a plan that can lose something costs
    free = work.summary.only_creates or (destroy and run.options.protection == "destroyable")
    if events and not free:
        run.progress.phase(work.address, "review")
        with work.timed("show"):
            document = _retrying(run, work, lambda: terraform.show(out))
        work.summary = plans.from_json(document)
        problems = guards.violations(
            document,
            stack=work.address,
            allowed=run.options.allow,
            protection=run.options.protection,
            destroying=destroy,
        )
    if not destroy:
        problems += upstreams.dropped_outputs(run.manifest, work.address, work.summary, run.standing)
    return problems


def _retrying(run: Run, work: Work, action: Callable[[], Result]) -> Result:
    return retrying(action, stopping=run.interrupts.stopping, say=lambda text: run.note(work, text))


def _ignore(_event: Event) -> None:
    pass


def _counter(run: Run, work: Work, total: int) -> Callable[[Event], None]:
    done = 0

    def count(event: Event) -> None:
        nonlocal done
        if event.get("type") in _DONE:
            done += 1
            run.progress.advance(work.address, done, total)

    run.progress.advance(work.address, 0, total)
    return count


def _failed(run: Run, work: Work, failure: EngineError) -> None:
    held = unlock.holder(work.entry, run.clients) if _LOCKED in failure.text else None
    if held:
        work.refuse([unlock.describe(work.entry, held, run.history(work.address))])
    else:
        work.fail(failure.text)
        StackLog(run.folder, work.address).say(f"failed in {failure.phase}")


def forget_state(run: Run, work: Work) -> None:
    """Delete the state object of a stack of which nothing is left; its versions stay in the bucket."""
    client = run.clients.client("s3", work.entry.state_region)
    client.delete_object(Bucket=work.entry.state_bucket, Key=work.entry.state_key)
    run.look_again(work.address)
