"""JUnit XML that rehearsals and deployments share."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from shared.reporting.junit import Case, Suite, document

BEGAN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


def root(*cases: Case, **more) -> ET.Element:
    suite = Suite(**{"name": "s", "group": "g", "cases": cases, "began": BEGAN, "seconds": 1.5, **more})
    return ET.fromstring(document("all", [suite], seconds=2.0).encode())  # noqa: S314 - it is ours


def test_cases_are_counted_by_how_they_ended() -> None:
    found = root(Case(name="a"), Case(name="b", passed=False), Case(name="c", skipped=True, detail="why"))

    assert {name: found[0].attrib[name] for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "3", "failures": "1", "skipped": "1", "errors": "0",
    }  # fmt: skip
    assert (found.attrib["tests"], found.attrib["failures"], found.attrib["time"]) == ("3", "1", "2.000")
    passed, failed, skipped = found[0].iter("testcase")
    assert list(passed) == []
    assert failed[0].attrib == {"message": "failed", "type": "CheckFailed"}
    assert (skipped[0].tag, skipped[0].attrib) == ("skipped", {"message": "why"})


def test_a_failure_is_no_skip_even_where_both_are_said() -> None:
    (case,) = root(Case(name="a", passed=False, skipped=True, detail="x", kind="Drift")).iter("testcase")

    assert [one.tag for one in case] == ["failure"]
    assert case[0].attrib["type"] == "Drift"


def test_what_is_known_beside_the_result_is_output() -> None:
    (case,) = root(Case(name="a", detail="b", properties={"n": "1"})).iter("testcase")

    assert case.findtext("system-out") == "b"
    assert [one.attrib for one in case.iter("property")] == [{"name": "n", "value": "1"}]


def test_a_suite_has_properties_and_output_only_when_it_is_given_them() -> None:
    assert [one.tag for one in root(Case(name="a"))[0]] == ["testcase"]
    with_both = root(Case(name="a"), properties={}, output="said")[0]
    assert [one.tag for one in with_both] == ["properties", "testcase", "system-out"]


def test_names_are_told_apart_and_make_no_packages() -> None:
    found = root(Case(name="a"), Case(name="a"), Case(name="a"), name="v1.2")

    assert [case.attrib["name"] for case in found.iter("testcase")] == ["a", "a (2)", "a (3)"]
    assert {case.attrib["classname"] for case in found.iter("testcase")} == {"g.v1 2"}
    assert found[0].attrib["name"] == "v1.2"
    assert found[0].attrib["timestamp"] == "2026-03-14T09:26:53+00:00"
