"""A drawing as SVG inside a page: its patterns, its legend, its text for who cannot see.

Colours are the page's (`templates/page.css` and its own); what they say is said by patterns and words, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree as ET

from shared.reporting.canvas import breadth, number, rect, text
from shared.reporting.figures import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.reporting.canvas import Layers

#: Widths of a drawing for a desk and for paper, and for a phone.
WIDE, NARROW = 960.0, 360.0
_SWATCH, _LINE, _BETWEEN = 22.0, 20.0, 16.0

Patterns: TypeAlias = "Mapping[str, tuple[int, str]]"


def whole(
    layers: Layers, size: tuple[float, float], *, key: str, title: str, told: str, patterns: Patterns
) -> str:
    """Return the SVG document around what was drawn.

    `key` begins its ids, which must be the only ones on a page. `told` is the drawing in words. `patterns`:
    class of what is filled with a pattern -> the pattern's side in pixels and its strokes.
    """
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "drawing", "role": "img"})
    svg.set("viewBox", f"0 0 {number(size[0])} {number(size[1])}")
    svg.set("aria-labelledby", f"{key}-title {key}-text")
    ET.SubElement(svg, "title", {"id": f"{key}-title"}).text = plain(title)
    ET.SubElement(svg, "desc", {"id": f"{key}-text"}).text = plain(told)
    _define(svg, key, patterns)
    svg.extend([layers.shapes, layers.lines, layers.words])
    for drawn in svg.iter("rect"):
        kind = drawn.attrib["class"].split(" ")[0]
        if kind in patterns:
            drawn.set("style", f"fill:url(#{key}-{kind})")
    return ET.tostring(svg, encoding="unicode")


def _define(svg: ET.Element, key: str, patterns: Patterns) -> None:
    definitions = ET.SubElement(svg, "defs")
    for kind, (side, strokes) in patterns.items():
        size = {"width": str(side), "height": str(side), "patternUnits": "userSpaceOnUse"}
        pattern = ET.SubElement(definitions, "pattern", {"id": f"{key}-{kind}", **size})
        rect(pattern, (0, 0), (side, side), f"ground-{kind}")
        ET.SubElement(pattern, "path", {"d": strokes, "class": f"strokes-{kind}"})


def legend(layers: Layers, words: Mapping[str, str], place: tuple[float, float, float]) -> float:
    """Explain the classes that occur, in this order, and return where that ends.

    `place`: left, top and right.
    """
    here = {drawn.attrib["class"].split(" ")[0] for drawn in layers.shapes.iter("rect")}
    left, top, right = place
    group = ET.SubElement(layers.shapes, "g", {"class": "legend"})
    x, y = left, top
    for kind in (kind for kind in words if kind in here):
        wide = _SWATCH + 6 + breadth(words[kind])
        if x + wide > right and x > left:
            x, y = left, y + _LINE
        rect(group, (x, y), (_SWATCH, 12), kind)
        text(layers.words, (x + _SWATCH + 6, y + 10), words[kind])
        x += wide + _BETWEEN
    return y + _LINE
