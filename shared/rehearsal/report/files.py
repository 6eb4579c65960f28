"""The report's three files: for machines, for people, for CI systems."""

from __future__ import annotations

import json
from pathlib import Path

from shared.errors import UserError
from shared.rehearsal.report import html, junit
from shared.rehearsal.report.model import Report

JSON, HTML, XML = "report.json", "report.html", "report.xml"


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write `report.json`, `report.html` and `report.xml`, and return their paths. Makes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        JSON: json.dumps(report.as_json(), indent=2) + "\n",
        HTML: html.page(report),
        XML: junit.document(report),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)


def read(folder: Path) -> Report:
    """Return the report that `report.json` holds. Raises UserError when there is none."""
    path = folder / JSON
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.", remedy="Name the folder of a rehearsal.") from None
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}") from None
    return Report.from_json(document)
