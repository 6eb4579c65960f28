from __future__ import annotations

from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from shared.rehearsal.report import Chapter
from shared.rehearsal.report.drawing import NARROW, WIDE, draw
from shared.reporting.canvas import breadth
from tests.rehearsal.report.rehearsed import (
    EU,
    US,
    chapter,
    event,
    fault,
    migration,
    report,
    sample,
    way_back,
)

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW])
Box = tuple[float, float, float, float]


def svg(seen: Chapter, width: float = WIDE, key: str = "k") -> ET.Element:
    return ET.fromstring(draw(report(), seen, key=key, width=width))  # noqa: S314 - it is ours


def box(drawn: ET.Element) -> Box:
    """Return left, top, right, bottom of a rectangle."""
    x, y, wide, tall = (float(drawn.attrib[name]) for name in ("x", "y", "width", "height"))
    return x, y, x + wide, y + tall


def traffic(drawn: ET.Element, kind: str) -> list[Box]:
    group = next(one for one in drawn.iter(f"{SVG}g") if one.get("class") == "traffic")
    return [box(one) for one in group.iter(f"{SVG}rect") if one.attrib["class"].startswith(kind)]


def said(drawn: ET.Element) -> list[str]:
    return [str(one.text) for one in drawn.iter(f"{SVG}text")]


def moment(drawn: ET.Element, words: str) -> float:
    """Return where the axis has a moment."""
    return next(float(one.attrib["x"]) for one in drawn.iter(f"{SVG}text") if one.text == words)


def words_of(drawn: ET.Element) -> list[Box]:
    """Return the room that each text takes at most."""
    found = []
    for one in drawn.iter(f"{SVG}text"):
        x, y, wide = float(one.attrib["x"]), float(one.attrib["y"]), breadth(str(one.text))
        kinds = one.get("class", "").split()
        left = x - wide if "end" in kinds else x - wide / 2 if "middle" in kinds else x
        found.append((left, y - 9, left + wide, y + 3))
    return found


@WIDTHS
def test_all_of_the_traffic_fills_the_height(width: float) -> None:
    drawn = svg(chapter([sample(0, 0), sample(30, 100)]), width)
    (left, top, middle, bottom), (begin, top_too, right, bottom_too) = (
        traffic(drawn, "source")[0], traffic(drawn, "target")[0]
    )  # fmt: skip
    assert (top, bottom) == (top_too, bottom_too)
    assert bottom - top == 150
    assert middle == begin == pytest.approx((left + right) / 2)
    assert len(traffic(drawn, "source")) == len(traffic(drawn, "target")) == 1


@WIDTHS
def test_parts_are_stacked_without_gaps_and_step_where_a_look_saw_it(width: float) -> None:
    drawn = svg(chapter([sample(0, 0), sample(15, 25), sample(30, 75)], seconds=45), width)
    source, target = traffic(drawn, "source"), traffic(drawn, "target")
    begin, first, second = (moment(drawn, words) for words in ("0 s", "15 s", "30 s"))
    assert [one[0] for one in source] == [begin, first, second]
    assert [one[0] for one in target] == [first, second]
    for above, below in zip(source[1:], target, strict=True):
        assert above[3] == below[1]
    assert [one[3] - one[1] for one in target] == [150 * 0.25, 150 * 0.75]
    assert target[-1][2] == source[-1][2] == pytest.approx(moment(drawn, "45 s"))


def test_the_line_between_the_regions_is_level_or_upright_and_broken_where_nothing_is_known() -> None:
    seen = [sample(0, 0), sample(10, 50), sample(20, None), sample(30, 100), sample(40, None)]
    drawn = svg(chapter(seen))
    path = next(one.attrib["d"] for one in drawn.iter(f"{SVG}path") if one.get("class") == "boundary")
    assert [letter for letter in path if letter.isalpha()] == ["M", "H", "V", "H", "M", "H"]
    unknown = traffic(drawn, "unknown")
    assert [one[3] - one[1] for one in unknown] == [150, 150]
    assert f"M{unknown[0][2]:g} " in path


@pytest.mark.parametrize("seen", [chapter(), chapter([sample(0, None)])])
def test_without_weights_there_is_no_line_and_no_share(seen: Chapter) -> None:
    drawn = svg(seen)
    assert not [one for one in drawn.iter(f"{SVG}path") if one.get("class") == "boundary"]
    assert traffic(drawn, "source") == traffic(drawn, "target") == []
    assert next(drawn.iter(f"{SVG}desc")).text == "Nobody said where the traffic goes."


def test_shares_are_written_into_the_parts_and_each_region_is_named_once() -> None:
    found = said(svg(migration()))
    assert [words for words in found if words.startswith((US, EU)) and "%" in words] == [
        f"{US} 50 %", f"{EU} 100 %",
    ]  # fmt: skip
    assert found.count("25 %") == 3  # two parts and the scale
    assert found.count("75 %") == 3


def test_a_part_that_is_too_small_has_no_share() -> None:
    low, short = chapter([sample(0, 5)]), chapter([sample(0, 50), sample(59.9, 40)])
    assert f"{US} 95 %" in said(svg(low))
    assert not [words for words in said(svg(low)) if words.endswith(" 5 %") or words == "5 %"]
    assert not [words for words in said(svg(short)) if words in {"40 %", "60 %"}]


def test_a_region_that_has_no_room_for_its_name_has_its_share() -> None:
    ten = [sample(second, 50 + second % 2) for second in range(10)]
    found = said(svg(chapter(ten, seconds=10)))
    assert not [words for words in found if words.startswith((US, EU)) and "%" in words]
    assert {"51 %", "49 %"} <= set(found)


@WIDTHS
@pytest.mark.parametrize("seen", [migration(), way_back(), fault()])
def test_nothing_that_is_written_overlaps_or_lies_outside(seen: Chapter, width: float) -> None:
    drawn = svg(seen, width)
    check_words(drawn)


@WIDTHS
@pytest.mark.parametrize("begin", [0, 29, 58])
def test_ten_events_in_two_seconds_do_not_overlap(begin: float, width: float) -> None:
    events = tuple(event(begin + number / 5, "phase-passed", f"{number}") for number in range(10))
    check_words(svg(chapter([sample(0)], events=events), width))


def check_words(drawn: ET.Element) -> None:
    _, _, width, height = (float(part) for part in drawn.attrib["viewBox"].split(" "))
    found = words_of(drawn)
    assert all(left >= 0 and top >= 0 and right <= width for left, top, right, _ in found)
    assert max(bottom for *_, bottom in found) <= height
    for one, other in combinations(found, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_every_event_has_a_line_at_its_moment_through_all_rows() -> None:
    drawn = svg(chapter([sample(0)], seconds=50, events=(event(20, "waiting"), event(30, "moved", "all"))))
    lines = [one for one in drawn.iter(f"{SVG}line") if one.get("class") == "event"]
    assert [float(one.attrib["x1"]) for one in lines] == [moment(drawn, "20 s"), moment(drawn, "30 s")]
    rule = next(one for one in drawn.iter(f"{SVG}line") if one.get("class") == "rule")
    assert {one.attrib["y2"] for one in lines} == {rule.attrib["y1"]}
    assert {"1. waiting", "2. moved all"} <= set(said(drawn))


def test_words_lie_above_lines_and_lines_above_shapes() -> None:
    drawn = svg(fault())
    kinds = [{one.tag.removeprefix(SVG) for one in group.iter()} - {"g", "title"} for group in drawn[3:]]
    assert kinds == [{"rect", "line", "path"}, {"line"}, {"text"}]


def test_rows_have_names_beside_them_or_above_them() -> None:
    for width in (WIDE, NARROW):
        drawn = svg(fault(), width)
        left = moment(drawn, "0 s")
        label = next(one for one in drawn.iter(f"{SVG}text") if one.text == "eu-west-1 healthy hosts")
        assert (float(label.attrib["x"]) < left) == (width == WIDE)
        assert label[0].text == "eu-west-1 alarm-healthy-hosts-abc123"
    assert "traffic, by weight" in said(svg(fault()))


def test_a_bar_is_labelled_when_there_is_room_and_explained_by_the_legend_anyway() -> None:
    drawn = svg(fault())
    rows = [one for one in drawn.iter(f"{SVG}g") if one.get("class") == "row"]
    bars = [one for row in rows for one in row if one.attrib["class"] == "alarm"]
    assert [one[0].text for one in bars] == ["ALARM"]
    assert said(drawn).count("ALARM") == 2
    short = chapter([sample(0), sample(59.5, writer=EU)])
    assert said(svg(short)).count(EU) == 1


def test_the_legend_has_what_occurs_and_goes_on_in_a_second_line() -> None:
    for width, several in ((WIDE, False), (NARROW, True)):
        drawn = svg(fault(), width)
        legend = next(one for one in drawn.iter(f"{SVG}g") if one.get("class") == "legend")
        assert [one.attrib["class"] for one in legend] == [
            "source", "target", "ok", "alarm", "nodata", "unknown",
        ]  # fmt: skip
        assert (len({one.attrib["y"] for one in legend}) > 1) == several


def test_what_a_colour_says_a_pattern_says_too() -> None:
    drawn = svg(migration(), key="first")
    patterns = {one.attrib["id"] for one in drawn.iter(f"{SVG}pattern")}
    used: dict[str, Any] = {}
    for one in drawn.iter(f"{SVG}rect"):
        used.setdefault(one.attrib["class"].split(" ")[0], one.get("style"))
    for kind in ("target", "nodata", "unknown", "paused"):
        assert used[kind] == f"fill:url(#first-{kind})"
        assert f"first-{kind}" in patterns
    assert used["source"] is used["ok"] is used["step"] is None


def test_the_drawing_is_told_in_words_too() -> None:
    drawn = svg(chapter([sample(0, 0), sample(10, None), sample(20, 25)], title="A & B"), key="x")
    assert drawn.attrib["aria-labelledby"] == "x-title x-text"
    assert drawn[0].text == "Timeline: A & B"
    assert drawn[1].text == (
        "us-east-1 100, eu-west-1 0 from 0:00 to 0:10; us-east-1 75, eu-west-1 25 from 0:20 to 1:00"
    )


def test_a_drawing_is_the_same_every_time_and_has_no_script_or_address() -> None:
    text = draw(report(), migration(), key="k")
    assert text == draw(report(), migration(), key="k")
    assert "<script" not in text
    assert "href" not in text
    assert text.count("http") == 1  # the namespace
    assert text.count("<text") == len(said(svg(migration()))) > 30


@WIDTHS
def test_a_moment_outside_the_chapter_is_drawn_at_its_edge(width: float) -> None:
    drawn = svg(chapter([sample(0)], events=(event(-3, "started"),)), width)
    line = next(one for one in drawn.iter(f"{SVG}line") if one.get("class") == "event")
    assert float(line.attrib["x1"]) == moment(drawn, "0:00")
