"""What drawings of time are made of: the document around them, the legend, rows of bars and the axis."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from shared.reporting import drawing, rows
from shared.reporting.canvas import Frame, Layers, breadth, rect
from shared.reporting.rows import Bar, Row

NS = "{http://www.w3.org/2000/svg}"
FRAME = Frame(left=100, width=200, seconds=20)


def bar(begin: float, end: float, words: str = "", **more) -> Bar:
    return Bar(begin=begin, end=end, kind="plan", words=words, **more)


def test_the_document_has_its_title_its_text_and_its_patterns() -> None:
    layers = Layers()
    rect(layers.shapes, (0, 0), (5, 5), "striped sharp")
    rect(layers.shapes, (0, 0), (5, 5), "plain")
    made = drawing.whole(
        layers, (10, 20), key="k", title="A \x00", told="told", patterns={"striped": (5, "M0 0H5")}
    )
    svg = ET.fromstring(made)  # noqa: S314 - made by us

    assert svg.attrib["viewBox"] == "0 0 10 20"
    assert svg.attrib["aria-labelledby"] == "k-title k-text"
    assert (svg.findtext(f"{NS}title"), svg.findtext(f"{NS}desc")) == ("A \ufffd", "told")
    (pattern,) = svg.iter(f"{NS}pattern")
    assert (pattern.attrib["id"], pattern.attrib["width"]) == ("k-striped", "5")
    styles = {one.attrib["class"]: one.attrib.get("style") for one in svg.iter(f"{NS}rect")}
    assert styles == {"ground-striped": None, "striped sharp": "fill:url(#k-striped)", "plain": None}


def test_a_legend_explains_what_occurs_in_the_order_of_the_words() -> None:
    layers = Layers()
    for kind in ("c", "a"):
        rect(layers.shapes, (0, 0), (1, 1), kind)

    end = drawing.legend(layers, {"a": "first", "b": "never", "c": "last"}, (10, 50, 900))
    assert [one.text for one in layers.words] == ["first", "last"]
    assert end == 70


def test_a_legend_goes_on_in_the_next_line_where_there_is_no_room() -> None:
    layers = Layers()
    for kind in "ab":
        rect(layers.shapes, (0, 0), (1, 1), kind)

    assert drawing.legend(layers, {"a": "x" * 20, "b": "y" * 20}, (0, 0, 200)) == 40
    assert [one.attrib["y"] for one in layers.words] == ["10", "30"]


@pytest.mark.parametrize(("beside", "more"), [(True, 0), (False, rows.NAME)])
def test_a_rows_name_is_beside_it_or_above(beside: bool, more: float) -> None:
    layers = Layers()
    row = Row(label="us-east-1/a", says="in full", bars=(bar(5, 10),))

    assert rows.draw(layers, row, FRAME, 7, beside=beside) == 7 + rows.NEXT + more
    (name,) = layers.words
    assert name.findtext("title") == "in full"
    assert float(name.attrib["x"]) == (0 if beside else FRAME.left)
    (drawn,) = layers.shapes.iter("rect")
    assert (drawn.attrib["x"], drawn.attrib["width"]) == ("150", "50")


def test_the_name_of_a_row_may_have_a_class() -> None:
    layers = Layers()
    row = Row(label="a", says="", bars=())
    rows.draw(layers, row, FRAME, 0, beside=True, kind="critical")
    rows.draw(layers, row, FRAME, 0, beside=False, kind="critical")

    assert [one.attrib["class"] for one in layers.words] == ["critical", "critical halo"]


def test_words_stand_on_a_bar_that_has_room_for_them_and_are_shown_anyway() -> None:
    layers = Layers()
    parts = (bar(0, 10, "plan"), bar(10, 10.5, "apply"), bar(11, 12, "x", says="in full"))
    rows.draw(layers, Row(label="", says="", bars=parts), FRAME, 0, beside=True)

    assert [one.text for one in layers.words] == ["", "plan"]
    assert [one.findtext("title") for one in layers.shapes.iter("rect")] == ["plan", "apply", "in full"]


def test_a_part_of_a_bar_stands_at_the_bottom_of_its_row() -> None:
    layers = Layers()
    rows.draw(layers, Row(label="", says="", bars=(bar(0, 1), bar(0, 1, part=0.5))), FRAME, 0, beside=True)

    whole, half = layers.shapes.iter("rect")
    assert float(half.attrib["height"]) == float(whole.attrib["height"]) / 2
    assert float(half.attrib["y"]) == float(whole.attrib["height"]) / 2


def test_the_axis_names_its_moments_and_none_is_cut_where_the_drawing_begins() -> None:
    layers = Layers()
    rows.axis(layers, FRAME, 0, 50)
    assert [one.text for one in layers.words] == ["0 s", "10 s", "20 s"]
    assert {one.attrib["class"] for one in layers.words} == {"quiet middle"}

    narrow = Layers()
    rows.axis(narrow, Frame(left=6, width=200, seconds=20), 0, 50)
    first, second, _ = narrow.words
    assert (first.attrib["x"], first.attrib["class"]) == ("0", "quiet")
    assert second.attrib["class"] == "quiet middle"
    assert float(second.attrib["x"]) > breadth("10 s") / 2
