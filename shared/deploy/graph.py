"""The stacks and what each reads from which: `invoke graph`, as SVG or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import networkx as nx

from shared.deploy import paper, queue
from shared.deploy.layout import BOX_HEIGHT, BOX_WIDTH, Layout, lay_out, region_of
from shared.deploy.paper import FAINT, INK, LINE, MUTED, PALETTE, PAPER

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest, StackEntry

MARGIN = 32.0
HEADER = 84.0
FOOTER = 58.0


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
    svg = paper.sheet(width, height, f"Stacks of {manifest.environment}")
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
    return paper.finished(svg)


def _header(svg: ET.Element, manifest: Manifest) -> None:
    resources = sum(sum(entry.resources.values()) for entry in manifest.stacks)
    paper.text(svg, (MARGIN, 38), manifest.environment, size=20, fill=INK, weight="700")
    summary = (
        f"{len(manifest.stacks)} stacks, {resources} resources; stages: {' → '.join(manifest.stage_names)}"
    )
    paper.text(svg, (MARGIN, 60), summary, size=13, fill=MUTED)


def _lane(
    parent: ET.Element, region: str, band: tuple[float, float], width: float, colour: tuple[str, str, str]
) -> None:
    top, tall = band
    paper.rect(parent, (0, top + 3), (width, tall - 6), fill=colour[1], rx="10")
    paper.text(parent, (14, top + 23), region, size=13, fill=colour[2], weight="700")


def _edge(parent: ET.Element, layout: Layout, upstream: str, consumer: str, *, implied: bool) -> None:
    style = {"stroke": FAINT, "stroke-dasharray": "4 4", "stroke-width": "1.1", "marker-end": "url(#faint)"}
    if not implied:
        style = {"stroke": LINE, "stroke-width": "1.6", "marker-end": "url(#arrow)"}
    paper.curve(parent, layout.path(upstream, consumer), f"{consumer} reads {upstream}", **style)


def _box(
    parent: ET.Element, layout: Layout, entry: StackEntry, stage: str, colour: tuple[str, str, str]
) -> None:
    x, y = layout.box(entry.address)
    group = ET.SubElement(parent, "g")
    types = sorted(entry.resources.items())
    details = "\n".join(f"{count} {kind}" for kind, count in types)
    ET.SubElement(group, "title").text = f"{entry.address}\n{details}"
    paper.rect(group, (x, y), (BOX_WIDTH, BOX_HEIGHT), fill=PAPER, stroke=colour[0], rx="8")
    paper.rect(group, (x, y), (6, BOX_HEIGHT), fill=colour[0], rx="3")
    name = entry.address.split("/", maxsplit=1)[1]
    paper.text(group, (x + 18, y + 26), name, size=15, fill=INK, weight="600")
    resources = sum(entry.resources.values())
    count = f"{resources} resource{'' if resources == 1 else 's'}"
    paper.text(group, (x + 18, y + 46), count, size=12, fill=MUTED)
    paper.text(group, (x + BOX_WIDTH - 12, y + 46), stage, size=11, fill=colour[2], anchor="end")


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
        paper.text(svg, (x + 46, y + 4), words, size=12, fill=MUTED)
        x += 440
