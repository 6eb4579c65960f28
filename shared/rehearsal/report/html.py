"""The report as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from shared.rehearsal.report import drawing, phases, series
from shared.rehearsal.report.words import words
from shared.reporting import figures, pages

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Event, Number, Report
    from shared.rehearsal.report.phases import Phase
    from shared.rehearsal.report.series import Span

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_TEMPLATE = "report.html.j2"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A chapter, and what the page shows of it."""

    chapter: Chapter
    anchor: str
    began: str
    """Time of day."""
    wide: Markup
    """Its drawing, for a desk and for paper."""
    narrow: Markup
    """The same, for a phone."""
    phases: list[Phase]
    writers: tuple[str, str]
    lag: float | None
    """Highest replication lag, in milliseconds."""
    events: list[Event]
    steps: list[Span[str]]
    """States of the state machine."""

    def clock(self, seconds: float) -> str:
        """Return a moment of the chapter."""
        return figures.clock(seconds, whole=self.chapter.length)


def page(report: Report) -> str:
    """Return the page."""
    shown = [_shown(report, chapter, number) for number, chapter in enumerate(report.chapters, start=1)]
    return (
        pages.environment(_TEMPLATES)
        .get_template(_TEMPLATE)
        .render(
            report=report,
            words=words(report),
            shown=shown,
            measured=_measured(report),
            began=f"{report.moment(0):%d %B %Y, %H:%M %Z}".strip(),
            checks=[check for chapter in report.chapters for check in chapter.checks],
            slowest=max((part.seconds for part in report.parts), default=0.0) or 1.0,
        )
    )


def _measured(report: Report) -> list[tuple[str, list[Number | None]]]:
    """Return name -> what each chapter with numbers has under it; in the order in which names come up."""
    chapters = [{number.name: number for number in one.numbers} for one in report.chapters if one.numbers]
    names = dict.fromkeys(name for found in chapters for name in found)
    return [(name, [found.get(name) for found in chapters]) for name in names]


def _shown(report: Report, chapter: Chapter, number: int) -> Shown:
    anchor = f"chapter-{number}"
    return Shown(
        chapter=chapter,
        anchor=anchor,
        began=f"{report.moment(chapter.began):%H:%M:%S}",
        # a drawing escapes its texts itself
        wide=Markup(drawing.draw(report, chapter, key=f"{anchor}-wide")),  # noqa: S704
        narrow=Markup(drawing.draw(report, chapter, key=f"{anchor}-narrow", width=drawing.NARROW)),  # noqa: S704
        phases=phases.phases(chapter),
        writers=series.writers(chapter),
        lag=series.highest_lag(chapter),
        events=series.marks(chapter),
        steps=[step for step in series.steps(chapter) if step.value],
    )
