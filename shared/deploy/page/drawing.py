"""The timeline of a run, as SVG: a row a stack, what it waited for, when it was at work.

What colours say is said by patterns and words, too. Rows are in the order of the queue, so what a stack
waited for stands above it.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.deploy.page.words import ended
from shared.deploy.report import WAITING
from shared.reporting import drawing, rows
from shared.reporting.canvas import FONT, Frame, Layers, breadth, line, number, rect, text
from shared.reporting.drawing import NARROW, WIDE
from shared.reporting.figures import clock, cut, duration
from shared.reporting.rows import Bar, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.deploy.page.critical import CriticalPath
    from shared.deploy.report import RunReport, StackReport
    from shared.deploy.work import Span

__all__ = ["NARROW", "WIDE", "draw"]

_TOP, _MARGIN, _GROUP = 6.0, 22.0, 22.0
#: Left of the axis on a desk's page; on a phone's the names stand above their rows.
_NAMES, _NUMBERS = 170.0, 6.0
#: Narrower than that, words behind a bar are left out.
_LEAST_LETTERS = 8
PATTERNS = {
    "upstream": (7, "M-1 8L8 -1M-1 1L1 -1M6 8L8 6"),
    "slot": (6, "M1 1h2v2h-2z"),
    "stage": (7, "M0 3.5H7"),
    "question": (5, "M2.5 0V5"),
}
#: Phase -> what it is called.
PHASES = {
    "stage": "waits for the review of its stage",
    "upstream": "waits for another stack",
    "slot": "waits for its turn",
    "init": "init",
    "plan": "plan",
    "show": "review of the plan",
    "refresh": "refresh",
    "apply": "apply",
    "destroy": "destroy",
    "question": "a question waits for its answer",
}


def draw(report: RunReport, path: CriticalPath, *, key: str, width: float = WIDE) -> str:
    """Return the SVG; `key` begins its ids. The same report gives the same drawing."""
    beside = width >= WIDE
    left = max([_NAMES, *(breadth(stack.address) for stack in report.stacks)]) if beside else _NUMBERS
    frame = Frame(left=left, width=width - left - _MARGIN, seconds=max(report.seconds, 0.1))
    layers = Layers()
    groups = [(stage, list(stacks)) for stage, stacks in groupby(report.stacks, lambda stack: stack.stage)]
    high = rows.NEXT if beside else rows.NEXT + rows.NAME
    # the axis lies below the bars
    rows.axis(layers, frame, _TOP, _TOP + len(groups) * _GROUP + len(report.stacks) * high)
    y, places = _TOP, {}
    for stage, stacks in groups:
        y = _heading(layers, stage, y, width)
        for stack in stacks:
            critical = stack.address in path.stacks
            below = rows.draw(
                layers, _row(stack, frame), frame, y, beside=beside, kind="critical" if critical else ""
            )
            places[stack.address] = below - rows.NEXT / 2 - 3
            _remark(layers, stack, frame, below - rows.NEXT + 13)
            y = below
    for span in report.questions:
        _question(layers, span, frame, y)
    _chain(layers, report, path, frame, places)
    end = drawing.legend(layers, PHASES, (frame.left if beside else _TOP, y + 34, width))
    return drawing.whole(
        layers,
        (width, end),
        key=key,
        title=f"Timeline: {report.command} of {report.environment}",
        told="; ".join(_told(report, stack) for stack in report.stacks),
        patterns=PATTERNS,
    )


def _heading(layers: Layers, stage: str, y: float, width: float) -> float:
    line(layers.shapes, (0, y + _GROUP - 4), (width, y + _GROUP - 4), "grid")
    text(layers.words, (0, y + _GROUP - 9), stage, "quiet")
    return y + _GROUP


def _row(stack: StackReport, frame: Frame) -> Row:
    # what lasts longest is drawn first: a plan in an apply lies on it
    spans = sorted(stack.spans, key=lambda span: span.begin - span.end)
    bars = tuple(_bar(span, frame) for span in spans)
    return Row(label=stack.address, says=f"{stack.address}: {ended(stack)}", bars=bars)


def _bar(span: Span, frame: Frame) -> Bar:
    says = (
        f"{PHASES.get(span.phase, span.phase)}, {duration(span.end - span.begin)}, from "
        f"{clock(span.begin, whole=frame.seconds)} to {clock(span.end, whole=frame.seconds)}"
    )
    words = "" if span.phase in WAITING else span.phase
    if span.waits_for:
        says = f"waits for {span.waits_for}: {says}"
        words = span.waits_for
    return Bar(begin=span.begin, end=span.end, kind=span.phase, words=words, says=says)


def _remark(layers: Layers, stack: StackReport, frame: Frame, baseline: float) -> None:
    """Write how a stack ended behind its last bar, when that is not what everybody expects."""
    said = ended(stack, brief=True)
    if not said:
        return
    x = frame.x(stack.ended) + 5
    letters = int((frame.right - x) / (0.6 * FONT))
    kind = "halo bad" if stack.status in {"failed", "refused", "drifted"} else "halo"
    if letters >= _LEAST_LETTERS:
        text(layers.words, (x, baseline), cut(said, letters), kind, said)
    else:
        text(layers.words, (x - 8, baseline), cut(said, 24), f"{kind} end", said)


def _question(layers: Layers, span: Span, frame: Frame, bottom: float) -> None:
    """Draw a question as a band over all rows: nothing went on before it was answered."""
    x = frame.x(span.begin)
    says = f"{PHASES['question']}, {duration(span.end - span.begin)}"
    size = (max(frame.x(span.end) - x, 1.0), bottom - _TOP)
    drawn = rect(layers.shapes, (x, _TOP), size, "question sharp", says)
    layers.shapes.remove(drawn)
    layers.shapes.insert(0, drawn)


def _chain(
    layers: Layers, report: RunReport, path: CriticalPath, frame: Frame, places: Mapping[str, float]
) -> None:
    """Connect the stacks of the critical path: from where one ends to the row of the next."""
    ends = {stack.address: stack.ended for stack in report.stacks}
    group = ET.SubElement(layers.lines, "g", {"class": "chain"})
    for before, after in pairwise(path.stacks):
        x = number(frame.x(ends[before]))
        ET.SubElement(group, "path", {"d": f"M{x} {number(places[before])}V{number(places[after])}"})


def _told(report: RunReport, stack: StackReport) -> str:
    parts = [
        f"{(span.waits_for and 'waits for ' + span.waits_for) or PHASES.get(span.phase, span.phase)} "
        f"{clock(span.begin, whole=report.seconds)} to {clock(span.end, whole=report.seconds)}"
        for span in stack.spans
    ]
    return f"{stack.address} {ended(stack)}: {', '.join(parts) or 'nothing was done'}"
