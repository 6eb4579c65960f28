"""`invoke check --policy`: what a person sees, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.commands import policy
from shared.deploy import opening, plans
from shared.policy import exceptions
from shared.workspace import Workspace
from tests.commands.invoked import invoke
from tests.policy.programs import Checkov, terraform
from tests.synthesized import Synthesis

_NAME = "database-migration"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landing: Synthesis) -> Path:
    """A repository with one environment, which is synthesized already, and without checkov."""
    real = exceptions.load()
    monkeypatch.setattr(policy, "here", lambda: Workspace(tmp_path))
    monkeypatch.setattr(policy, "synthesize", lambda *_: landing.manifest)
    monkeypatch.setattr(policy.settings, "names", lambda: [_NAME])
    # what excuses checkov's findings is stale where a test's program finds something else
    monkeypatch.setattr(exceptions, "load", lambda: [each for each in real if each.check.startswith("RS")])
    return tmp_path


@pytest.fixture
def checkov(root: Path) -> Checkov:
    """A program in checkov's place."""
    folder = root / ".venv-policy" / "bin"
    folder.mkdir(parents=True)
    return Checkov(folder)


@pytest.fixture
def shown(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was printed since."""
    return lambda: capfd.readouterr().out


def test_without_checkov_our_own_checks_are_shown_and_what_to_run(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert root
    assert invoke("check", "--policy") == 2
    said = capfd.readouterr()
    assert "RS44" in said.out
    assert "own: passed" in said.out
    assert "checkov" not in said.out
    assert said.err.splitlines() == [
        "Error",
        "  checkov: it is not installed in .venv-policy, so its checks were not run",
        "      make policy",
    ]


def test_nothing_wrong_is_exit_code_0(checkov: Checkov, shown: Callable[[], str]) -> None:
    checkov.failing("nothing")
    assert invoke("check", "--policy") == 0
    text = shown()
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line}
    assert lines["RS31"][-3:] == ["2", "0", "1"]
    assert lines["EXCEPTIONS"][-2:] == ["0", "0"]
    assert lines[_NAME][2:4] == ["0", "3"]
    assert "checkov 3.3.30: passed" in text
    assert text.rstrip().endswith(f"{_NAME}: 0 findings, 3 excepted (docs/policy.md).")


def test_what_is_wrong_is_told_with_its_file_and_what_to_do(
    checkov: Checkov, shown: Callable[[], str]
) -> None:
    checkov.failing("aws_sns_topic")
    assert invoke("check", "--policy", "--env", _NAME) == 2
    text = shown()
    told = text[text.index("2 findings") :].splitlines()
    first = next(number for number, line in enumerate(told) if line.startswith("CKV_AWS_26 "))
    assert told[first].startswith(f"CKV_AWS_26 {_NAME} us-east-1/")
    assert told[first].endswith(": Ensure CKV_AWS_26")
    assert told[first + 1].endswith("cdk.tf.json")
    assert (
        told[first + 2]
        .strip()
        .startswith("Change the construct, or write into shared/policy/exceptions.toml")
    )


def test_programs_get_json_and_nothing_else(checkov: Checkov, shown: Callable[[], str]) -> None:
    checkov.failing("aws_sns_topic")
    assert invoke("check", "--policy", "--json") == 2
    document = json.loads(shown())
    assert {each["check"] for each in document["findings"]} == {"CKV_AWS_26"}
    assert document["checkov"] == {"version": "3.3.30"}
    assert document["environments"][0]["environment"] == _NAME


def test_saved_plans_are_read_instead(
    checkov: Checkov,
    root: Path,
    landing: Synthesis,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def find(_: Path, say: Callable[[str], None]) -> Any:
        say("plugins come from a mirror")
        return terraform(root)

    monkeypatch.setattr(opening, "find_program", find)
    entry = landing.manifest.stacks[0]
    folder = root / "plans"
    folder.mkdir()
    (folder / "a.tfplan").write_text("a plan")
    record = {
        "stack": entry.address,
        "status": "planned",
        "file": "a.tfplan",
        "sha256": plans.digest(folder / "a.tfplan"),
        "code": plans.digest(landing.manifest.directory(entry) / "cdk.tf.json"),
    }
    kept = {"environment": _NAME, "suffix": landing.manifest.suffix, "stacks": [record]}
    (folder / "plans.json").write_text(json.dumps(kept))

    checkov.failing("nothing")
    assert invoke("check", "--policy", "--env", _NAME, "--plan", str(folder)) == 0
    said = capfd.readouterr()
    assert "plugins come from a mirror" in said.err
    # of some stacks only: what excuses nothing there is not stale
    assert "EXCEPTIONS" not in said.out


def test_plans_belong_to_an_environment(capfd: pytest.CaptureFixture[str]) -> None:
    assert invoke("check", "--policy", "--plan", "somewhere") == 2
    assert "Whose plans?" in capfd.readouterr().err


@pytest.mark.parametrize("words", [("--env", "x"), ("--suffix", "x"), ("--plan", "x"), ("--json",)])
def test_options_of_the_policy_are_for_the_policy(
    words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert invoke("check", *words) == 2
    assert "belong to --policy" in capfd.readouterr().err
