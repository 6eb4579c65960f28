from __future__ import annotations

import json
from itertools import pairwise
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from shared.deploy import graph, queue
from shared.deploy.layout import BOX_HEIGHT, BOX_WIDTH, Layout, lay_out, region_of
from tests.deploy.standing import manifest, stack

US, EU, GLOBAL = "us-east-1", "eu-west-1", "global"
SVG = "{http://www.w3.org/2000/svg}"
SYSTEM = manifest(
    stack(f"{US}/foundation", "source", resources={"aws_vpc": 1, "aws_subnet": 6}),
    stack(f"{US}/routing", "source", f"{US}/foundation", f"{EU}/foundation"),
    stack(f"{US}/database", "source", f"{US}/foundation"),
    stack(
        f"{US}/service", "source", f"{US}/foundation", f"{US}/routing", f"{US}/database", f"{GLOBAL}/domain"
    ),
    stack(f"{EU}/foundation", "target"),
    stack(f"{EU}/routing", "target", f"{EU}/foundation", f"{US}/routing", f"{US}/foundation"),
    stack(f"{EU}/database", "target", f"{EU}/foundation", f"{US}/database"),
    stack(
        f"{EU}/service", "target",
        f"{EU}/foundation", f"{EU}/routing", f"{EU}/database", f"{US}/database", f"{GLOBAL}/domain",
    ),
    stack(f"{GLOBAL}/domain", "global"),
    stack(f"{GLOBAL}/traffic", "global", f"{US}/service", f"{EU}/service", f"{GLOBAL}/domain"),
)  # fmt: skip
ADDRESSES = [entry.address for entry in SYSTEM.stacks]


@pytest.fixture(scope="module")
def layout() -> Layout:
    return lay_out(queue.graph(SYSTEM), [US, EU, GLOBAL])


def test_every_upstream_stands_left_of_its_consumers(layout: Layout) -> None:
    for upstream, consumer in queue.graph(SYSTEM).edges:
        assert layout.box(upstream)[0] + BOX_WIDTH < layout.box(consumer)[0]


def test_no_two_boxes_overlap(layout: Layout) -> None:
    boxes = [layout.box(address) for address in ADDRESSES]
    for number, (x, y) in enumerate(boxes):
        for other_x, other_y in boxes[number + 1 :]:
            assert abs(x - other_x) >= BOX_WIDTH or abs(y - other_y) >= BOX_HEIGHT


def test_every_box_lies_in_the_lane_of_its_region(layout: Layout) -> None:
    for address in ADDRESSES:
        top, tall = layout.lanes[region_of(address)]
        assert top < layout.box(address)[1] < layout.box(address)[1] + BOX_HEIGHT < top + tall


def test_no_edge_runs_through_a_box(layout: Layout) -> None:
    for edge in queue.graph(SYSTEM).edges:
        levels = [(a, b) for a, b in pairwise(layout.path(*edge)) if a[1] == b[1]]
        for (x0, y), (x1, _) in levels:
            for address in set(ADDRESSES) - set(edge):
                left, top = layout.box(address)
                inside = x0 < left + BOX_WIDTH and x1 > left and top < y < top + BOX_HEIGHT
                assert not inside, f"{edge} runs through {address}"


def test_the_lane_between_two_others_is_the_one_that_shortens_the_edges() -> None:
    drawn = queue.graph(
        manifest(stack("a/x", "source"), stack("b/x", "target", "c/x"), stack("c/x", "global", "a/x"))
    )

    assert list(lay_out(drawn, ["a", "b", "c"]).lanes) == ["a", "c", "b"]


def test_many_regions_keep_the_order_of_their_deployment() -> None:
    names = [f"region-{letter}" for letter in "fedcba"]
    drawn = queue.graph(manifest(*(stack(f"{name}/x", "source") for name in names)))

    assert list(lay_out(drawn, names).lanes) == names


def test_the_drawing_names_every_stack_with_its_resources_and_stage() -> None:
    drawing = ET.fromstring(graph.draw(SYSTEM))  # noqa: S314 - made by us

    words = [text.text for text in drawing.iter(f"{SVG}text")]
    assert words.count("foundation") == 2
    assert words.count("source") == 4
    assert "7 resources" in words
    assert "1 resource" in words
    assert {US, EU, GLOBAL} <= set(words)
    assert "10 stacks, 16 resources; stages: source → target → global" in words


def test_an_edge_that_others_imply_is_drawn_faintly() -> None:
    drawing = ET.fromstring(graph.draw(SYSTEM))  # noqa: S314 - made by us

    faint = {
        path.findtext(f"{SVG}title")
        for path in drawing.iter(f"{SVG}path")
        if "stroke-dasharray" in path.attrib and path.find(f"{SVG}title") is not None
    }
    needed = nx.transitive_reduction(queue.graph(SYSTEM)).edges
    assert faint == {f"{v} reads {u}" for u, v in set(queue.graph(SYSTEM).edges) - set(needed)}


def test_the_same_stacks_give_the_same_drawing() -> None:
    assert graph.draw(SYSTEM) == graph.draw(SYSTEM)


def test_the_description_lists_waves_reads_and_counts() -> None:
    found = json.loads(json.dumps(graph.describe(SYSTEM)))

    assert found["waves"][0] == ["eu-west-1/foundation", "global/domain", "us-east-1/foundation"]
    assert found["waves"][-1] == ["global/traffic"]
    service = next(s for s in found["stacks"] if s["address"] == f"{EU}/routing")
    assert service["reads"] == {
        f"{EU}/foundation": ["id"],
        f"{US}/routing": ["id"],
        f"{US}/foundation": ["id"],
    }
    assert found["stacks"][0]["resources"] == 7
