"""The two regions' parts of the traffic over time, stacked: the target's grows from below, in steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.rehearsal.report import series
from shared.rehearsal.report.words import words
from shared.reporting.canvas import FONT, Frame, Layers, breadth, line, number, rect, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.rehearsal.report.model import Chapter, Report

#: A part that is lower than this has no room for its number.
_READABLE = FONT + 6
_FULL = 100


@dataclass(frozen=True, kw_only=True)
class Block:
    """A region's part while it lasted; `low` and `high` are parts of the traffic, from 0 to 1."""

    begin: float
    end: float
    low: float
    high: float
    kind: str
    """`source`, `target`, or `unknown` when nobody said."""
    region: str

    @property
    def share(self) -> str:
        """Return the part in per cent."""
        return f"{round(_FULL * (self.high - self.low), 1):g} %"


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Where the traffic is drawn."""

    frame: Frame
    top: float
    height: float

    def y(self, part: float) -> float:
        """Return where a part of the traffic ends, counted from below."""
        return self.top + self.height * (1 - part)

    def width(self, block: Block) -> float:
        """Return how wide a block is."""
        return self.frame.x(block.end) - self.frame.x(block.begin)


def draw(layers: Layers, report: Report, chapter: Chapter, plot: Plot) -> None:
    """Draw the parts, the line between them, their shares and the scale."""
    frame = plot.frame
    group = ET.SubElement(layers.shapes, "g", {"class": "traffic"})
    found = list(_blocks(report, chapter))
    for block in found:
        corner, size = (frame.x(block.begin), plot.y(block.high)), (plot.width(block), plot.height)
        says = f"{block.region}: {block.share}" if block.region else words(report).unknown
        rect(group, corner, (size[0], size[1] * (block.high - block.low)), f"{block.kind} sharp", says)
    _boundary(group, chapter, plot)
    weighed = words(report).weighed
    for kind in ("source", "target"):
        _label(layers.words, [block for block in found if block.kind == kind], plot, weighed=weighed)
    for share in (0, 25, 50, 75, _FULL) if weighed else ():
        y = plot.y(share / _FULL)
        line(group, (frame.left, y), (frame.right, y), "grid")
        text(layers.words, (frame.left - 6, y + 4), f"{share} %", "quiet end")


def _blocks(report: Report, chapter: Chapter) -> Iterator[Block]:
    for span in series.spans(chapter, lambda sample: sample.share):
        share, time = span.value, {"begin": span.begin, "end": span.end}
        if share is None:
            yield Block(**time, low=0, high=1, kind="unknown", region="")
            continue
        if share < 1:
            yield Block(**time, low=share, high=1, kind="source", region=report.source)
        if share > 0:
            yield Block(**time, low=0, high=share, kind="target", region=report.target)


def _boundary(group: ET.Element, chapter: Chapter, plot: Plot) -> None:
    """Draw the line between the two: level while the weights last, upright where they change."""
    path, broken = "", True
    for span in series.spans(chapter, lambda sample: sample.share):
        if span.value is not None:
            begin, end = (number(plot.frame.x(seconds)) for seconds in (span.begin, span.end))
            y = number(plot.y(span.value))
            path += f"M{begin} {y}H{end}" if broken else f"V{y}H{end}"
        broken = span.value is None
    if path:
        ET.SubElement(group, "path", {"d": path, "class": "boundary"})


def _label(written: ET.Element, blocks: list[Block], plot: Plot, *, weighed: bool) -> None:
    """Write each block's share into it, and the region's name once, where it has most room.

    Where one region has all of the traffic there are no shares: its name is in each of its blocks.
    """
    high = [block for block in blocks if plot.height * (block.high - block.low) >= _READABLE]
    widest = max(high, key=plot.width, default=None)
    for block in high:
        middle = (
            plot.frame.x(block.begin + (block.end - block.begin) / 2),
            plot.y((block.low + block.high) / 2) + 4,
        )
        named = (f"{block.region} {block.share}", block.share)
        labels = (named if block is widest else named[1:]) if weighed else (block.region,)
        for label in labels:
            if breadth(label) < plot.width(block):
                text(written, middle, label, "middle halo")
                break
