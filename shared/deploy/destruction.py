"""A destruction: what goes is shown in full, agreed to once, and goes, consumers first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from shared.deploy import asking, guards, review, rounds, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.deploy.run import Run
    from shared.deploy.work import Work


def carry_out(run: Run, works: Sequence[Work], *, ask: Callable[[str], str] | None) -> None:
    """Plan and destroy; only what nobody reviews and nothing guards goes without a round of plans."""
    barrier = run.options.region_concurrency == "sequential"
    if run.options.yes and run.options.protection == "destroyable":
        rounds.destroy_onward(run, run.with_status("pending"), stage_by_stage=barrier)
    else:
        rounds.plan_destruction(run, run.with_status("pending"))
        run.refuse_all()
        planned = run.with_status("planned")
        if planned:
            run.console.print(overview(works))
        if asking.confirm(run, planned, _question(run, planned), ask=ask, answers=(run.manifest.suffix,)):
            rounds.destroy_all(run, planned, stage_by_stage=barrier)
    for work in run.with_status("unchanged"):
        # its resources went some other way, Terraform found none of them
        steps.forget_state(run, work)
        work.status = "absent"


def overview(works: Sequence[Work]) -> RenderableType:
    """Return what would go: the stacks with their counts, then by name every resource that holds data."""
    text = Text()
    for work in works:
        for address, lost in _data(work):
            text.append(f"  - {work.address}:{address}", style="red").append(f"  {lost}\n")
    heading = Text("\nWhat holds data, and goes with it:" if text else "\nNothing in it holds data.", "bold")
    return Group(review.review(works, details=False), heading, text)


def _data(work: Work) -> list[tuple[str, str]]:
    changes = work.summary.changes if work.summary else ()
    return sorted((c.address, guards.STATEFUL[c.type]) for c in changes if c.type in guards.STATEFUL)


def _question(run: Run, planned: Sequence[Work]) -> str:
    resources = sum(len(work.summary.changes) for work in planned if work.summary)
    holding = sum(len(_data(work)) for work in planned)
    what = f"{asking.number(len(planned), 'stack')} with {asking.number(resources, 'resource')}"
    data = f", {holding} of which hold{'s' if holding == 1 else ''} data" if holding else ""
    return f"This destroys {what}{data}. Type the suffix {run.manifest.suffix} to go on:"
