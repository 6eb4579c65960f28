"""The JSON schema of a run's `report.json`: `python -m shared.deploy.report_schema` writes it into docs/.

It is made from the dataclasses, descriptions from their docstrings, so it cannot say anything else.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from shared.deploy.drift import Difference, Drifted
from shared.deploy.plans import Change
from shared.deploy.report import VERSION, RunReport, StackReport
from shared.deploy.work import Span, Status
from shared.errors import Problem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
_PARTS = (StackReport, Change, Difference, Drifted, Problem, Span)
_TOTALS = ("add", "change", "replace", "destroy")


def schema() -> dict[str, Any]:
    """Return the schema: a report that was written has every field, those with a default too."""
    document: dict[str, Any] = TypeAdapter(RunReport).json_schema(mode="serialization")
    for kind, part in ((RunReport, document), *((kind, document["$defs"][kind.__name__]) for kind in _PARTS)):
        said = _docstrings(kind)
        for name, field in part["properties"].items():
            del field["title"]
            if name in said:
                field["description"] = said[name]
        part["additionalProperties"] = False
    document["properties"]["totals"] = {
        "type": "object",
        "description": "Sums of the counts of the stacks that were applied or destroyed.",
        "properties": {name: {"type": "integer", "minimum": 0} for name in _TOTALS},
        "required": list(_TOTALS),
        "additionalProperties": False,
    }
    for part in (document, *document["$defs"].values()):
        part["required"] = list(part["properties"])
    document["properties"]["version"]["const"] = VERSION
    document["$defs"]["StackReport"]["properties"]["status"]["enum"] = list(get_args(Status))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def _docstrings(kind: type) -> dict[str, str]:
    """Return field -> the text that stands below it in the dataclass."""
    (made,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(made, ast.ClassDef)  # noqa: S101 - a dataclass is a class
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(made.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def text() -> str:
    """Return the schema as it is written."""
    return json.dumps(schema(), indent=2) + "\n"


def main() -> int:
    """Write the schema and return the exit code."""
    PAGE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
