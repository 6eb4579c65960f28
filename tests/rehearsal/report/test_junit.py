from __future__ import annotations

from xml.etree import ElementTree as ET

from shared.rehearsal.report import Part, Report
from shared.rehearsal.report.junit import document
from tests.rehearsal.report.rehearsed import chapter, check, event, report, whole


def root(shown: Report) -> ET.Element:
    return ET.fromstring(document(shown).encode())  # noqa: S314 - it is ours


def test_there_is_a_suite_per_chapter_and_one_for_the_parts() -> None:
    shown, found = whole(), root(whole())
    assert found.tag == "testsuites"
    assert [suite.attrib["name"] for suite in found] == [
        *(one.title for one in shown.chapters), "Parts of the rehearsal",
    ]  # fmt: skip
    for suite, one in zip(found, shown.chapters, strict=False):
        assert [case.attrib["name"] for case in suite.iter("testcase")] == [c.name for c in one.checks]
    parts = [(case.attrib["name"], case.attrib["time"]) for case in found[-1].iter("testcase")]
    assert parts[0] == ("Embedded AWS and synthesis", "38.100")
    assert [name for name, _ in parts] == [*(part.title for part in shown.parts), "The whole rehearsal"]


def test_numbers_add_up() -> None:
    bad = chapter(checks=(check("a"), check("b", passed=False), check("c", passed=False)), seconds=3.25)
    found = root(
        report(
            bad, chapter(title="Rollback"), passed=False, failure="no", parts=(Part(title="p", seconds=1),)
        )
    )
    counts = [(one.attrib["tests"], one.attrib["failures"]) for one in found]
    assert counts == [("3", "2"), ("0", "0"), ("2", "1")]
    assert (found.attrib["tests"], found.attrib["failures"], found.attrib["errors"]) == ("5", "3", "0")
    assert (found.attrib["time"], found[0].attrib["time"]) == ("754.200", "3.250")
    for suite in found:
        assert len(list(suite.iter("failure"))) == int(suite.attrib["failures"])
        assert (suite.attrib["errors"], suite.attrib["skipped"]) == ("0", "0")


def test_a_failure_has_its_first_line_as_message_and_all_of_it_as_text() -> None:
    seen = (check("a", passed=False, detail="first\nsecond"), check("b", passed=False))
    failures = list(root(report(chapter(checks=seen))).iter("failure"))
    assert [(one.attrib["message"], one.text) for one in failures] == [
        ("first", "first\nsecond"),
        ("failed", None),
    ]
    assert {one.attrib["type"] for one in failures} == {"CheckFailed"}


def test_the_rehearsals_own_failure_is_a_test_case() -> None:
    cases = root(report(passed=False, failure="Left behind: a VPC"))[-1]
    assert [(case.attrib["name"], case[0].text) for case in cases] == [
        ("The whole rehearsal", "Left behind: a VPC")
    ]
    assert not list(root(report()).iter("failure"))


def test_what_was_found_and_what_was_told_is_kept() -> None:
    told = (event(61, "moved"), event(1, "phase-passed", "25"))
    suite = root(report(chapter(checks=(check("a", detail="b"), check("c")), events=told, seconds=70)))[0]
    assert [one.tag for one in suite] == ["properties", "testcase", "testcase", "system-out"]
    assert suite[0][0].attrib == {"name": "outcome", "value": "moved"}
    assert suite[1][0].tag == "system-out"
    assert suite[1][0].text == "b"
    assert len(suite[2]) == 0
    assert suite[3].text == "0:01  phase-passed  25\n1:01  moved"


def test_a_suite_says_when_it_began() -> None:
    found = root(report(chapter(began=67.0)))
    assert [suite.attrib["timestamp"] for suite in found] == [
        "2026-03-14T09:28:00+00:00", "2026-03-14T09:26:53+00:00",
    ]  # fmt: skip


def test_names_are_told_apart_and_have_no_packages() -> None:
    twice = chapter(title="Fault v1.2", checks=(check("a"), check("a"), check("b")))
    found = root(report(twice, twice))
    assert [suite.attrib["name"] for suite in found][:2] == ["Fault v1.2", "Fault v1.2 (2)"]
    cases = [(case.attrib["classname"], case.attrib["name"]) for case in found[1].iter("testcase")]
    group = "rehearsal.Fault v1 2 (2)"
    assert cases == [(group, "a"), (group, "a (2)"), (group, "b")]


def test_whatever_is_in_a_text_the_document_can_be_read() -> None:
    evil = "<a> & ]]> \x1b[31mred\x1b[0m \x00 \ud800 \uffff"
    good = "<a> & ]]> red \ufffd \ufffd \ufffd"
    seen = chapter(
        title=evil, outcome=evil, events=(event(1, evil, evil),),
        checks=(check(evil, passed=False, detail=evil), check("b", detail=evil)),
    )  # fmt: skip
    found = root(
        report(seen, environment=evil, passed=False, failure=evil, parts=(Part(title=evil, seconds=1),))
    )
    assert found.attrib["name"] == f"Rehearsal of {good}"
    assert [one.attrib["name"] for one in found] == [good, "Parts of the rehearsal"]
    assert [one.text for one in found.iter("failure")] == [good, good]
    assert found[0][0][0].attrib["value"] == good
    assert found[1][0].attrib["name"] == good
