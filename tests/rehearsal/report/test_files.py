from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from shared.errors import UserError
from shared.rehearsal.report import read, write
from shared.rehearsal.report.__main__ import main
from tests.rehearsal.report.rehearsed import report, whole

NAMES = ["report.json", "report.html", "report.xml"]


def test_three_files_are_written_into_a_folder_that_need_not_exist(tmp_path: Path) -> None:
    folder = tmp_path / "rehearsals" / "today"
    written = write(whole(), folder)
    assert [path.relative_to(folder).as_posix() for path in written] == NAMES
    assert json.loads(written[0].read_text()) == whole().as_json()
    assert written[1].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert ET.parse(written[2]).getroot().tag == "testsuites"  # noqa: S314 - it is ours
    assert read(folder) == whole()


def test_texts_that_no_encoding_has_do_not_hinder_writing(tmp_path: Path) -> None:
    write(report(passed=False, failure="\ud800"), tmp_path)
    assert read(tmp_path).failure == "\ud800"
    assert "\ufffd" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"report\.json does not exist"):
        read(tmp_path)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(UserError, match="is not JSON: Expecting property name"):
        read(tmp_path)


def test_the_page_and_the_xml_are_written_again_from_the_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [path.read_text() for path in write(whole(), tmp_path)]
    for name in NAMES[1:]:
        (tmp_path / name).unlink()
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / name) for name in NAMES]
    assert [(tmp_path / name).read_text() for name in NAMES] == before


def test_a_mistake_is_told_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text('{"suffix": 3}')
    assert main([str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "environment: Field required" in told.err
    assert "suffix: Input should be a valid string" in told.err
    assert told.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_the_module_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(whole(), tmp_path)
    (tmp_path / "report.html").unlink()
    monkeypatch.setattr(sys, "argv", ["report", str(tmp_path)])
    monkeypatch.delitem(sys.modules, "shared.rehearsal.report.__main__")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("shared.rehearsal.report", run_name="__main__")
    assert ended.value.code == 0
    assert (tmp_path / "report.html").exists()
