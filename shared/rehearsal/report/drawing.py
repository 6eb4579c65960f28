"""The drawing of a chapter, as SVG: weights, writer, alarms and events on one axis of time.

Made for two widths: a page as wide as a desk's, and a phone's, where labels are numbers and the names
of rows stand above them. What colours say is said by patterns and words, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.rehearsal.report import area, legend, marks
from shared.rehearsal.report.phases import Phase, phases
from shared.rehearsal.report.rows import rows
from shared.rehearsal.report.words import words
from shared.reporting import drawing
from shared.reporting import rows as lines
from shared.reporting.canvas import Frame, Layers, breadth, text
from shared.reporting.drawing import NARROW, WIDE
from shared.reporting.figures import clock

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Report

__all__ = ["NARROW", "WIDE", "draw"]

_TOP, _MARGIN, _APART = 4.0, 22.0, 10.0
#: Heights: all of the traffic, and where it has no shares.
_TRAFFIC, _WHOLE = 150.0, 44.0
#: Left of the axis: the rows' names, and at least this; or the numbers of the traffic only.
_NAMES, _NUMBERS = 170.0, 50.0


def draw(report: Report, chapter: Chapter, *, key: str, width: float = WIDE) -> str:
    """Return the SVG; `key` begins its ids. The same chapter gives the same drawing."""
    worded = width >= WIDE
    found = marks.marks(chapter, worded=worded)
    below = rows(report, chapter)
    frame = _frame(chapter, found, below, width)
    layers = Layers()
    spoken = words(report)
    high = _TRAFFIC if spoken.weighed else _WHOLE
    tall = high + _APART + len(below) * (lines.NEXT if worded else lines.NEXT + lines.NAME)
    top = marks.draw(layers, found, frame, top=_TOP, bottom=tall)
    area.draw(layers, report, chapter, area.Plot(frame=frame, top=top, height=high))
    if worded:
        text(layers.words, (0, top + high / 2 + 4), spoken.traffic)
    y = top + high + _APART
    for row in below:
        y = lines.draw(layers, row, frame, y, beside=worded)
    lines.axis(layers, frame, top, top + tall)
    end = drawing.legend(layers, legend.words(report), (frame.left if worded else _TOP, y + 34, width))
    return drawing.whole(
        layers,
        (width, end),
        key=key,
        title=f"Timeline: {chapter.title}",
        told=_told(report, chapter),
        patterns=legend.PATTERNS,
    )


def _frame(chapter: Chapter, found: list[marks.Mark], below: list[lines.Row], width: float) -> Frame:
    """Return the axis: as long as names to its left and labels to its right let it be."""
    left = max(_NAMES, *(breadth(row.label) for row in below)) if width >= WIDE else _NUMBERS
    room = marks.room(found, chapter.length, width - left - _MARGIN)
    return Frame(left=left, width=room, seconds=chapter.length)


def _told(report: Report, chapter: Chapter) -> str:
    """Return the drawing's traffic in words, for whoever cannot see it."""
    said = [
        f"{_who(report, phase)} from "
        f"{clock(phase.begin, whole=chapter.length)} to {clock(phase.end, whole=chapter.length)}"
        for phase in phases(chapter)
        if phase.source is not None
    ]
    return "; ".join(said) or "Nobody said where the traffic goes."


def _who(report: Report, phase: Phase) -> str:
    if words(report).weighed:
        return f"{report.source} {phase.source}, {report.target} {phase.target}"
    return report.source if phase.source else report.target
