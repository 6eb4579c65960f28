"""The drawing of a chapter, as SVG: weights, writer, alarms and events on one axis of time.

Made for two widths: a page as wide as a desk's, and a phone's, where labels are numbers and the names
of rows stand above them. What colours say is said by patterns and words, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.rehearsal.report import area, legend, marks
from shared.rehearsal.report.canvas import Frame, Layers, breadth, line, number, rect, text
from shared.rehearsal.report.figures import clock, plain, ticks
from shared.rehearsal.report.phases import Phase, phases
from shared.rehearsal.report.rows import Row, rows
from shared.rehearsal.report.words import words

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Report

WIDE, NARROW = 960.0, 360.0
_TOP, _MARGIN, _APART = 4.0, 22.0, 10.0
#: Heights: all of the traffic (less where it has no shares), a bar, from one row to the next, and of a name
#: above its row.
_TRAFFIC, _WHOLE, _BAR, _NEXT, _NAME = 150.0, 44.0, 17.0, 23.0, 15.0
#: Left of the axis: the rows' names, and at least this; or the numbers of the traffic only.
_NAMES, _NUMBERS = 170.0, 50.0
#: Pixels that a moment of the axis takes at least.
_TICK = 62


def draw(report: Report, chapter: Chapter, *, key: str, width: float = WIDE) -> str:
    """Return the SVG; `key` begins its ids. The same chapter gives the same drawing."""
    worded = width >= WIDE
    found = marks.marks(chapter, worded=worded)
    below = rows(report, chapter)
    frame = _frame(chapter, found, below, width)
    layers = Layers()
    spoken = words(report)
    high = _TRAFFIC if spoken.weighed else _WHOLE
    tall = high + _APART + len(below) * (_NEXT if worded else _NEXT + _NAME)
    top = marks.draw(layers, found, frame, top=_TOP, bottom=tall)
    area.draw(layers, report, chapter, area.Plot(frame=frame, top=top, height=high))
    if worded:
        text(layers.words, (0, top + high / 2 + 4), spoken.traffic)
    y = top + high + _APART
    for row in below:
        y = _row(layers, row, frame, y, beside=worded)
    _axis(layers, frame, top, top + tall)
    here = {drawn.attrib["class"].split(" ")[0] for drawn in layers.shapes.iter("rect")}
    end = legend.legend(layers, report, here, (frame.left if worded else _TOP, y + 34, width))
    return _whole(report, chapter, layers, key, (width, end))


def _frame(chapter: Chapter, found: list[marks.Mark], below: list[Row], width: float) -> Frame:
    """Return the axis: as long as names to its left and labels to its right let it be."""
    left = max(_NAMES, *(breadth(row.label) for row in below)) if width >= WIDE else _NUMBERS
    room = marks.room(found, chapter.length, width - left - _MARGIN)
    return Frame(left=left, width=room, seconds=chapter.length)


def _whole(report: Report, chapter: Chapter, layers: Layers, key: str, size: tuple[float, float]) -> str:
    """Return the SVG document around what was drawn, with its patterns and its text for who cannot see."""
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "drawing", "role": "img"})
    svg.set("viewBox", f"0 0 {number(size[0])} {number(size[1])}")
    svg.set("aria-labelledby", f"{key}-title {key}-text")
    ET.SubElement(svg, "title", {"id": f"{key}-title"}).text = plain(f"Timeline: {chapter.title}")
    ET.SubElement(svg, "desc", {"id": f"{key}-text"}).text = plain(_told(report, chapter))
    legend.patterns(svg, key)
    svg.extend([layers.shapes, layers.lines, layers.words])
    legend.fill(svg, key)
    return ET.tostring(svg, encoding="unicode")


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


def _axis(layers: Layers, frame: Frame, top: float, bottom: float) -> None:
    for seconds in ticks(frame.seconds, max(int(frame.width / _TICK), 1)):
        x = frame.x(seconds)
        line(layers.shapes, (x, top), (x, bottom + 3), "grid")
        text(layers.words, (x, bottom + 17), clock(seconds, whole=frame.seconds), "quiet middle")
    line(layers.shapes, (frame.left, bottom), (frame.right, bottom), "rule")


def _row(layers: Layers, row: Row, frame: Frame, y: float, *, beside: bool) -> float:
    """Draw a row, and return where the next begins."""
    group = ET.SubElement(layers.shapes, "g", {"class": "row"})
    if beside:
        text(layers.words, (0, y + 13), row.label, says=row.says)
    else:
        text(layers.words, (frame.left, y + 11), row.label, "halo", row.says)
        y += _NAME
    for part in row.bars:
        x = frame.x(part.begin)
        wide = frame.x(part.end) - x
        high = _BAR * part.part
        rect(group, (x, y + _BAR - high), (wide, high), part.kind, part.words)
        if breadth(part.words) + 4 < wide:
            text(layers.words, (x + wide / 2, y + 13), part.words, f"middle on-{part.kind}")
    return y + _NEXT
