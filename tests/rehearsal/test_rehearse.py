from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from shared.errors import UserError
from shared.rehearsal import embedded, migration, migration_faults, rehearse, scenario
from shared.rehearsal import report as written
from shared.rehearsal.recovery import faults as recovery_faults
from shared.rehearsal.recovery import parts as recovery_parts
from shared.rehearsal.scenario import Rehearsal, RehearsalFailedError
from shared.workspace import Workspace
from tests.commands.invoked import invoke
from tests.deploy.standing import manifest, stack
from tests.workspaces import linked, starting


@pytest.fixture
def workspace(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """Return a workspace in which a synthesis takes no time."""
    workspace = linked(tmp_path_factory.mktemp("rehearsal"))
    synthesized = manifest(stack("eu-west-1/foundation", "target"))
    monkeypatch.setattr(rehearse, "here", lambda: workspace)
    monkeypatch.setattr(rehearse, "synthesize", lambda *_: synthesized)
    with starting(monkeypatch):
        yield workspace


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replace the parts by two small ones, and return what they saw."""
    noted: list[Any] = []

    def up(rehearsal: Rehearsal) -> None:
        buckets = boto3.client("s3", region_name="eu-west-1").list_buckets()["Buckets"]
        noted.append(("up", len(rehearsal.stacks), buckets))
        rehearsal.findings["up"] = "seen"

    def down(_: Rehearsal) -> None:
        noted.append("down")

    monkeypatch.setattr(scenario, "UP", (("Up", up),))
    monkeypatch.setattr(scenario, "DOWN", (("Down", down),))
    monkeypatch.setattr(migration, "parts", lambda _: (("There and back", lambda _: noted.append("moved")),))
    monkeypatch.setattr(
        recovery_parts, "parts", lambda _: (("Lost and back", lambda _: noted.append("failed over")),)
    )
    for catalogue in (migration_faults, recovery_faults):
        monkeypatch.setattr(
            catalogue,
            "parts",
            lambda _, faults: (("Faults", lambda _: noted.append([fault.name for fault in faults])),),
        )
    return noted


def report(workspace: Workspace) -> dict[str, Any]:
    (path,) = workspace.working.glob("rehearsals/*/findings.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def stopped(workspace: Workspace) -> bool:
    """Say whether no server of this workspace runs any more."""
    folders = [workspace.working, *workspace.working.glob("rehearsals/*")]
    return not any(embedded.status(folder) for folder in folders)


def test_it_goes_through_all_parts_on_an_embedded_aws_of_its_own(
    workspace: Workspace, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("rehearse") == 0

    assert seen == [("up", 1, []), "moved", "down"]
    shown = capsys.readouterr().out
    for title in ("Embedded AWS and synthesis", "Up", "There and back", "Summary", "in all", "Rehearsed."):
        assert title in shown
    found = report(workspace)
    assert (found["exit_code"], found["up"]) == (0, "seen")
    assert list(found["seconds"])[1:] == ["Up", "There and back", "Down"]
    assert stopped(workspace)
    (folder,) = workspace.working.glob("rehearsals/*")
    assert {"report.json", "report.html", "report.xml"} <= {path.name for path in folder.iterdir()}
    assert written.read(folder).succeeded


@pytest.mark.usefixtures("workspace")
def test_with_faults_each_is_put_into_a_migration_instead(seen: list[Any]) -> None:
    assert invoke("rehearse", "--fault", "alarm@50,lost-approval") == 0
    assert seen == [("up", 1, []), ["alarm@50", "lost-approval"], "down"]


@pytest.mark.usefixtures("workspace")
def test_deploying_only_moves_nothing(seen: list[Any]) -> None:
    assert invoke("rehearse", "--deploy-only") == 0
    assert seen == [("up", 1, []), "down"]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("option", ["--keep", "--deploy-only"])
def test_a_fault_needs_a_migration(option: str, seen: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("rehearse", "--fault", "all", option) == 2
    assert "leave --keep and --deploy-only out" in capsys.readouterr().err
    assert seen == []


def test_a_fault_that_there_is_not_is_refused_before_anything_starts(
    workspace: Workspace, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("rehearse", "--fault", "earthquake") == 2
    assert "no such fault: earthquake" in capsys.readouterr().err
    assert seen == []
    assert stopped(workspace)


@pytest.mark.usefixtures("seen")
def test_an_operation_that_is_refused_fails_the_rehearsal_and_the_report_says_why(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Rehearsal) -> None:
        raise UserError("the certificate is not issued")

    monkeypatch.setattr(migration, "parts", lambda _: (("Refused", refuse),))

    assert invoke("rehearse") == 1
    (folder,) = workspace.working.glob("rehearsals/*")
    assert "the certificate is not issued" in written.read(folder).failure


@pytest.mark.usefixtures("seen")
def test_a_part_that_fails_ends_it_with_its_code(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Rehearsal) -> None:
        raise RehearsalFailedError("The rollout ended with exit code 130.", 130)

    monkeypatch.setattr(scenario, "UP", (("Rollout", fail),))

    assert invoke("rehearse", "--keep") == 130

    shown = capsys.readouterr().out
    assert "The rollout ended with exit code 130." in shown
    assert "Failed (exit code 130)." in shown
    assert report(workspace)["exit_code"] == 130
    assert stopped(workspace)


@pytest.mark.usefixtures("seen")
def test_ctrl_c_stops_what_was_started(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Rehearsal) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scenario, "UP", (("Rollout", interrupt),))

    assert invoke("rehearse", "--keep") == 130
    assert stopped(workspace)


def test_with_keep_it_stays_where_the_other_commands_find_it(
    workspace: Workspace, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("rehearse", "--keep") == 0

    assert len(seen) == 1
    running = embedded.status(workspace.working)
    assert running is not None
    shown = capsys.readouterr().out
    assert f"Still running: {running.endpoint}" in shown
    assert 'eval "$(invoke embedded.env)"' in shown


@pytest.mark.usefixtures("seen")
def test_a_synthesis_that_fails_stops_the_server_and_says_why(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise UserError("node is not on PATH")

    monkeypatch.setattr(rehearse, "synthesize", fail)

    assert invoke("rehearse", "--keep") == 2
    assert "node is not on PATH" in capsys.readouterr().err
    assert stopped(workspace)


@pytest.mark.parametrize("options", [("--env", "disaster-recovery"), ("--system", "disaster-recovery")])
def test_a_system_with_a_standby_loses_its_primary(
    workspace: Workspace, seen: list[Any], options: tuple[str, ...]
) -> None:
    assert invoke("rehearse", *options) == 0
    assert seen == [("up", 1, []), "failed over", "down"]
    (folder,) = workspace.working.glob("rehearsals/*")
    found = json.loads((folder / "report.json").read_text())
    assert (found["source"], found["target"]) == ("us-east-1", "us-west-2")
    assert found["system"] == "disaster-recovery"
    assert [limit for limit in found["cannot_prove"] if limit.startswith("what a failover loses")]


@pytest.mark.usefixtures("workspace")
def test_each_system_has_faults_of_its_own(seen: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("rehearse", "--system", "disaster-recovery", "--fault", "refuse,killed@promote") == 0
    assert seen == [("up", 1, []), ["refuse", "killed@promote"], "down"]
    assert invoke("rehearse", "--system", "disaster-recovery", "--fault", "alarm@50") == 2
    assert "there are: refuse, hang, unknown-lag, " in capsys.readouterr().err


@pytest.mark.usefixtures("workspace")
def test_a_system_that_there_is_not_is_refused(seen: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("rehearse", "--system", "moon-landing") == 2
    assert "there are: region-migration, disaster-recovery" in capsys.readouterr().err
    assert seen == []


def test_what_was_refused_on_purpose_is_in_the_report(
    workspace: Workspace, seen: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def parts(journey: Any) -> tuple[scenario.Part, ...]:
        return (("Refused", lambda _: journey.refusals.append("the lag is not known")),)

    monkeypatch.setattr(recovery_parts, "parts", parts)
    assert invoke("rehearse", "--system", "disaster-recovery") == 0
    (folder,) = workspace.working.glob("rehearsals/*")
    assert written.read(folder).refusals == ("the lag is not known",)
    assert len(seen) == 2
