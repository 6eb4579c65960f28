"""A run's record for people and for CI systems: `report.html`, `report.xml` beside `report.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.page import html, junit
from shared.deploy.report import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.report import RunReport

HTML, XML = "report.html", "report.xml"


def write(report: RunReport) -> None:
    """Write the page and the XML into the run's folder."""
    for name, text in ((HTML, html.page(report)), (XML, junit.document(report))):
        (report.folder / name).write_text(text, encoding="utf-8")


def paths(folder: Path) -> tuple[Path, ...]:
    """Return the files of a run's report: for people, for programs, for CI systems."""
    return tuple(folder / name for name in (HTML, FILE_NAME, XML))
