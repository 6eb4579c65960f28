"""The review of a plan set as a page for people who decide elsewhere: a comment, a job's summary.

It holds names and numbers, no values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy import deferred
from shared.deploy.review import remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.deploy.plans import PlanSummary
    from shared.deploy.run import Run
    from shared.deploy.work import Work

_COLUMNS = ("add", "change", "replace", "destroy")


def page(run: Run) -> str:
    """Return the table of all stacks, the leave that was given, and every change in words."""
    works = list(run.works.values())
    lines = [
        f"### Plan of `{run.manifest.environment}`, suffix `{run.manifest.suffix}`",
        "",
        "| stack | stage | add | change | replace | destroy | |",
        "|---|---|--:|--:|--:|--:|---|",
        *(_row(work, run.manifest.stage_names[work.stage - 1]) for work in works),
        "",
    ]
    for allowed in sorted(run.options.allow):
        lines += [f"**With leave: `{allowed}`**", ""]
    for work in works:
        lines += _details(run, work)
    return "\n".join(lines) + "\n"


def _row(work: Work, stage: str) -> str:
    counts = work.summary.counts if work.summary else {}
    numbers = " | ".join(_number(counts.get(column), column) for column in _COLUMNS)
    return f"| `{work.address}` | {stage} | {numbers} | {remark(work)} |"


def _number(count: int | None, column: str) -> str:
    if count is None:
        return "-"
    return f"**{count}**" if count and column in {"replace", "destroy"} else str(count)


def _details(run: Run, work: Work) -> Iterator[str]:
    """Yield a part that opens on a click: what the stack's plan does, or may do once it can be made."""
    if work.status == "deferred":
        heading = f"{work.address}: may create, once it can be planned; anything else is asked about"
        lines = [f"create {address}" for address in deferred.creations(run, work)]
    else:
        heading = work.address
        lines = list(_changes(work.summary)) if work.summary else []
    if lines:
        yield from (f"<details><summary>{heading}</summary>", "", "```", *lines, "```", "", "</details>", "")


def _changes(summary: PlanSummary) -> Iterator[str]:
    for change in sorted(summary.changes, key=lambda change: change.address):
        because = f" because of {', '.join(change.forcing)}" if change.forcing else ""
        what = f" ({', '.join(change.attributes)})" if change.attributes and not because else ""
        yield f"{change.kind} {change.address}{because}{what}"
    for name, action in sorted(summary.outputs.items()):
        yield f"{action} output {name}"
