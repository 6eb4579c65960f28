"""The drawing of a stack from within: of every system's biggest stack, and of small ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from shared.deploy import resource_graph, resources
from shared.deploy.paper import PALETTE, PAPER
from shared.deploy.resources import Node, Reference, StackGraph
from tests.synthesized import Synthesis

NS = "{http://www.w3.org/2000/svg}"
#: Wider than this nobody reads it without scrolling sideways on a large screen.
WIDEST = 1800


def drawn(*graphs: StackGraph, title: str = "t") -> ET.Element:
    return ET.fromstring(resource_graph.draw(graphs, title))  # noqa: S314 - made by us


def node(id_: str, group: str = "g", kind: str = "resource", label: str = "") -> Node:
    made = kind in {"resource", "data"}
    return Node(
        id=id_, kind=kind, type=id_.partition(".")[0] if made else "", group=group, label=label or id_
    )  # type: ignore[arg-type]


def small(*nodes: Node, refers: Sequence[tuple[str, str]] = (), address: str = "eu-west-1/x") -> StackGraph:
    return StackGraph(
        address=address, nodes=nodes, references=tuple(Reference(used=a, user=b) for a, b in refers)
    )


def cards(svg: ET.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every card, where it stands on the sheet."""
    found = []
    for group in svg.findall(f"{NS}g"):
        x0, y0 = map(float, group.attrib["transform"][len("translate(") : -1].split(" "))
        for one in group.iter(f"{NS}rect"):
            if one.get("fill") == PAPER:
                x, y, wide, high = (float(one.attrib[name]) for name in ("x", "y", "width", "height"))
                found.append((x0 + x, y0 + y, x0 + x + wide, y0 + y + high))
    return found


def titles(svg: ET.Element, kind: str) -> list[str]:
    found = [one.find(f"{NS}title") for one in svg.iter(f"{NS}{kind}")]
    return [title.text or "" for title in found if title is not None]


def rows(svg: ET.Element) -> list[str]:
    """The id of every row, as it is shown to whoever points at it."""
    return titles(svg, "g")


def texts(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{NS}text")]


def paths(svg: ET.Element) -> list[str]:
    return titles(svg, "path")


@pytest.fixture(scope="module")
def biggest(systems: list[Synthesis]) -> list[StackGraph]:
    """The biggest stack of each system, and the one with most references."""
    found = []
    for synthesis in systems:
        whole = [resources.read(synthesis.manifest, entry) for entry in synthesis.manifest.stacks]
        found += [
            max(whole, key=lambda graph: graph.resources),
            max(whole, key=lambda graph: len(graph.references)),
        ]
    return found


def test_every_resource_of_the_biggest_stacks_is_there_once(
    biggest: list[StackGraph], systems: list[Synthesis]
) -> None:
    for graph in biggest:
        assert sorted(rows(drawn(graph))) == sorted(node.id for node in graph.nodes)
    # ... and the reader misses none of what the manifest counts
    for synthesis in systems:
        for entry in synthesis.manifest.stacks:
            assert resources.read(synthesis.manifest, entry).resources == sum(entry.resources.values())


def test_no_two_cards_of_them_overlap_and_none_leaves_the_sheet(biggest: list[StackGraph]) -> None:
    for graph in biggest:
        svg = drawn(graph)
        wide, high = float(svg.attrib["width"]), float(svg.attrib["height"])
        found = cards(svg)
        assert wide <= WIDEST, graph.address
        assert all(x0 >= 0 and x1 <= wide and y0 >= 0 and y1 <= high for x0, y0, x1, y1 in found)
        for a, b in combinations(found, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], graph.address


def test_every_reference_of_them_is_a_line_that_says_what_it_is(biggest: list[StackGraph]) -> None:
    for graph in biggest:
        expected = sorted(f"{one.user} refers to {one.used}" for one in graph.references)
        assert sorted(paths(drawn(graph))) == expected


def test_no_text_of_them_is_wider_than_its_card(biggest: list[StackGraph]) -> None:
    for graph in biggest:
        for one in drawn(graph).iter(f"{NS}text"):
            size = int(one.attrib["font-size"])
            if size < 13:
                assert len(one.text or "") * size * 0.6 <= 250 - 12, one.text


def test_the_same_stack_gives_the_same_drawing(biggest: list[StackGraph]) -> None:
    assert resource_graph.draw(biggest[:1], "t") == resource_graph.draw(biggest[:1], "t")


def test_the_title_says_how_much_there_is_and_what_is_read() -> None:
    whole = small(
        node("a/b:x", "a/b", "read", "x"), node("aws_x.one"), node("output.o", "outputs", "output", "o"),
        refers=[("a/b:x", "aws_x.one")],
    )  # fmt: skip
    assert "1 resource, 1 reference, 1 output; reads a/b" in texts(drawn(whole))
    alone = small(node("aws_x.one"), node("aws_x.two"))
    assert "2 resources, 0 references, 0 outputs; reads no other stack" in texts(drawn(alone))


def test_what_is_referred_to_stands_left_of_who_refers_to_it() -> None:
    svg = drawn(small(node("aws_x.b", "user"), node("aws_x.a", "used"), refers=[("aws_x.a", "aws_x.b")]))

    (user, used) = cards(svg)
    assert used[2] < user[0]


def test_constructs_that_refer_to_each_other_in_a_circle_share_a_card() -> None:
    svg = drawn(
        small(
            node("aws_x.a", "one"),
            node("aws_x.b", "two"),
            refers=[("aws_x.a", "aws_x.b"), ("aws_x.b", "aws_x.a")],
        )
    )

    assert len(cards(svg)) == 1
    assert "one, two" in texts(svg)
    # both lines bulge to the left of the card, from the level of a row to the other's
    assert len(paths(svg)) == 2


def test_a_data_source_is_told_from_a_resource() -> None:
    svg = drawn(small(node("data.aws_ami.newest", kind="data", label="newest"), node("aws_x.one")))

    assert "newest (data)" in texts(svg)


def test_a_name_that_is_too_long_is_cut_and_told_in_full() -> None:
    svg = drawn(small(node(f"aws_x.{'n' * 60}")))

    assert any(text.endswith("…") for text in texts(svg))
    assert rows(svg) == [f"aws_x.{'n' * 60}"]


def test_colours_repeat_after_the_last() -> None:
    many = small(*(node(f"aws_x.n{number}", f"g{number}") for number in range(len(PALETTE) + 1)))

    strokes = [one.get("stroke") for one in drawn(many).iter(f"{NS}rect") if one.get("stroke")]
    assert strokes[0] == strokes[-1]
    assert len(set(strokes)) == len(PALETTE)


def test_several_stacks_stand_below_each_other() -> None:
    svg = drawn(small(node("aws_x.a"), address="a/b"), small(node("aws_x.a"), address="c/d"), title="all")

    assert svg.findtext(f"{NS}title") == "all"
    (first, second) = cards(svg)
    assert first[3] < second[1]
    assert {"a/b", "c/d"} <= set(texts(svg))


def test_a_name_is_never_taken_for_a_part_of_the_drawing() -> None:
    text = resource_graph.draw([small(node("aws_x.a", "<b>&\x00", label="<script>"))], "<t>\x1b[31m")

    assert "<script>" not in text
    assert "\x00" not in text
    assert ET.fromstring(text).findtext(f"{NS}title") == "<t>"  # noqa: S314 - made by us


def test_on_a_dark_screen_every_colour_has_its_other() -> None:
    svg = drawn(small(node("aws_x.a"), node("aws_x.b", "h"), refers=[("aws_x.a", "aws_x.b")]))
    style = svg.findtext(f"{NS}style") or ""

    used = {one.get(name) for one in svg.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert "prefers-color-scheme: dark" in style
    assert {colour for colour in used if f'"{colour}"' not in style} == set()
