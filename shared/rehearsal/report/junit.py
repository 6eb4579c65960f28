"""The report as JUnit XML: a suite per chapter, and one for the rehearsal's parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.rehearsal.report import series
from shared.reporting import junit
from shared.reporting.figures import clock
from shared.reporting.junit import Case, Suite

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Report

_GROUP = "rehearsal"


def document(report: Report) -> str:
    """Return the XML document."""
    parts = [Case(name=part.title, seconds=part.seconds) for part in report.parts]
    whole = Case(name="The whole rehearsal", passed=report.passed, detail=report.failure)
    last = Suite(
        name="Parts of the rehearsal",
        group=_GROUP,
        cases=[*parts, whole],
        began=report.moment(0.0),
        seconds=report.seconds,
    )
    suites = [*(_suite(report, chapter) for chapter in report.chapters), last]
    return junit.document(f"Rehearsal of {report.environment}", suites, seconds=report.seconds)


def _suite(report: Report, chapter: Chapter) -> Suite:
    numbers = {number.name: f"{number.value} {number.detail}".strip() for number in chapter.numbers}
    return Suite(
        name=chapter.title,
        group=_GROUP,
        cases=[Case(name=c.name, passed=c.passed, detail=c.detail) for c in chapter.checks],
        began=report.moment(chapter.began),
        seconds=chapter.seconds,
        properties={"outcome": chapter.outcome, **numbers},
        output="\n".join(_events(chapter)),
    )


def _events(chapter: Chapter) -> Iterator[str]:
    for event in series.marks(chapter):
        yield f"{clock(event.seconds, whole=chapter.length)}  {event.name}  {event.detail}".rstrip()
