"""Runbooks: each is one text for a Terraform output, a command and the documents.

It is rendered when the stack is synthesized, so that an id may be a reference which Terraform fills
in. Ids are therefore inserted as they are and never looked into; only what comes from the settings
(seconds, limits) is computed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def render(template: str, values: Mapping[str, object]) -> str:
    """Return a template of `modules/templates`, filled in. UndefinedError for a value that is missing."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown for people, and every value is ours
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
