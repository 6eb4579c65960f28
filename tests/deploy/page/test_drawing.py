"""The timeline of a run."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from shared.deploy.page import drawing
from shared.deploy.page.critical import critical_path
from shared.deploy.page.drawing import NARROW, WIDE
from shared.deploy.report import RunReport
from shared.reporting.canvas import breadth
from tests.deploy.page import runs
from tests.deploy.page.runs import DATABASE, FOUNDATION, SERVICE, TARGET, run, span, stack

NS = "{http://www.w3.org/2000/svg}"


def drawn(shown: RunReport, width: float = WIDE) -> ET.Element:
    text = drawing.draw(shown, critical_path(shown), key="k", width=width)
    return ET.fromstring(text)  # noqa: S314 - made by us


def rects(svg: ET.Element, kind: str) -> list[ET.Element]:
    """The rectangles of a kind that are not the legend's."""
    legend = {id(one) for group in svg.iter(f"{NS}g") if group.get("class") == "legend" for one in group}
    return [
        one
        for one in svg.iter(f"{NS}rect")
        if one.attrib.get("class", "").split(" ")[0] == kind and id(one) not in legend
    ]


def words(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{NS}text")]


def said(one: ET.Element) -> str:
    return one.findtext(f"{NS}title") or ""


@pytest.mark.parametrize("recorded", runs.ALL)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_stack_has_its_row_and_nothing_is_cut_off(recorded, width: float) -> None:
    shown = recorded()
    svg = drawn(shown, width)

    assert len([one for one in svg.iter(f"{NS}g") if one.get("class") == "row"]) == len(shown.stacks)
    assert all(words(svg).count(one.address) >= 1 for one in shown.stacks)
    _, _, wide, high = map(float, svg.attrib["viewBox"].split(" "))
    assert wide == width
    for one in [*svg.iter(f"{NS}rect"), *svg.iter(f"{NS}text")]:
        if "width" in one.attrib and "ground" in one.attrib["class"]:
            continue
        x, y = float(one.attrib["x"]), float(one.attrib["y"])
        assert 0 <= x <= wide
        assert 0 <= y <= high
        if "width" in one.attrib:
            assert x + float(one.attrib["width"]) <= wide + 0.01
        # the first of the axis' names is anchored in its middle
        elif "middle" in one.attrib.get("class", ""):
            assert x - breadth(one.text or "") / 2 >= -4


def test_a_bar_is_where_it_was_in_time() -> None:
    svg = drawn(runs.rollout())

    first, *_, last = rects(svg, "apply")
    seconds = float(last.attrib["x"]) - float(first.attrib["x"])
    width = float(first.attrib["width"])
    # from second 6 to 34, and six seconds long
    assert seconds / 28 == pytest.approx(width / 6, rel=0.01)
    assert said(first) == "apply, 6.0 s, from 6 s to 12 s"


def test_a_wait_names_what_it_was_for() -> None:
    svg = drawn(runs.rollout())

    assert {said(one).split(",")[0] for one in rects(svg, "upstream")} == {
        f"waits for {FOUNDATION}: waits for another stack"
    }
    assert said(rects(svg, "slot")[0]).startswith("waits for its turn")
    assert said(rects(svg, "stage")[0]).startswith("waits for the review of its stage")
    assert rects(svg, "upstream")[0].attrib["style"] == "fill:url(#k-upstream)"


def test_a_question_is_a_band_below_all_rows() -> None:
    svg = drawn(runs.rollout())

    (band,) = rects(svg, "question")
    assert said(band) == "a question waits for its answer, 2.0 s"
    bars = [float(one.attrib["y"]) for one in rects(svg, "apply")]
    top, high = float(band.attrib["y"]), float(band.attrib["height"])
    assert top < min(bars)
    assert top + high > max(bars)
    shapes = svg.findall(f"{NS}g")[0]
    assert shapes[0] is band


def test_the_critical_path_is_bold_and_connected() -> None:
    svg = drawn(runs.rollout())

    bold = {one.text for one in svg.iter(f"{NS}text") if one.get("class") == "critical"}
    assert bold == {FOUNDATION, DATABASE, TARGET}
    (chain,) = (one for one in svg.iter(f"{NS}g") if one.get("class") == "chain")
    assert len(chain) == 2
    assert all("V" in one.attrib["d"] for one in chain)
    narrow = drawn(runs.rollout(), NARROW)
    assert any("critical" in one.attrib.get("class", "") for one in narrow.iter(f"{NS}text"))


def test_the_legend_explains_what_there_is_and_nothing_else() -> None:
    explained = words(drawn(runs.rollout()))
    assert "waits for its turn" in explained
    assert "a question waits for its answer" in explained
    assert "destroy" not in explained
    assert "waits for its turn" not in words(drawn(runs.idle()))


def test_an_end_that_is_not_expected_stands_behind_the_last_bar() -> None:
    svg = drawn(runs.failed())

    found = {one.text: one.attrib["class"] for one in svg.iter(f"{NS}text") if "halo" in one.get("class", "")}
    assert found[f"blocked: {FOUNDATION} failed"] == "halo"
    assert found["refused"] == "halo bad"
    # the failed stack was at work nearly to the end of the run: there is less room behind it
    assert "halo bad" in found["failed"]
    assert not [one for one in words(drawn(runs.rollout())) if one in {"applied", "no changes"}]


def test_where_there_is_no_room_behind_the_last_bar_the_end_is_told_on_it() -> None:
    late = run(
        stack(FOUNDATION, "failed", span("apply", 0, 39.9)),
        stack(SERVICE, "blocked", span("plan", 0, 30), reasons=("a reason that takes much room",)),
    )
    svg = drawn(late)
    (failed,) = (one for one in svg.iter(f"{NS}text") if one.text == "failed")
    assert failed.attrib["class"] == "halo bad end"
    (cut,) = (one for one in svg.iter(f"{NS}text") if (one.text or "").startswith("blocked: a reason"))
    assert (cut.text or "").endswith("…")
    assert said(cut) == "blocked: a reason that takes much room"


def test_who_cannot_see_it_is_told_all_of_it() -> None:
    told = drawn(runs.rollout()).findtext(f"{NS}desc") or ""

    assert f"{DATABASE} applied: waits for {FOUNDATION} 4 s to 12 s, plan 12 s to 14 s" in told
    assert f"{TARGET} applied: waits for the review of its stage 4 s to 30 s" in told
    assert "absent: never applied: nothing was done" in (drawn(runs.drifted()).findtext(f"{NS}desc") or "")


def test_a_run_without_time_is_drawn() -> None:
    assert FOUNDATION in words(drawn(run(stack(FOUNDATION, "absent"), seconds=0.0)))
