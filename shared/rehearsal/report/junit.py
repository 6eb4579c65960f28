"""The report as JUnit XML, which CI systems read: a suite per chapter, and one for the rehearsal's parts.

Layout: https://github.com/testmoapp/junitxml (what the common readers understand). Some readers keep
one of several test cases of one name, so names are told apart by a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from shared.rehearsal.report import series
from shared.rehearsal.report.figures import clock, plain

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Report


@dataclass(frozen=True, kw_only=True)
class Case:
    """A test case; `seconds` is 0 for what is looked at at the end of something longer."""

    name: str
    passed: bool = True
    detail: str = ""
    seconds: float = 0.0


def document(report: Report) -> str:
    """Return the XML document."""
    root = ET.Element("testsuites", {"name": plain(f"Rehearsal of {report.environment}")})
    for title, chapter in zip(_apart(c.title for c in report.chapters), report.chapters, strict=True):
        cases = [Case(name=c.name, passed=c.passed, detail=c.detail) for c in chapter.checks]
        suite = _suite(report, title, cases, began=chapter.began, seconds=chapter.seconds)
        properties = ET.Element("properties")
        ET.SubElement(properties, "property", {"name": "outcome", "value": plain(chapter.outcome)})
        for number in chapter.numbers:
            value = f"{number.value} {number.detail}".strip()
            ET.SubElement(properties, "property", {"name": plain(number.name), "value": plain(value)})
        suite.insert(0, properties)
        ET.SubElement(suite, "system-out").text = plain("\n".join(_events(chapter)))
        root.append(suite)
    whole = Case(name="The whole rehearsal", passed=report.passed, detail=report.failure)
    parts = [Case(name=part.title, seconds=part.seconds) for part in report.parts]
    root.append(_suite(report, "Parts of the rehearsal", [*parts, whole], began=0.0, seconds=report.seconds))
    for name in ("tests", "failures"):
        root.set(name, str(sum(int(suite.attrib[name]) for suite in root)))
    root.attrib |= {"errors": "0", "time": f"{report.seconds:.3f}"}
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, title: str, cases: list[Case], *, began: float, seconds: float) -> ET.Element:
    failed = sum(not case.passed for case in cases)
    about = {
        "name": plain(title),
        "tests": str(len(cases)),
        "failures": str(failed),
        "errors": "0",
        "skipped": "0",
        "time": f"{seconds:.3f}",
        "timestamp": report.moment(began).isoformat(timespec="seconds"),
    }
    suite = ET.Element("testsuite", about)
    # a full stop begins a new package where classes are shown as a tree
    group = plain(f"rehearsal.{title.replace('.', ' ')}")
    for name, case in zip(_apart(case.name for case in cases), cases, strict=True):
        described = {"classname": group, "name": plain(name), "time": f"{case.seconds:.3f}"}
        drawn = ET.SubElement(suite, "testcase", described)
        detail = plain(case.detail)
        if not case.passed:
            first = (detail.splitlines() or ["failed"])[0]
            ET.SubElement(drawn, "failure", {"message": first, "type": "CheckFailed"}).text = detail
        elif detail:
            ET.SubElement(drawn, "system-out").text = detail
    return suite


def _apart(names: Iterable[str]) -> Iterator[str]:
    """Yield the names; the second of one name has a 2 behind it."""
    times: Counter[str] = Counter()
    for name in names:
        times[name] += 1
        yield name if times[name] == 1 else f"{name} ({times[name]})"


def _events(chapter: Chapter) -> Iterator[str]:
    for event in series.marks(chapter):
        yield f"{clock(event.seconds, whole=chapter.length)}  {event.name}  {event.detail}".rstrip()
