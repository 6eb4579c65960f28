"""What the drawings of `invoke graph` are made of: SVG that needs no page, light or dark as the screen is.

Colours are attributes, so every viewer knows them; a style sheet for dark screens overrides them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.reporting.figures import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Bar, lane and text colour of each region in deployment order; they repeat after the last.
PALETTE = (
    ("#2563eb", "#eff5ff", "#1e40af"),
    ("#0d9488", "#effaf8", "#115e59"),
    ("#9333ea", "#f8f3ff", "#6b21a8"),
    ("#d97706", "#fff8ed", "#92400e"),
)
_DARK = (
    ("#60a5fa", "#152033", "#93c5fd"),
    ("#2dd4bf", "#10282a", "#5eead4"),
    ("#c084fc", "#241a33", "#d8b4fe"),
    ("#fbbf24", "#2b2113", "#fcd34d"),
)
FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
PAPER, INK, MUTED, LINE, FAINT = "#ffffff", "#0f172a", "#64748b", "#475569", "#94a3b8"
_NIGHT = {PAPER: "#0f151c", INK: "#e9eef4", MUTED: "#a3b0bf", LINE: "#a3b0bf", FAINT: "#5d6b7c"}
#: Widest average of a letter, as a part of the size: fonts differ.
_LETTER = 0.6

Place = tuple[float, float]


def sheet(width: float, height: float, title: str) -> ET.Element:
    """Return an empty drawing of this size, in pixels."""
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "font-family": FONT})
    ET.SubElement(svg, "title").text = plain(title)
    ET.SubElement(svg, "style").text = _night()
    definitions = ET.SubElement(svg, "defs")
    for name, colour in (("arrow", LINE), ("faint", FAINT)):
        box = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "markerWidth": "7", "markerHeight": "7"}
        marker = ET.SubElement(definitions, "marker", {"id": name, **box, "orient": "auto-start-reverse"})
        ET.SubElement(marker, "path", {"d": "M0 1 L9 5 L0 9 z", "fill": colour})
    rect(svg, (0, 0), (width, height), fill=PAPER)
    return svg


def _night() -> str:
    """Return the style sheet: each colour of a light drawing and what it is on a dark screen."""
    pairs = dict(_NIGHT)
    for light, dark in zip(PALETTE, _DARK, strict=True):
        pairs |= dict(zip(light, dark, strict=True))
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}' for light, dark in pairs.items()
    )
    return f"@media (prefers-color-scheme: dark){{{rules}}}"


def finished(svg: ET.Element) -> str:
    """Return the drawing as a document."""
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def rect(parent: ET.Element, corner: Place, size: Place, **style: str) -> None:
    """Add a rectangle."""
    names = ("x", "y", "width", "height")
    place = {name: f"{value:g}" for name, value in zip(names, (*corner, *size), strict=True)}
    ET.SubElement(parent, "rect", place | style)


def text(
    parent: ET.Element,
    corner: Place,
    words: str,
    *,
    size: int,
    fill: str,
    weight: str = "400",
    anchor: str = "start",
) -> None:
    """Add a text at its baseline."""
    style = {"font-size": str(size), "font-weight": weight, "fill": fill, "text-anchor": anchor}
    place = {"x": f"{corner[0]:g}", "y": f"{corner[1]:g}"}
    ET.SubElement(parent, "text", place | style).text = plain(words)


def curve(parent: ET.Element, points: Sequence[Place], says: str, **style: str) -> None:
    """Add a line through points that is level at each; `says` is shown to whoever points at it."""
    steps = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (x1 - x0) / 2
        steps.append(f"C{x0 + bend:g} {y0:g} {x1 - bend:g} {y1:g} {x1:g} {y1:g}")
    path = ET.SubElement(parent, "path", {"d": " ".join(steps), "fill": "none", **style})
    ET.SubElement(path, "title").text = plain(says)


def breadth(words: str, size: int) -> float:
    """Return how wide a text of this size may be, in pixels."""
    return _LETTER * size * len(words)
