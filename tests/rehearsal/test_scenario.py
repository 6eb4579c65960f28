"""What a rehearsal makes of a part that goes wrong; that all goes well is the system test's story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shared.commands.deployment import Choices, Deployment
from shared.deploy import states
from shared.deploy.report import RunReport, StackReport
from shared.rehearsal import inventory, leaks, scenario
from shared.rehearsal.scenario import Rehearsal, RehearsalFailedError
from shared.settings import load
from shared.workspace import Workspace
from tests.deploy.standing import Clients, manifest, stack

STACK = stack("eu-west-1/foundation", "target")


def report(status: str, exit_code: int) -> RunReport:
    one = StackReport(address=STACK.address, stage="target", status=status, counts={}, seconds={})
    return RunReport(
        command="x", environment="x", suffix="x", started="x", seconds=0, exit_code=exit_code,
        folder=Path(), stacks=(one,),
    )  # fmt: skip


class Engine:
    """Answers every command with the same report."""

    def __init__(self, answer: RunReport) -> None:
        self.answer = answer

    def plan(self, _: Sequence[str]) -> RunReport:
        return self.answer

    deploy = destroy = plan


@pytest.fixture
def rehearsal(tmp_path: Path) -> Rehearsal:
    return Rehearsal(
        deployment=Deployment(
            environment=load("region-migration"),
            manifest=manifest(STACK),
            clients=Clients(),  # type: ignore[arg-type]
            workspace=Workspace(tmp_path),
        ),
        choices=Choices(),
        console=Console(quiet=True),
    )


def answering(monkeypatch: pytest.MonkeyPatch, status: str, exit_code: int = 0) -> None:
    monkeypatch.setattr(scenario, "engine", lambda *_, **__: Engine(report(status, exit_code)))


@pytest.mark.parametrize(
    ("part", "name"),
    [(Rehearsal.rollout, "rollout"), (Rehearsal.plan_again, "second plan"), (Rehearsal.teardown, "teardown")],
)
def test_a_run_that_fails_ends_the_rehearsal_with_its_exit_code_and_its_report(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch, part: Any, name: str
) -> None:
    answering(monkeypatch, "interrupted", 130)

    with pytest.raises(RehearsalFailedError, match=f"The {name} ended with exit code 130") as failure:
        part(rehearsal)

    assert failure.value.exit_code == 130
    assert rehearsal.findings[name]["exit_code"] == 130


def test_a_second_plan_with_anything_to_do_names_the_stack(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "planned")

    with pytest.raises(RehearsalFailedError, match="The second plan is not empty: eu-west-1/foundation"):
        rehearsal.plan_again()


def test_a_secret_that_is_found_is_a_failure_that_names_the_place(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = leaks.Search(places=2, found=("logs/database.log",))
    monkeypatch.setattr(leaks, "search", lambda *_: found)

    with pytest.raises(RehearsalFailedError, match=r"A secret's value is in:\nlogs/database.log"):
        rehearsal.search()


def test_what_is_left_behind_is_listed(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "observe", lambda *_: {STACK.address: None})
    monkeypatch.setattr(inventory, "inventory", lambda *_: {"eu-west-1 subnets": ["subnet-1", "subnet-2"]})
    rehearsal.before = {"eu-west-1 subnets": ["subnet-1"]}

    with pytest.raises(RehearsalFailedError) as failure:
        rehearsal.nothing_left()

    assert rehearsal.findings["left"] == {"states": [STACK.address], "eu-west-1 subnets": ["subnet-2"]}
    assert "subnet-2" in str(failure.value)
