"""Where the stacks of a drawing go: columns by depth, lanes by region, few crossings, long edges routed.

A layered layout after Sugiyama: an edge over several columns passes through a point in each, which
takes part in the ordering like a box does, so no edge runs through a box. Edges that leave one
stack share their points. The same manifest gives the same drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

BOX_WIDTH = 196.0
BOX_HEIGHT = 62.0
COLUMN_GAP = 92.0
ROW_GAP = 18.0
LANE_PADDING = 24.0
#: Room for the region's name above a lane's boxes.
LANE_LABEL = 16.0
#: Height that a passing edge takes in a column.
POINT_HEIGHT = 10.0
_SWEEPS = 12
#: More regions than this are drawn in the order in which they are deployed: 5! orders are tried.
_MOST_LANES_TRIED = 5


@dataclass(frozen=True, kw_only=True)
class Item:
    """A box (a stack), or a point that the edges of a stack pass through."""

    stack: str
    column: int
    point: bool
    height: float
    """That it takes, in pixels."""


Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Places in pixels; the origin is the left top corner of the first lane."""

    centres: dict[Item, tuple[float, float]]
    lanes: dict[str, tuple[float, float]]
    """Region -> top and height, from top to bottom."""
    width: float
    box_width: float = BOX_WIDTH

    def box(self, stack: str) -> tuple[float, float]:
        """Return the left top corner of a stack's box."""
        item, (x, y) = self._item(stack)
        return x - self.box_width / 2, y - item.height / 2

    def path(self, upstream: str, consumer: str, *, rows: tuple[float, float] | None = None) -> list[Point]:
        """Return the points of an edge from box border to box border.

        It crosses each column in between on a level, so that it bends between the columns only. `rows`: how
        far below the tops of the two boxes it begins and ends; their middles if not given.
        """
        left, top = self.box(upstream)
        end_left, end_top = self.box(consumer)
        half = self.box_width / 2
        begin, end = rows or (self._item(upstream)[0].height / 2, self._item(consumer)[0].height / 2)
        between = [c for i, c in self.centres.items() if i.stack == upstream and i.point]
        points = [(left + self.box_width, top + begin)]
        for x, y in sorted(c for c in between if c[0] < end_left):
            points += [(x - half, y), (x + half, y)]
        return [*points, (end_left, end_top + end)]

    def _item(self, stack: str) -> tuple[Item, Point]:
        return next((i, c) for i, c in self.centres.items() if i.stack == stack and not i.point)


def region_of(address: str) -> str:
    """Return the first part of a stack's address."""
    return address.split("/", maxsplit=1)[0]


def lay_out(
    graph: nx.DiGraph,
    regions: Sequence[str],
    *,
    lane_of: Callable[[str], str] = region_of,
    heights: Mapping[str, float] | None = None,
    box_width: float = BOX_WIDTH,
) -> Layout:
    """Return the places of all stacks of `graph`; each lies in the lane of its region.

    `lane_of` tells the lane of a stack. `heights`: of the boxes, in pixels, where they are not all the same.
    """
    columns = {
        stack: number
        for number, layer in enumerate(nx.topological_generations(graph))
        for stack in sorted(layer)
    }
    links = _links(graph, columns, heights or {})
    lanes = _order_of_lanes(graph, regions, lane_of)
    cells = _cells(links.nodes, lanes, lane_of)
    for sweep in range(_SWEEPS):
        _sort(cells, links, lanes, forward=sweep % 2 == 0)
    return _place(cells, lanes, max(columns.values(), default=0), box_width)


def _links(graph: nx.DiGraph, columns: Mapping[str, int], heights: Mapping[str, float]) -> nx.DiGraph:
    """Return the graph of items: every edge goes from one column to the next."""
    boxes = {
        stack: Item(stack=stack, column=column, point=False, height=heights.get(stack, BOX_HEIGHT))
        for stack, column in columns.items()
    }
    links = nx.DiGraph()
    links.add_nodes_from(boxes.values())
    for upstream, consumer in sorted(graph.edges):
        previous = boxes[upstream]
        for column in range(columns[upstream] + 1, columns[consumer]):
            point = Item(stack=upstream, column=column, point=True, height=POINT_HEIGHT)
            links.add_edge(previous, point)
            previous = point
        links.add_edge(previous, boxes[consumer])
    return links


def _order_of_lanes(graph: nx.DiGraph, regions: Sequence[str], lane_of: Callable[[str], str]) -> list[str]:
    """Return the regions from top to bottom so that edges between them are short."""
    if len(regions) > _MOST_LANES_TRIED:
        return list(regions)

    def length(order: Sequence[str]) -> int:
        return sum(abs(order.index(lane_of(u)) - order.index(lane_of(v))) for u, v in graph.edges)

    # min keeps the first of equals: the order in which the regions are deployed
    return min((list(order) for order in permutations(regions)), key=length)


Cells = dict[tuple[str, int], list[Item]]


def _cells(items: Iterable[Item], lanes: Sequence[str], lane_of: Callable[[str], str]) -> Cells:
    cells: Cells = {}
    for item in sorted(items, key=lambda i: (lanes.index(lane_of(i.stack)), i.column, i.point, i.stack)):
        cells.setdefault((lane_of(item.stack), item.column), []).append(item)
    return cells


def _sort(cells: Cells, links: nx.DiGraph, lanes: Sequence[str], *, forward: bool) -> None:
    """Order each cell by the mean height of its neighbours in the column before (or after)."""
    centres = _place(cells, lanes, 0).centres

    def mean(item: Item) -> float:
        near = list(links.predecessors(item) if forward else links.successors(item)) or [item]
        return sum(centres[neighbour][1] for neighbour in near) / len(near)

    for cell in cells.values():
        cell.sort(key=lambda item: (mean(item), item.stack))


def _place(cells: Cells, lanes: Sequence[str], last_column: int, box_width: float = BOX_WIDTH) -> Layout:
    """Return the places: each cell is centred in its lane."""
    centres: dict[Item, tuple[float, float]] = {}
    bands: dict[str, tuple[float, float]] = {}
    top = 0.0
    for lane in lanes:
        own = {column: cell for (region, column), cell in cells.items() if region == lane}
        height = max(map(_height, own.values()), default=0.0) + 2 * LANE_PADDING + LANE_LABEL
        bands[lane] = (top, height)
        for column, cell in own.items():
            x = LANE_PADDING + column * (box_width + COLUMN_GAP) + box_width / 2
            y = top + (height + LANE_LABEL - _height(cell)) / 2
            for item in cell:
                centres[item] = (x, y + item.height / 2)
                y += item.height + ROW_GAP
        top += height
    width = 2 * LANE_PADDING + (last_column + 1) * (box_width + COLUMN_GAP) - COLUMN_GAP
    return Layout(centres=centres, lanes=bands, width=width, box_width=box_width)


def _height(cell: Sequence[Item]) -> float:
    return sum(item.height for item in cell) + ROW_GAP * (len(cell) - 1)
