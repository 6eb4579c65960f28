"""JUnit XML, which CI systems read.

Layout: https://github.com/testmoapp/junitxml (what the common readers understand). Some readers keep
one of several test cases of one name, so names are told apart by a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

from shared.reporting.figures import plain


@dataclass(frozen=True, kw_only=True)
class Case:
    """A test case; `seconds` is 0 for what is looked at at the end of something longer."""

    name: str
    passed: bool = True
    skipped: bool = False
    """It was not looked at; `detail` says why."""
    kind: str = "CheckFailed"
    """What a failure is called."""
    detail: str = ""
    seconds: float = 0.0
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Test cases that belong together."""

    name: str
    group: str
    """What its cases' class names begin with: `rehearsal`."""
    cases: Sequence[Case]
    began: datetime
    seconds: float
    properties: Mapping[str, str] | None = None
    """None: the suite has none."""
    output: str | None = None
    """What is shown beside it; None: nothing."""


def document(name: str, suites: Sequence[Suite], *, seconds: float) -> str:
    """Return the XML document."""
    root = ET.Element("testsuites", {"name": plain(name)})
    for title, suite in zip(_apart(suite.name for suite in suites), suites, strict=True):
        root.append(_suite(suite, title))
    for count in ("tests", "failures"):
        root.set(count, str(sum(int(suite.attrib[count]) for suite in root)))
    root.attrib |= {"errors": "0", "time": f"{seconds:.3f}"}
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(suite: Suite, title: str) -> ET.Element:
    about = {
        "name": plain(title),
        "tests": str(len(suite.cases)),
        "failures": str(sum(not case.passed for case in suite.cases)),
        "errors": "0",
        "skipped": str(sum(case.skipped for case in suite.cases)),
        "time": f"{suite.seconds:.3f}",
        "timestamp": suite.began.isoformat(timespec="seconds"),
    }
    drawn = ET.Element("testsuite", about)
    if suite.properties is not None:
        _properties(drawn, suite.properties)
    # a full stop begins a new package where classes are shown as a tree
    group = plain(f"{suite.group}.{title.replace('.', ' ')}")
    for name, case in zip(_apart(case.name for case in suite.cases), suite.cases, strict=True):
        _case(drawn, case, {"classname": group, "name": plain(name), "time": f"{case.seconds:.3f}"})
    if suite.output is not None:
        ET.SubElement(drawn, "system-out").text = plain(suite.output)
    return drawn


def _case(suite: ET.Element, case: Case, described: Mapping[str, str]) -> None:
    drawn = ET.SubElement(suite, "testcase", dict(described))
    if case.properties:
        _properties(drawn, case.properties)
    detail = plain(case.detail)
    if not case.passed:
        first = (detail.splitlines() or ["failed"])[0]
        ET.SubElement(drawn, "failure", {"message": first, "type": case.kind}).text = detail
    elif case.skipped:
        ET.SubElement(drawn, "skipped", {"message": detail})
    elif detail:
        ET.SubElement(drawn, "system-out").text = detail


def _properties(parent: ET.Element, values: Mapping[str, str]) -> None:
    drawn = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(drawn, "property", {"name": plain(name), "value": plain(value)})


def _apart(names: Iterable[str]) -> Iterator[str]:
    """Yield the names; the second of one name has a 2 behind it."""
    times: Counter[str] = Counter()
    for name in names:
        times[name] += 1
        yield name if times[name] == 1 else f"{name} ({times[name]})"
