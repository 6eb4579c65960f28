"""Pages that need nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.reporting import figures

_TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment(templates: Path) -> Environment:
    """Return what renders a page's templates, which it reads once; `page.css` is there beside its own."""
    made = Environment(
        loader=FileSystemLoader([templates, _TEMPLATES]),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["duration"] = figures.duration
    return made


def _finalize(value: Any) -> Any:
    """Take what no document may contain out of every text; drawings are markup already."""
    return figures.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
