"""What is done with one stack: prepare, plan, judge, apply."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from shared.deploy import drift, echoes, guards, owners, plans, queue, recovery, unlock, upstreams
from shared.deploy.log import Event, StackLog
from shared.deploy.plans import Change, PlanSummary
from shared.deploy.transient import EngineError, retrying
from shared.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shared.deploy.run import Run
    from shared.deploy.unlock import Holder
    from shared.deploy.work import Work

Result = TypeVar("Result")
_LOCKED = "Error acquiring the state lock"
#: Summaries of Terraform's errors when it cannot write the state (internal/backend/local, 1.11).
_UNSAVED = re.compile(
    r"Failed to (?:save|persist) state|Failed to create local state file|Error saving state"
)
#: Terraform's own word when the state is not the one that a saved plan was made on (internal/plans).
_STALE = "Saved plan is stale"
_WAITS = (
    "{} holds what was made and could not be written into the state. Keep it, and run the command again: "
    "it is written first."
)
_STOPPED = "stopped in the middle: what it made by then is in its state, and the same command goes on"
_DONE = frozenset({"apply_complete", "apply_errored"})


class UnsavedError(EngineError):
    """The state could not be saved anywhere: planning again would make what it held twice."""

    def __init__(self, phase: str, text: str) -> None:
        super().__init__(
            phase,
            f"{text}\nNot tried again: what was made is in no state. Run the command again; it takes "
            "over what the log of this apply names.",
        )

    @property
    def transient(self) -> bool:
        """No: a second try knows less than a new run, which reads the log."""
        return False


def plan(run: Run, work: Work, *, destroy: bool = False) -> None:
    """Plan the stack and judge the plan; the work is then planned, unchanged, refused or failed."""
    try:
        _prepare(run, work)
        work.orphans = recovery.unknown(run, work, partial(_plan_once, run, work)) if destroy else {}
        work.inputs = run.inputs(work)
        problems = _plan(run, work, destroy=destroy)
        _count_orphans(run, work)
    except EngineError as failure:
        _failed(run, work, failure)
    else:
        if problems:
            work.refuse(problems)
        else:
            work.status = "planned" if work.plan or work.orphans else "unchanged"
    run.settle(work)


def look(run: Run, work: Work) -> None:
    """Compare the stack's state with what stands; the work is then drifted, unchanged, refused or failed.

    Nothing is written, so a state that somebody is writing is left alone.
    """
    held = unlock.holder(work.entry, run.clients)
    problems = _against_looking(run, work, held)
    if problems:
        work.refuse(problems, passing=bool(held))
        run.settle(work)
        return
    out = plans.file_of(run.folder / "plans", work.address)
    try:
        _initialize(run, work)
        run.progress.phase(work.address, "refresh")
        with work.timed("refresh"):
            terraform = run.terraform(work)
            differs = _retrying(run, work, lambda: terraform.refresh(out))
            document = _retrying(run, work, lambda: terraform.show(out)) if differs else {}
    except EngineError as failure:
        _failed(run, work, failure)
    else:
        work.drift = drift.read(document, owners.in_stack(run.manifest.system, terraform.document()))
        intended = all(found.intended for found in work.drift)
        work.status = "unchanged" if intended else "drifted"
    finally:
        out.unlink(missing_ok=True)
    run.settle(work)


def _against_looking(run: Run, work: Work, held: Holder | None) -> list[Problem]:
    """Return why the state cannot be compared: it is being written, it is not whole, or it cannot be read."""
    if held:
        return [unlock.describe(work.entry, held, run.history(work.address), place=run.manifest.place)]
    left = run.terraform(work).errored
    if left.is_file():
        what = f"{left} holds what an apply made and could not write into the state"
        remedy = f"run `{queue.command_for(work.address, run.manifest.place)}`, which writes it first"
        return [Problem(where=work.address, what=what, remedy=remedy)]
    return upstreams.check(run.manifest, work.entry, run.states)


def apply(run: Run, work: Work, *, destroy: bool = False) -> None:
    """Apply exactly the plan that was shown.

    After a passing error the rest is planned anew; it is applied only if it is a part of what was
    shown.
    """
    reviewed = work.summary
    assert reviewed is not None  # noqa: S101 - a planned work has a summary
    phase = "destroy" if destroy else "apply"

    def once() -> None:
        terraform = run.terraform(work)
        if not terraform.prepared:
            with run.plugins.turn(terraform.directory):
                terraform.init()
        # never plan past a state that could not be saved: what it holds would be made twice
        _push_errored_state(run, work)
        if work.orphans:
            recovery.adopt(run, work)
            run.look_again(work.address)
            work.drop_plan()
        if work.plan is None:
            _plan_rest(run, work, reviewed, destroy=destroy)
        if work.plan is not None:
            run.progress.phase(work.address, phase)
            _apply_plan(run, work, work.plan, phase, reviewed.steps)

    try:
        with work.timed(phase):
            if work.exact:
                once()
            else:
                _retrying(run, work, once)
    except EngineError as failure:
        _failed(run, work, failure)
    else:
        work.status, work.summary = ("destroyed" if destroy else "applied"), reviewed
    run.look_again(work.address)
    if work.status == "destroyed" and work.address not in run.states:
        forget_state(run, work)
    run.settle(work)


def _apply_plan(run: Run, work: Work, plan: Path, phase: str, steps: int) -> None:
    terraform = run.terraform(work)
    try:
        terraform.apply(plan, phase=phase, on_event=_counter(run, work, steps))
    except EngineError as failure:
        if _UNSAVED.search(failure.text) and not terraform.errored.is_file():
            raise UnsavedError(phase, failure.text) from failure
        raise
    finally:
        work.drop_plan()


def _plan_rest(run: Run, work: Work, reviewed: PlanSummary, *, destroy: bool) -> None:
    """Plan what remains to be done. Raises EngineError when that is not a part of what was reviewed."""
    phase = "destroy" if destroy else "apply"
    problems = _plan(run, work, destroy=destroy)
    if problems:
        raise EngineError(phase, "\n".join(["what remains to be done is refused:", *map(str, problems)]))
    if destroy and work.summary:
        # a stack goes with its outputs; those of what was just taken over were not there to be shown
        reviewed = replace(reviewed, outputs=work.summary.outputs)
    if work.plan and work.summary and not plans.within(work.summary, reviewed):
        raise EngineError(phase, "what remains to be done is not what was shown: review it again")


def _count_orphans(run: Run, work: Work) -> None:
    """Show what no state knows yet among what is destroyed."""
    if not work.orphans:
        return
    found = [Change(address=a, kind="delete", type=a.split(".")[-2]) for a in work.orphans]
    before = work.summary or PlanSummary()
    work.summary = PlanSummary(changes=(*before.changes, *found), outputs=before.outputs)
    run.note(work, f"destroys what a killed run made and did not write down, too: {', '.join(work.orphans)}")


def _initialize(run: Run, work: Work) -> None:
    terraform = run.terraform(work)
    if not terraform.prepared:
        run.progress.phase(work.address, "init")
        with work.timed("init"), run.plugins.turn(terraform.directory):
            _retrying(run, work, terraform.init)


def _prepare(run: Run, work: Work) -> None:
    _initialize(run, work)
    _retrying(run, work, lambda: _push_errored_state(run, work))


def _push_errored_state(run: Run, work: Work) -> None:
    if run.terraform(work).push_errored_state():
        run.note(work, "wrote the state that an earlier run could not save (errored.tfstate)")
        run.look_again(work.address)


def _plan(run: Run, work: Work, *, destroy: bool) -> list[Problem]:
    """Make and keep a plan, and return what is against it."""
    terraform = run.terraform(work)
    out = plans.file_of(run.folder / "plans", work.address)
    run.progress.phase(work.address, "plan")
    state = run.states.get(work.address)
    work.state_version = state.version if state else None
    with work.timed("plan"):
        events = _plan_once(run, work, out, destroy=destroy)
        work.summary = plans.from_log(events)
        lost = recovery.lost(run, work) if not destroy else {}
        if lost:
            events = recovery.take_over(run, work, lost, lambda: _plan_once(run, work, out))
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
        problems += upstreams.dropped_outputs(run.manifest, work.address, work.summary, run.states)
    return problems


def _plan_once(run: Run, work: Work, out: Path, *, destroy: bool = False) -> list[Event]:
    terraform, lock = run.terraform(work), run.options.lock
    return _retrying(run, work, lambda: terraform.plan(out, destroy=destroy, lock=lock, on_event=_ignore))


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
        history = run.history(work.address)
        work.refuse([unlock.describe(work.entry, held, history, place=run.manifest.place)], passing=True)
        return
    if _STALE in failure.text:
        what = "its state was written by somebody else after it was planned: nothing was changed"
        remedy = "run the command again: what remains is planned and shown anew"
        work.refuse([Problem(where=work.address, what=what, remedy=remedy)], passing=True)
        return
    log, text = StackLog(run.folder, work.address), failure.text
    if run.interrupts.forced:
        text = echoes.without(text)
    if not text.strip():
        work.stop("interrupted", _STOPPED)
        log.say(f"stopped in {failure.phase}")
    else:
        left = run.terraform(work).errored
        waits = left.is_file() and str(left) not in text
        work.fail(f"{text}\n{_WAITS.format(left)}" if waits else text)
        log.say(f"failed in {failure.phase}")


def forget_state(run: Run, work: Work) -> None:
    """Delete the state object of a stack of which nothing is left; its versions stay in the bucket."""
    client = run.clients.client("s3", work.entry.state_region)
    client.delete_object(Bucket=work.entry.state_bucket, Key=work.entry.state_key)
    run.look_again(work.address)
