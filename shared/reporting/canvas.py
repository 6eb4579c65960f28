"""The few elements that a drawing is made of. Colours and patterns are the page's: `templates/page.css`."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from shared.reporting.figures import plain

#: Size of all text, in pixels; `page.css` has the same.
FONT = 12.0
#: Widest averages of a letter and of a capital, as parts of the size, and pixels to spare: fonts differ,
#: and a label that is given too much room is better than two that overlap.
_LETTER, _CAPITAL, _SPARE = 0.6, 0.8, 4.0


def _group() -> ET.Element:
    return ET.Element("g")


@dataclass(frozen=True, kw_only=True)
class Layers:
    """What lies below what: no line of an event crosses a word."""

    shapes: ET.Element = field(default_factory=_group)
    lines: ET.Element = field(default_factory=_group)
    words: ET.Element = field(default_factory=_group)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where time is: the axis begins at `left`, is `width` pixels long, and stands for `seconds`."""

    left: float
    width: float
    seconds: float

    def x(self, seconds: float) -> float:
        """Return where a moment is, never outside."""
        return self.left + self.width * min(max(seconds / self.seconds, 0.0), 1.0)

    @property
    def right(self) -> float:
        """Return where time ends."""
        return self.left + self.width


def breadth(words: str) -> float:
    """Return how wide a text may be, in pixels."""
    return FONT * sum(_CAPITAL if letter.isupper() else _LETTER for letter in words) + _SPARE


def rect(
    parent: ET.Element, corner: tuple[float, float], size: tuple[float, float], kind: str, says: str = ""
) -> ET.Element:
    """Add a rectangle; `says` is shown to whoever points at it."""
    place = dict(zip(("x", "y", "width", "height"), map(number, (*corner, *size)), strict=True))
    drawn = ET.SubElement(parent, "rect", place | {"class": kind})
    if says:
        ET.SubElement(drawn, "title").text = plain(says)
    return drawn


def text(
    parent: ET.Element, corner: tuple[float, float], words: str, kind: str = "", says: str = ""
) -> ET.Element:
    """Add a text at its baseline; the class says where it is anchored (`middle`, `end`)."""
    place = {"x": number(corner[0]), "y": number(corner[1])}
    drawn = ET.SubElement(parent, "text", place | ({"class": kind} if kind else {}))
    drawn.text = plain(words)
    if says:
        ET.SubElement(drawn, "title").text = plain(says)
    return drawn


def line(parent: ET.Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    """Add a line."""
    names = ("x1", "y1", "x2", "y2")
    place = dict(zip(names, map(number, (*start, *end)), strict=True))
    ET.SubElement(parent, "line", place | {"class": kind})


def number(value: float) -> str:
    """Return a length as SVG has it, to a hundredth of a pixel."""
    return f"{round(value, 2):g}"
