"""Holds what a run wrote against the schema that is published."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from shared.deploy.report_schema import PAGE


@cache
def validator() -> Draft202012Validator:
    """Return what knows the published schema."""
    document = json.loads(PAGE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def mistakes(path: Path) -> list[str]:
    """Return what is wrong about a written report."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return [f"{found.json_path}: {found.message}" for found in validator().iter_errors(document)]
