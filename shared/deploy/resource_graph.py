"""The drawing of stacks from within: a card a construct, a row a resource, a line a reference.

Cards are laid out as stacks are: what is referred to stands to the left of who refers to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import networkx as nx

from shared.deploy import paper
from shared.deploy.layout import Layout, lay_out
from shared.deploy.paper import FAINT, INK, MUTED, PALETTE, PAPER
from shared.reporting.figures import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.deploy.resources import Node, StackGraph

#: Of a card: its width, the height of its name, of a row and of a row that has no second line.
_WIDTH, _HEAD, _ROW, _SHORT, _FOOT = 250.0, 30.0, 32.0, 20.0, 6.0
_MARGIN, _TITLE = 32.0, 64.0
_LABEL, _TYPE = 12, 10
#: Left of a card its own references bulge by so many pixels for each row between them, up to a limit.
_BULGE, _FARTHEST = 5.0, 34.0


def draw(graphs: Sequence[StackGraph], title: str) -> str:
    """Return the stacks on one sheet, one below the other. The same stacks give the same bytes."""
    drawn = [(graph, _Cards(graph)) for graph in graphs]
    width = max(cards.layout.width for _, cards in drawn) + 2 * _MARGIN
    height = sum(cards.height + _TITLE for _, cards in drawn) + _MARGIN
    svg = paper.sheet(width, height, title)
    top = 0.0
    for number, (graph, cards) in enumerate(drawn):
        if number:
            paper.rect(svg, (_MARGIN, top + 8), (width - 2 * _MARGIN, 1), fill=FAINT)
        _title(svg, graph, top)
        place = {"transform": f"translate({_MARGIN:g} {top + _TITLE:g})"}
        cards.draw(ET.SubElement(svg, "g", place))
        top += cards.height + _TITLE
    return paper.finished(svg)


def _title(svg: ET.Element, graph: StackGraph, top: float) -> None:
    paper.text(svg, (_MARGIN, top + 38), graph.address, size=20, fill=INK, weight="700")
    upstreams = {node.group for node in graph.nodes if node.kind == "read"}
    outputs = sum(node.kind == "output" for node in graph.nodes)
    said = (
        f"{_number(graph.resources, 'resource')}, {_number(len(graph.references), 'reference')}, "
        f"{_number(outputs, 'output')}; reads {', '.join(sorted(upstreams)) or 'no other stack'}"
    )
    paper.text(svg, (_MARGIN, top + 58), said, size=13, fill=MUTED)


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


class _Cards:
    """The cards of one stack."""

    def __init__(self, graph: StackGraph) -> None:
        self._graph = graph
        self._card = _cards(graph)
        self._rows: dict[str, list[Node]] = {}
        for node in graph.nodes:
            self._rows.setdefault(self._card[node.id], []).append(node)
        self._nodes = {node.id: node for node in graph.nodes}
        self._colours = {card: PALETTE[i % len(PALETTE)] for i, card in enumerate(self._rows)}
        links = nx.DiGraph()
        links.add_nodes_from(self._rows)
        links.add_edges_from(
            (self._card[edge.used], self._card[edge.user])
            for edge in graph.references
            if self._card[edge.used] != self._card[edge.user]
        )
        heights = {card: _HEAD + sum(map(_tall, rows)) + _FOOT for card, rows in self._rows.items()}
        self.layout: Layout = lay_out(
            links, [""], lane_of=lambda _card: "", heights=heights, box_width=_WIDTH
        )
        self.height = self.layout.lanes[""][1]

    def draw(self, parent: ET.Element) -> None:
        """Draw lines, then the cards above them."""
        for edge in self._graph.references:
            self._line(parent, edge.used, edge.user)
        for card, rows in self._rows.items():
            self._draw_card(parent, card, rows)

    def _line(self, parent: ET.Element, used: str, user: str) -> None:
        begin, end = self._card[used], self._card[user]
        says = f"{user} refers to {used}"
        style = {"stroke": self._colours[begin][0], "stroke-width": "1.3", "stroke-opacity": "0.6"}
        if begin != end:
            levels = (self._level(used), self._level(user))
            paper.curve(parent, self.layout.path(begin, end, rows=levels), says, **style)
            return
        x, top = self.layout.box(begin)
        y0, y1 = top + self._level(used), top + self._level(user)
        far = x - min(8 + _BULGE * abs(y1 - y0) / _ROW, _FARTHEST)
        bow = {"d": f"M{x:g} {y0:g} C{far:g} {y0:g} {far:g} {y1:g} {x:g} {y1:g}", "fill": "none"}
        path = ET.SubElement(parent, "path", {**bow, **style})
        ET.SubElement(path, "title").text = says

    def _level(self, id_: str) -> float:
        """Return how far a row's middle is below the top of its card."""
        node = self._nodes[id_]
        rows = self._rows[self._card[id_]]
        return _HEAD + sum(map(_tall, rows[: rows.index(node)])) + _tall(node) / 2

    def _draw_card(self, parent: ET.Element, card: str, rows: Sequence[Node]) -> None:
        x, y = self.layout.box(card)
        bar, ground, ink = self._colours[card]
        group = ET.SubElement(parent, "g")
        height = _HEAD + sum(map(_tall, rows)) + _FOOT
        paper.rect(group, (x, y), (_WIDTH, height), fill=PAPER, stroke=bar, rx="8")
        paper.rect(group, (x + 1, y + 1), (_WIDTH - 2, _HEAD - 6), fill=ground, rx="7")
        paper.text(group, (x + 12, y + 18), _fitting(card, 13), size=13, fill=ink, weight="700")
        top = y + _HEAD
        for node in rows:
            self._row(group, node, (x, top))
            top += _tall(node)

    def _row(self, parent: ET.Element, node: Node, corner: tuple[float, float]) -> None:
        x, y = corner
        row = ET.SubElement(parent, "g")
        ET.SubElement(row, "title").text = node.id
        made = node.kind in {"resource", "read", "output"}
        label = node.label if made else f"{node.label} ({node.kind})"
        fill = INK if made else MUTED
        paper.text(row, (x + 12, y + 13), _fitting(label, _LABEL), size=_LABEL, fill=fill)
        if node.type:
            paper.text(row, (x + 12, y + 26), _fitting(node.type, _TYPE), size=_TYPE, fill=MUTED)


def _tall(node: Node) -> float:
    return _ROW if node.type else _SHORT


def _fitting(words: str, size: int) -> str:
    return cut(words, int((_WIDTH - 20) / paper.breadth("x", size)))


def _cards(graph: StackGraph) -> Mapping[str, str]:
    """Return node -> card: its group, or all groups that refer to each other in a circle."""
    group = {node.id: node.group for node in graph.nodes}
    links = nx.DiGraph()
    links.add_nodes_from(group.values())
    links.add_edges_from((group[edge.used], group[edge.user]) for edge in graph.references)
    names = {
        member: ", ".join(sorted(circle))
        for circle in nx.strongly_connected_components(links)
        for member in circle
    }
    return {id_: names[own] for id_, own in group.items()}
