"""Rows of bars over an axis of time: what a timeline is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.reporting.canvas import breadth, line, rect, text
from shared.reporting.figures import clock, ticks

if TYPE_CHECKING:
    from shared.reporting.canvas import Frame, Layers

#: Heights: a bar, from one row to the next, and of a name above its row.
_BAR, NEXT, NAME = 17.0, 23.0, 15.0
#: Pixels that a moment of the axis takes at least.
_TICK = 62


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A part of a row."""

    begin: float
    end: float
    kind: str
    """Class in the page's styles; the text on it has the class `on-KIND`."""
    words: str
    """Written on it if there is room, and shown to whoever points at it."""
    part: float = 1.0
    """Of the row's height, from below."""
    says: str = ""
    """Shown to whoever points at it, instead of the words."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row; `says` is its full name."""

    label: str
    says: str
    bars: tuple[Bar, ...]


def draw(layers: Layers, row: Row, frame: Frame, y: float, *, beside: bool, kind: str = "") -> float:
    """Draw a row, and return where the next begins; its name, of a class, is `beside` it or above."""
    group = ET.SubElement(layers.shapes, "g", {"class": "row"})
    if beside:
        text(layers.words, (0, y + 13), row.label, kind, says=row.says)
    else:
        text(layers.words, (frame.left, y + 11), row.label, f"{kind} halo".strip(), row.says)
        y += NAME
    for part in row.bars:
        x = frame.x(part.begin)
        wide = frame.x(part.end) - x
        high = _BAR * part.part
        rect(group, (x, y + _BAR - high), (wide, high), part.kind, part.says or part.words)
        if part.words and breadth(part.words) + 4 < wide:
            text(layers.words, (x + wide / 2, y + 13), part.words, f"middle on-{part.kind}")
    return y + NEXT


def axis(layers: Layers, frame: Frame, top: float, bottom: float) -> None:
    """Draw the moments as lines from `top` to `bottom`, and their names below."""
    for seconds in ticks(frame.seconds, max(int(frame.width / _TICK), 1)):
        x = frame.x(seconds)
        line(layers.shapes, (x, top), (x, bottom + 3), "grid")
        said = clock(seconds, whole=frame.seconds)
        # a name in the middle below its moment would be cut where the drawing begins
        roomy = x >= breadth(said) / 2
        text(layers.words, (x if roomy else 0, bottom + 17), said, "quiet middle" if roomy else "quiet")
    line(layers.shapes, (frame.left, bottom), (frame.right, bottom), "rule")
