"""Plans that were reviewed before and are applied exactly as they are: `deploy --plan`; `keeping` keeps them.

`applied.json` beside them says what was applied out of the set, so that the stages of a rollout can be
commands, and jobs, of their own.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from shared.deploy import asking, deferred, locks, plan_set, plans, queue, review, rounds
from shared.deploy.plan_set import APPLIED_NAME, PlanSet
from shared.deploy.plans import PlanSummary
from shared.deploy.saying import say
from shared.deploy.work import BAD, DONE, OPEN
from shared.errors import Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shared.deploy.run import Run
    from shared.deploy.work import Work


def restore(run: Run, folder: Path) -> PlanSet:
    """Take the set of `folder` into the run. Raises Refused with everything that moved since, by name."""
    found = plan_set.load(run, folder)
    problems = found.changed(run)
    if problems:
        raise Refused(problems)
    chosen = list(found.stacks)
    if run.options.to_stage:
        chosen = list(queue.until(run.manifest, chosen, run.options.to_stage))
    run.enqueue(chosen)
    run.observe()
    if locks.clear(run):
        run.observe()
    problems = [problem for work in run.works.values() for problem in found.moved(run, work)]
    if problems:
        raise Refused(problems)
    for work in run.works.values():
        _take(run, work, found)
    return found


def _take(run: Run, work: Work, found: PlanSet) -> None:
    record = found.stacks[work.address]
    if work.address in found.applied:
        work.status, work.reasons = "unchanged", ("applied before, out of this set",)
    elif record.status == "deferred":
        work.defer(record.reasons)
        work.promised = record.creates
    elif record.status == "unchanged":
        work.status = "unchanged"
    else:
        work.plan = plans.file_of(run.folder / "plans", work.address)
        shutil.copy2(found.folder / record.file, work.plan)
        work.summary, work.inputs, work.status = record.plan, record.inputs, "planned"
        work.exact = True


def carry_out(run: Run, found: PlanSet, *, ask: Callable[[str], str] | None) -> None:
    """Show the set, ask once, and apply it stage by stage; raises nothing that a stack did."""
    works = list(run.works.values())
    run.console.print(review.review(works))
    for allowed in found.allow:
        say(run.console, f"with leave that the plans were made with: {allowed}", style="bold")
    if not _agreed(run, run.with_status("planned"), run.with_status("deferred"), ask=ask):
        return
    for number in sorted({work.stage for work in works}):
        if not run.interrupts.stopping.is_set():
            _stage(run, [work for work in works if work.stage == number], found, ask=ask)
            _note_applied(run, found)


def _agreed(run: Run, planned: list[Work], waiting: list[Work], *, ask: Callable[[str], str] | None) -> bool:
    later = f"create what was deferred in {asking.names(waiting)}"
    if planned:
        return asking.confirm_plans(run, planned, f"saved, then {later}" if waiting else "saved", ask=ask)
    return asking.confirm(run, waiting, f"Now {later}, and nothing else? [y/N]", ask=ask)


def _stage(run: Run, group: list[Work], found: PlanSet, *, ask: Callable[[str], str] | None) -> None:
    before = [w.address for w in run.works.values() if w.stage < group[0].stage and w.status in BAD | OPEN]
    if before:
        for work in (work for work in group if work.status in OPEN):
            work.stop("blocked", f"an earlier stage did not come to its end: {', '.join(before)}")
            run.settle(work)
        return
    rounds.apply_all(run, group, onward=True)
    while more := [work for work in group if work.status == "planned"]:
        if not _approved(run, more, found, ask=ask):
            return
        for work in more:
            work.promised = None
        rounds.apply_all(run, group, onward=True)


def _approved(run: Run, more: list[Work], found: PlanSet, *, ask: Callable[[str], str] | None) -> bool:
    """Return whether plans that do more than was deferred may be applied; without a person they may not."""
    if run.interrupts.stopping.is_set():
        return False
    if not run.options.yes:
        run.console.print(review.review(more))
        return asking.confirm_plans(run, more, "shown: more than was deferred", ask=ask)
    for work in more:
        what = ", ".join(deferred.beyond(work.summary or PlanSummary(), work.promised or ()))
        remedy = f"`invoke {found.again}` makes a set of what remains; review that"
        problem = Problem(where=work.address, what=f"does more than was deferred: {what}", remedy=remedy)
        # a set that is made now holds this plan: the command after this one goes on
        work.refuse([problem], passing=True)
        run.settle(work)
    return False


def _note_applied(run: Run, found: PlanSet) -> None:
    """Write down what of the set stands, so that a later command goes on from there."""
    done = dict(found.applied)
    for work in run.with_status("applied"):
        if state := run.states.get(work.address):
            done[work.address] = state.version
    if done != found.applied:
        path = found.folder / APPLIED_NAME
        try:
            path.write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            what = f"{path} cannot be written ({error.strerror}): this set cannot be gone on with"
            say(run.console, what, style="red")


def goes_on(run: Run, folder: Path) -> bool:
    """Tell whether the same set can be run again: nothing of it that is left has moved or was refused."""
    found = plan_set.load(run, folder)
    left = [work for work in run.works.values() if work.status not in DONE]
    # a deferred stack that was refused does more than the set says, or cannot be planned as it is
    hopeless = any(work.status == "refused" and work.promised is not None for work in left)
    return not hopeless and not any(found.moved(run, work) for work in left)
