"""The schema of a run's report: what is published is what is written. `World` holds every run to it."""

from __future__ import annotations

import dataclasses
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import report_schema
from shared.deploy.report import RunReport, StackReport
from tests.deploy.page import runs
from tests.deploy.schema import mistakes, validator


def test_the_published_schema_is_the_one_that_the_code_makes() -> None:
    assert report_schema.PAGE.read_text(encoding="utf-8") == report_schema.text()


def test_it_is_written_where_it_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_schema, "PAGE", tmp_path / "schema.json")

    assert report_schema.main() == 0
    assert (tmp_path / "schema.json").read_text() == report_schema.text()


def test_the_module_is_the_command_that_the_page_names(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(Path, "write_text", lambda _self, text, **_options: written.append(text))
    monkeypatch.delitem(sys.modules, "shared.deploy.report_schema")

    with pytest.raises(SystemExit, match=r"^0$"):
        runpy.run_module("shared.deploy.report_schema", run_name="__main__")
    assert written == [report_schema.text()]


@pytest.mark.parametrize("recorded", runs.ALL)
def test_every_kind_of_run_is_as_the_schema_says(recorded, tmp_path: Path) -> None:
    written = dataclasses.replace(recorded(), folder=tmp_path).write()

    assert mistakes(written) == []


def test_every_field_is_there_and_is_described() -> None:
    schema = report_schema.schema()
    stack = schema["$defs"]["StackReport"]

    assert set(schema["required"]) == {field.name for field in dataclasses.fields(RunReport)} | {"totals"}
    assert set(stack["required"]) == {field.name for field in dataclasses.fields(StackReport)}
    assert "drifted" in stack["properties"]["status"]["enum"]
    assert stack["properties"]["needs"]["description"].startswith("Stacks of this run")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"version": 2}, "$.version"),
        ({"more": 1}, "$"),
        ({"exit_code": "0"}, "$.exit_code"),
        ({"totals": {"add": 1}}, "$.totals"),
        ({"stacks": [{}]}, "$.stacks[0]"),
    ],
)
def test_what_is_not_a_report_is_told(change: dict[str, Any], where: str) -> None:
    document = json.loads(json.dumps(runs.rollout().as_json())) | change

    assert {error.json_path for error in validator().iter_errors(document)} == {where}


def test_a_status_that_there_is_not_is_told() -> None:
    document = json.loads(json.dumps(runs.idle().as_json()))
    document["stacks"][0]["status"] = "gone"

    (error,) = validator().iter_errors(document)
    assert error.json_path == "$.stacks[0].status"
