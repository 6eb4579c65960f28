"""The patterns of a drawing, and the legend that explains them without any colour."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.rehearsal.report.canvas import Layers, breadth, rect, text

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Report

_SWATCH, _LINE, _BETWEEN = 22.0, 20.0, 16.0
#: Class of what is filled with a pattern -> the pattern's side in pixels and its strokes.
_PATTERNS = {
    "target": (7, "M-1 8L8 -1M-1 1L1 -1M6 8L8 6"),
    "nodata": (6, "M1 1h2v2h-2z"),
    "unknown": (8, "M0 0L8 8M8 0L0 8"),
    "paused": (5, "M2.5 0V5"),
    "lost": (6, "M0 6L6 0M-1 1L1 -1M5 7L7 5"),
    "pinned": (7, "M0 3.5H7"),
    "waiting": (6, "M3 1.5v3M1.5 3h3"),
}


def patterns(svg: ET.Element, key: str) -> None:
    """Define the patterns; `key` is in their ids, which must be the only ones on a page."""
    definitions = ET.SubElement(svg, "defs")
    for kind, (side, strokes) in _PATTERNS.items():
        size = {"width": str(side), "height": str(side), "patternUnits": "userSpaceOnUse"}
        pattern = ET.SubElement(definitions, "pattern", {"id": f"{key}-{kind}", **size})
        rect(pattern, (0, 0), (side, side), f"ground-{kind}")
        ET.SubElement(pattern, "path", {"d": strokes, "class": f"strokes-{kind}"})


def fill(svg: ET.Element, key: str) -> None:
    """Give every rectangle of a patterned class its pattern."""
    for drawn in svg.iter("rect"):
        kind = drawn.attrib["class"].split(" ")[0]
        if kind in _PATTERNS:
            drawn.set("style", f"fill:url(#{key}-{kind})")


def legend(layers: Layers, report: Report, kinds: set[str], place: tuple[float, float, float]) -> float:
    """Explain the classes that occur; `place` is left, top and right. Returns where it ends."""
    words = {
        "source": report.source,
        "target": report.target,
        "ok": "OK",
        "alarm": "ALARM",
        "nodata": "no data",
        "unknown": "not known",
        "paused": "writes paused",
        "lost": "does not answer",
        "pinned": "pinned",
        "waiting": "intents that wait",
    }
    left, top, right = place
    group = ET.SubElement(layers.shapes, "g", {"class": "legend"})
    x, y = left, top
    for kind in (kind for kind in words if kind in kinds):
        wide = _SWATCH + 6 + breadth(words[kind])
        if x + wide > right and x > left:
            x, y = left, y + _LINE
        rect(group, (x, y), (_SWATCH, 12), kind)
        text(layers.words, (x + _SWATCH + 6, y + 10), words[kind])
        x += wide + _BETWEEN
    return y + _LINE
