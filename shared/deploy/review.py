"""The review: one table of all plans, then what each does, and the closing words of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from shared.deploy import page
from shared.deploy.page import words
from shared.deploy.report import RunReport, numbers
from shared.deploy.saying import say

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from shared.deploy.plans import Change, PlanSummary
    from shared.deploy.work import Work

_SIGNS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("±", "red"),
    "delete": ("-", "red"),
    "forget": ("∅", "yellow"),
    "import": ("←", "cyan"),
}
_DONE = frozenset({"applied", "destroyed"})


def said(work: Work, *, looking: bool = False) -> str:
    """Return how a stack stands, and why."""
    text = words.word(work.status, looking=looking)
    return f"{text}, {'; '.join(work.reasons)}" if work.reasons and work.status != "refused" else text


def remark(work: Work) -> str:
    """Return what stands behind a stack's numbers: what its plan leaves to itself, and how it stands."""
    left = work.summary.count("forget") if work.summary else 0
    said_so = [said(work)] if work.status != "planned" else []
    return "; ".join([f"forgets {left}", *said_so] if left else said_so)


def queue_table(
    works: Sequence[Work],
    stage_names: Sequence[str],
    asked: Collection[str],
    pulled: Mapping[str, Sequence[str]],
    half: Collection[str] = (),
) -> Table:
    """Return the queue as it is shown before anything runs; `half`: what was applied in part only."""
    table = Table(box=None, pad_edge=False, title="Queue", title_justify="left")
    for heading in ("Stage", "Stack", ""):
        table.add_column(heading)
    for work in works:
        why = "applied in part only" if work.address in half else "never applied"
        notes = [] if work.address in asked else [f"upstream, {why}"]
        if work.address in pulled:
            notes.append(f"pulled forward, needed by {', '.join(pulled[work.address])}")
        table.add_row(stage_names[work.stage - 1], work.address, "; ".join(notes))
    return table


def review(works: Sequence[Work], *, details: bool = True) -> RenderableType:
    """Return the review of the works: the table, and below it every resource that changes."""
    table = Table(box=None, pad_edge=False, title="Review", title_justify="left")
    table.add_column("Stack")
    headings = ("add", "change", "replace", "destroy")
    for heading in headings:
        table.add_column(heading.capitalize(), justify="right")
    table.add_column("")
    for work in works:
        counts = work.summary.counts if work.summary else {}
        cells = [_number(counts, heading) for heading in headings]
        table.add_row(work.address, *cells, remark(work))
    shown = [w for w in works if w.summary and not w.summary.empty] if details else []
    return Group(table, *(_details(work.address, work.summary) for work in shown if work.summary))


def _number(counts: Mapping[str, int], heading: str) -> Text:
    if not counts:
        return Text("-", style="dim")
    alarming = counts[heading] and heading in {"replace", "destroy"}
    return Text(str(counts[heading]), style="bold red" if alarming else "")


def _details(address: str, summary: PlanSummary) -> Text:
    text = Text(f"\n{address}\n", style="bold")
    for change in sorted(summary.changes, key=lambda change: change.address):
        sign, colour = _SIGNS.get(change.kind, ("?", "red"))
        text.append(f"  {sign} {change.address}{_why(change)}\n", style=f"not bold {colour}")
    for name, action in sorted(summary.outputs.items()):
        sign, colour = _SIGNS[action]
        text.append(f"  {sign} output {name}\n", style=f"not bold {colour}")
    return text


def _why(change: Change) -> str:
    if change.forcing:
        return f"  (replaced because of {', '.join(change.forcing)})"
    return f"  ({', '.join(change.attributes)})" if change.attributes else ""


def as_json(works: Sequence[Work]) -> list[dict[str, Any]]:
    """Return the review as plain JSON data: names and numbers, no values."""
    return [
        {
            "stack": work.address,
            "status": work.status,
            "reasons": list(work.reasons),
            "counts": work.summary.counts if work.summary else {},
            "changes": [
                {"address": c.address, "action": c.kind, "attributes": list(c.attributes)}
                for c in (work.summary.changes if work.summary else ())
            ],
            "outputs": work.summary.outputs if work.summary else {},
        }
        for work in works
    ]


def drift(works: Sequence[Work]) -> RenderableType:
    """Return what differs from the states, stack by stack: strays first, then what operations own."""
    return Group(*(_drift(work) for work in works if work.drift))


def _drift(work: Work) -> Text:
    text = Text(f"\n{work.address}\n", style="bold")
    for found in sorted(work.drift, key=lambda one: one.intended):
        sign, colour = ("-", "red") if found.gone else ("~", "dim" if found.intended else "yellow")
        gone = "  is gone" if found.gone else ""
        text.append(f"  {sign} {found.address}{gone}\n", style=f"not bold {colour}")
        for one in found.differences:
            owner = f"  owned by {one.owner}: {one.reason}" if one.owner else ""
            style = "not bold dim" if owner else "not bold"
            text.append(f"      {one.attribute}: {one.before} → {one.after}{owner}\n", style=style)
    return text


def closing(console: Console, report: RunReport, works: Sequence[Work], *, looking: bool = False) -> None:
    """Print how the run ended: the table, what failed and its log, the report, what to run next."""
    table = Table(box=None, pad_edge=False, title="Result", title_justify="left")
    for heading in ("Stack", "Result", "Time"):
        table.add_column(heading, justify="right" if heading == "Time" else "left")
    for work in works:
        spent = sum(seconds for phase, seconds in work.seconds.items() if phase != "queued")
        done = numbers(work) if work.status in _DONE or (looking and work.drift) else ""
        end = said(work, looking=looking)
        table.add_row(work.address, Text(f"{end} ({done})" if done else end), f"{spent:.1f} s")
    console.print(table)
    for address, held in report.locks.items():
        say(console, f"{address}: the state is still locked by {held}")
    for work in works:
        if work.status == "failed":
            say(console, f"\n{work.address} failed:\n{work.error}\nlog: {work.log}", style="red")
        for problem in work.problems:
            say(console, f"\nrefused: {problem}", style="red")
    for path in page.paths(report.folder):
        say(console, f"report: {path}")
    if report.next_command:
        say(console, f"next: {report.next_command}", style="bold")
