from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shared.rehearsal.report import Report
from shared.rehearsal.report.html import page
from tests.pages import Page
from tests.rehearsal.report.rehearsed import (
    EU,
    US,
    chapter,
    check,
    event,
    migration,
    report,
    sample,
    whole,
)

EVIL = "<script>alert('x')</script> & \"quoted\" \x1b[31mred\x1b[0m \x00"


def text(shown: Report) -> str:
    return Page(page(shown)).text


def test_the_verdict_is_the_first_line() -> None:
    first = Page(page(whole()).split("</h1>", maxsplit=1)[0].split("<main>")[1] + "</h1>").text.strip()
    move = "region-migration: the move from us-east-1 to eu-west-1, rehearsed in 12 min 34 s"
    assert first == f"Passed {move}"
    assert f"Failed {move}" in text(whole(passed=False))
    assert "<title>Failed:" in page(whole(passed=False))


def test_everything_of_the_report_is_on_the_page() -> None:
    shown, found = whole(), text(whole())
    for one in shown.chapters:
        assert one.title in found
        assert f"Ended as {one.outcome} after" in found
        for seen in one.checks:
            assert f"✓ passed {seen.name} {seen.detail}".strip() in found
        for told in one.events:
            assert told.detail in found
    for said in (*shown.refusals, *shown.cannot_prove, shown.scaled, shown.suffix):
        assert said in found
    for part in shown.parts:
        assert part.title in found
    for stack in shown.stacks:
        assert stack.address in found
    assert "11 stacks 143" in found
    assert "13 of 13 passed" in found
    assert "09:32:24, 5 min 31 s into the rehearsal" in found


def test_a_chapter_shows_phases_writer_lag_and_states() -> None:
    found = text(report(migration()))
    assert "75 25 0:03 0:14 11 s passed the gate" in rows(page(report(migration())))
    assert "Writer, before → after us-east-1 → eu-west-1 " in found
    assert "Highest replication lag 159 ms" in found
    assert "States of the state machine that were seen" in found
    assert "0:03 0:13 Bake" in rows(page(report(migration())))


def rows(text: str) -> list[str]:
    """Return the cells of every row of a table, joined."""
    cells = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in text.split("<tr>")[1:])
    return [" ".join(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in cells]


def test_the_drawings_are_on_the_page_for_wide_and_for_narrow() -> None:
    found = Page(page(whole()))
    drawings = [about for tag, about in found.elements if tag == "svg"]
    assert len(drawings) == 2 * 3
    named = [about["id"] for _, about in found.elements if "id" in about]
    assert len(named) == len(set(named))
    links = [str(about["href"]) for tag, about in found.elements if tag == "a"]
    assert set(links) == {"#limits", "#chapter-1", "#chapter-2", "#chapter-3"}
    assert {link[1:] for link in links} <= set(named)


def test_the_page_needs_nothing_from_anywhere() -> None:
    found = Page(page(whole()))
    assert {tag for tag, _ in found.elements} & {"script", "link", "img", "iframe", "object"} == set()
    assert not [about for _, about in found.elements if "src" in about]
    assert "@import" not in page(whole())
    assert re.findall(r"url\((?!#)", page(whole())) == []


def test_the_page_is_for_screens_of_any_size_for_dark_ones_and_for_paper() -> None:
    found = page(whole())
    for rule in ("(max-width: 680px)", "screen and (prefers-color-scheme: dark)", "@media print"):
        assert rule in found
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in found


def test_a_failure_says_what_failed_and_links_to_it() -> None:
    bad = chapter(
        title="Shift",
        checks=(check("a"), check("b", passed=False, detail="found c"), check("d", passed=False)),
    )
    found = page(
        report(chapter(title="Rest", checks=(check("a"),)), bad, passed=False, failure="It broke.\nTwice.")
    )
    box = found.split('id="failure"')[1].split("</div>")[0]
    assert "<pre>It broke.\nTwice.</pre>" in box
    assert re.findall(r"<li>(.*)</li>", box) == [
        '<a href="#chapter-2">Shift</a>: b (found c)',
        '<a href="#chapter-2">Shift</a>: d',
    ]
    assert "✗ 2 of 3 failed" in text(report(bad))
    assert "✗ failed b found c" in rows(found)
    assert "2 of 4 passed" in text(report(chapter(checks=(check("a"),)), bad))


def test_a_failed_check_alone_is_a_failure_and_a_failure_without_words_has_none() -> None:
    bad = page(report(chapter(checks=(check("b", passed=False),))))
    assert "<b>Failed</b>" in bad
    assert "<pre>" not in bad
    assert "<li>" not in page(report(passed=False)).split('id="failure"')[1].split("</div>")[0]
    assert 'id="failure"' not in page(whole())


@pytest.mark.parametrize("field", ["environment", "suffix", "source", "target", "failure", "scaled"])
def test_no_text_of_the_report_becomes_a_part_of_the_page(field: str) -> None:
    check_harmless(replace(whole(passed=False), **{field: EVIL}))


def test_no_text_of_a_chapter_becomes_a_part_of_the_page() -> None:
    seen = [
        sample(0, writer=EVIL, state=EVIL, alarms={EVIL: EVIL}, paused=(EVIL,)),
        sample(30, 100, writer=US, state="Bake"),
    ]
    told, looked = event(3, EVIL, EVIL), check(EVIL, passed=False, detail=EVIL)
    check_harmless(report(chapter(seen, title=EVIL, outcome=EVIL, events=(told,), checks=(looked,))))


def check_harmless(shown: Report) -> None:
    found = page(shown)
    assert "<script" not in found
    assert "alert(" in found
    assert "\x1b" not in found
    assert "\x00" not in found
    assert Page(found).elements


def test_an_empty_report_says_that_there_is_nothing() -> None:
    found = text(report())
    for said in (
        "Nothing was asked for that has to be refused.",
        "No stack was deployed.",
        "No part was begun.",
        "no limits were noted",
        "0 of 0 passed",
    ):
        assert said in found
    assert "What was done" not in found


def test_an_empty_chapter_says_that_there_is_nothing() -> None:
    found = text(report(chapter(outcome="")))
    for said in (
        "Took 1 min 00 s; nothing checked.",
        "there is nothing to draw",
        "Nothing was checked.",
        "no data",
        "not known",
    ):
        assert said in found
    assert "Events and notifications" not in found
    assert "States of the state machine that were seen" not in found
    assert "<svg" not in page(report(chapter()))


def test_what_is_not_known_is_a_question_mark_and_a_writer_that_stays_is_unchanged() -> None:
    shown = report(chapter([sample(0, None)]))
    assert "? ? 0:00 1:00 1 min 00 s not known" in rows(page(shown))
    assert f"{US}, unchanged" in text(shown)
    assert EU in text(shown)


def test_the_longest_part_has_the_longest_bar() -> None:
    widths = re.findall(r'class="bar" style="width: ([\d.]+)%"', page(whole()))
    assert widths == ["17.8", "1.1", "100.0", "33.4", "31.7", "4.8", "13.8", "88.4"]
