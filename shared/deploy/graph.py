"""The stacks and what each reads from which: `invoke graph`, as SVG or JSON."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import networkx as nx

from shared.deploy import queue
from shared.deploy.layout import BOX_HEIGHT, BOX_WIDTH, Layout, lay_out, region_of

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest, StackEntry

#: Bar, lane and text colour of each region in deployment order; they repeat after the last.
PALETTE = (
    ("#2563eb", "#eff5ff", "#1e40af"),
    ("#0d9488", "#effaf8", "#115e59"),
    ("#9333ea", "#f8f3ff", "#6b21a8"),
    ("#d97706", "#fff8ed", "#92400e"),
)
FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
MARGIN = 32.0
HEADER = 84.0
FOOTER = 58.0
INK, MUTED, LINE, FAINT = "#0f172a", "#64748b", "#475569", "#94a3b8"


def describe(manifest: Manifest) -> dict[str, Any]:
    """Return stacks, edges and waves as JSON values."""
    graph = queue.graph(manifest)
    return {
        "environment": manifest.environment,
        "system": manifest.system,
        "stages": list(manifest.stage_names),
        "stacks": [
            {
                "address": entry.address,
                "app": entry.app,
                "stage": manifest.stage_names[entry.stage - 1],
                "resources": sum(entry.resources.values()),
                "reads": {read.address: list(read.fields) for read in entry.reads},
            }
            for entry in manifest.stacks
        ],
        "waves": [sorted(layer) for layer in nx.topological_generations(graph)],
    }


def draw(manifest: Manifest) -> str:
    """Return the drawing as SVG. The same manifest gives the same bytes."""
    graph = queue.graph(manifest)
    regions = list(dict.fromkeys(region_of(entry.address) for entry in manifest.stacks))
    layout = lay_out(graph, regions)
    colours = {region: PALETTE[number % len(PALETTE)] for number, region in enumerate(regions)}
    height = HEADER + sum(tall for _, tall in layout.lanes.values()) + FOOTER
    width = layout.width + 2 * MARGIN
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "font-family": FONT})
    ET.SubElement(svg, "title").text = f"Stacks of {manifest.environment}"
    _markers(svg)
    _rect(svg, 0, 0, width, height, fill="#ffffff")
    _header(svg, manifest)
    body = ET.SubElement(svg, "g", {"transform": f"translate({MARGIN:g} {HEADER:g})"})
    for region, band in layout.lanes.items():
        _lane(body, region, band, layout.width, colours[region])
    needed = set(nx.transitive_reduction(graph).edges)
    # what is implied by other edges lies below what is not
    for edge in sorted(graph.edges, key=lambda e: (e in needed, e)):
        _edge(body, layout, *edge, implied=edge not in needed)
    for entry in manifest.stacks:
        _box(body, layout, entry, manifest.stage_names[entry.stage - 1], colours[region_of(entry.address)])
    _legend(svg, height - FOOTER / 2)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _markers(svg: ET.Element) -> None:
    definitions = ET.SubElement(svg, "defs")
    for name, colour in (("arrow", LINE), ("faint", FAINT)):
        marker = ET.SubElement(
            definitions,
            "marker",
            {
                "id": name,
                "viewBox": "0 0 10 10",
                "refX": "9",
                "refY": "5",
                "markerWidth": "7",
                "markerHeight": "7",
                "orient": "auto-start-reverse",
            },
        )
        ET.SubElement(marker, "path", {"d": "M0 1 L9 5 L0 9 z", "fill": colour})


def _header(svg: ET.Element, manifest: Manifest) -> None:
    resources = sum(sum(entry.resources.values()) for entry in manifest.stacks)
    _text(svg, MARGIN, 38, manifest.environment, size=20, fill=INK, weight="700")
    summary = (
        f"{len(manifest.stacks)} stacks, {resources} resources; stages: {' → '.join(manifest.stage_names)}"
    )
    _text(svg, MARGIN, 60, summary, size=13, fill=MUTED)


def _lane(
    parent: ET.Element, region: str, band: tuple[float, float], width: float, colour: tuple[str, str, str]
) -> None:
    top, tall = band
    _rect(parent, 0, top + 3, width, tall - 6, fill=colour[1], rx="10")
    _text(parent, 14, top + 23, region, size=13, fill=colour[2], weight="700")


def _edge(parent: ET.Element, layout: Layout, upstream: str, consumer: str, *, implied: bool) -> None:
    points = layout.path(upstream, consumer)
    steps = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (x1 - x0) / 2
        steps.append(f"C{x0 + bend:g} {y0:g} {x1 - bend:g} {y1:g} {x1:g} {y1:g}")
    style = {"stroke": FAINT, "stroke-dasharray": "4 4", "stroke-width": "1.1", "marker-end": "url(#faint)"}
    if not implied:
        style = {"stroke": LINE, "stroke-width": "1.6", "marker-end": "url(#arrow)"}
    path = ET.SubElement(parent, "path", {"d": " ".join(steps), "fill": "none", **style})
    ET.SubElement(path, "title").text = f"{consumer} reads {upstream}"


def _box(
    parent: ET.Element, layout: Layout, entry: StackEntry, stage: str, colour: tuple[str, str, str]
) -> None:
    x, y = layout.box(entry.address)
    group = ET.SubElement(parent, "g")
    types = sorted(entry.resources.items())
    details = "\n".join(f"{count} {kind}" for kind, count in types)
    ET.SubElement(group, "title").text = f"{entry.address}\n{details}"
    _rect(group, x, y, BOX_WIDTH, BOX_HEIGHT, fill="#ffffff", stroke=colour[0], rx="8")
    _rect(group, x, y, 6, BOX_HEIGHT, fill=colour[0], rx="3")
    name = entry.address.split("/", maxsplit=1)[1]
    _text(group, x + 18, y + 26, name, size=15, fill=INK, weight="600")
    resources = sum(entry.resources.values())
    count = f"{resources} resource{'' if resources == 1 else 's'}"
    _text(group, x + 18, y + 46, count, size=12, fill=MUTED)
    _text(group, x + BOX_WIDTH - 12, y + 46, stage, size=11, fill=colour[2], anchor="end")


def _legend(svg: ET.Element, y: float) -> None:
    x = MARGIN
    for style, words in (
        (
            {"stroke": LINE, "stroke-width": "1.6", "marker-end": "url(#arrow)"},
            "the stack at the arrow waits for the other and reads its outputs",
        ),
        (
            {"stroke": FAINT, "stroke-dasharray": "4 4", "stroke-width": "1.1", "marker-end": "url(#faint)"},
            "reads its outputs too; the order follows from other arrows",
        ),
    ):
        ET.SubElement(svg, "path", {"d": f"M{x:g} {y:g} H{x + 36:g}", "fill": "none", **style})
        _text(svg, x + 46, y + 4, words, size=12, fill=MUTED)
        x += 440


def _rect(parent: ET.Element, x: float, y: float, width: float, height: float, **style: str) -> None:
    place = {"x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}"}
    ET.SubElement(parent, "rect", place | style)


def _text(
    parent: ET.Element,
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    fill: str,
    weight: str = "400",
    anchor: str = "start",
) -> None:
    style = {"font-size": str(size), "font-weight": weight, "fill": fill, "text-anchor": anchor}
    ET.SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}"} | style).text = words
