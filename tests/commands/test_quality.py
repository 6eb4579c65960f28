from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.commands import quality
from shared.workspace import Workspace
from tests.commands.invoked import invoke


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small project that the checks run on instead of this one."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.coverage.run]\nsource = ['sums']\n[tool.pytest.ini_options]\nmarkers = ['long']\n"
    )
    (tmp_path / "sums.py").write_text('"""Sums."""\n')
    (tmp_path / "test_sums.py").write_text(
        "import pytest\n\nimport sums\n\n\ndef test_one():\n    assert sums\n\n\n"
        "def test_two():\n    assert sums\n\n\n@pytest.mark.long\ndef test_three():\n    assert sums\n"
    )
    monkeypatch.setattr(quality, "here", lambda: Workspace(tmp_path))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider")
    # its measurements are not ours
    monkeypatch.setenv("COVERAGE_FILE", str(tmp_path / ".coverage"))
    for name in [name for name in os.environ if name.startswith(("COV_CORE_", "COVERAGE_P"))]:
        monkeypatch.delenv(name)
    return tmp_path


def test_all_checks_run_although_one_fails(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    checks = {"ruff check": ("ruff", "check", "."), "ruff format": ("ruff", "format", "--check", ".")}
    monkeypatch.setattr(quality, "CHECKS", checks)
    assert invoke("check") == 0
    assert "Failed" not in capfd.readouterr().out

    (project / "sums.py").write_text('"""Sums."""\n\nimport os\n')
    assert invoke("check") == 1

    shown = capfd.readouterr().out
    assert shown.count("failed (") == 1
    assert "Failed: ruff check" in shown
    assert shown.index("ruff check") < shown.index("ruff format")


def test_what_python_compiles_is_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert invoke("test", "--select", "two") == 0
    assert list((project / "__pycache__").glob("sums.*.pyc"))


def test_the_checks_are_those_of_the_pipeline() -> None:
    assert list(quality.CHECKS) == ["ruff check", "ruff format", "mypy", "pylint"]


def test_all_tests_are_measured_and_a_selection_is_not(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert project
    assert invoke("test") == 0
    usual = capfd.readouterr().out
    assert "2 passed" in usual
    assert "coverage" in usual

    assert invoke("test", "--every") == 0
    whole = capfd.readouterr().out
    assert "3 passed" in whole
    assert "coverage" in whole

    assert invoke("test", "--select", "two") == 0
    part = capfd.readouterr().out
    assert "1 passed" in part
    assert "coverage" not in part


def test_a_test_that_fails_is_the_commands_exit_code(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "test_sums.py").write_text("def test_one():\n    assert False\n")

    assert invoke("test", "--select", "one") == 1
    assert "1 failed" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        (["--system", "only"], ["-m", "system and not long"]),
        (["--system", "none"], ["-m", "not system and not long"]),
        (["--system", "only", "--every"], ["-m", "system"]),
        # who names a test means it, however long it is
        (["--select", "way_back"], ["-k", "way_back"]),
    ],
    ids=" ".join,
)
def test_a_part_of_the_tests_is_chosen(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], chosen: list[str]
) -> None:
    commands: list[tuple[str, ...]] = []

    def run(*words: str) -> int:
        commands.append(words)
        return 0

    monkeypatch.setattr(quality, "run", run)

    assert invoke("test", *asked) == 0
    assert commands == [("pytest", *quality.WORKERS, *quality.SLOWEST, *chosen)]
