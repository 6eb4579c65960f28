from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from shared.deploy import expiry, journal, rounds, saved
from shared.deploy.report import RunReport
from shared.deploy.run import Run
from shared.errors import Refused, UserError
from tests.deploy.stacks import Stack, World, chain, ends

A, B = "us-east-1/a", "us-east-1/b"


def apply(world: World, folder: Path, **options: object) -> RunReport:
    return world.make("deploy", **options).deploy_saved(folder)


def test_saved_plans_are_applied_exactly_and_what_was_deferred_after_them(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*chain(A, B))
    planned = world.plan(out=folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert f"{B} is deferred: agreed to is that it creates 1 resource, named in plans.json" in world.screen
    assert planned.next_command == f"invoke deploy --plan {folder}"
    report = apply(world, folder)
    assert ends(report) == {A: "applied", B: "applied"}
    assert report.stacks[0].counts["add"] == 1
    assert report.next_command is None


def test_the_set_says_what_pins_every_stack_of_the_queue(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    third = Stack("global/c", stage=3)
    world.synthesize(*chain(A, B), third)
    world.deploy(third.address)
    world.plan(out=folder)
    document = json.loads((folder / "plans.json").read_text())
    assert document["queue"] == document["known"] == [A, B, third.address]
    found = {record["stack"]: record for record in document["stacks"]}
    assert {a: (r["stage"], r["status"]) for a, r in found.items()} == {
        A: ("source", "planned"),
        B: ("source", "deferred"),
        third.address: ("global", "unchanged"),
    }
    assert found[A]["state"] is None
    assert found[A]["sha256"] == hashlib.sha256((folder / found[A]["file"]).read_bytes()).hexdigest()
    assert found[A]["plan"]["changes"][0]["address"] == "terraform_data.main"
    assert found[B]["reasons"] == [f"waits for {A} (not applied yet)"]
    assert found[B]["creates"] == ["terraform_data.main"]
    state = world.state(third.address) or {}
    assert found[third.address]["state"] == f"{state['lineage']}#{state['serial']}"
    assert all(record["code"] for record in found.values())


def test_everything_that_moved_since_is_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*chain(A, B))
    world.deploy()
    a, b = chain(A, B)
    a.outputs = {"id": "another"}
    b.resources = {"main": {"input": "two"}}
    world.synthesize(a, b)
    assert ends(world.plan(B, out=folder)) == {B: "planned"}
    # meanwhile the upstream, the state, the code and the file change
    world.deploy()
    b.resources = {"main": {"input": "three"}}
    world.synthesize(a, b)
    (folder / "us-east-1_b.tfplan").write_bytes(b"forged")
    with pytest.raises(Refused) as refused:
        apply(world, folder)
    assert [problem.what for problem in refused.value.problems] == [
        "its plan file is missing or is not the one that was saved",
        "an upstream published other values since",
        "its state was written since",
        "its code changed since",
    ]
    assert {problem.where for problem in refused.value.problems} == {B}
    assert refused.value.problems[0].remedy == f"`invoke plan --out {folder}` plans again; review that"
    assert world.state(B)["resources"][-1]["instances"][0]["attributes"]["input"]["value"] == "two"  # type: ignore[index]


def test_a_set_is_for_one_environment(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A))
    world.plan(out=folder)
    document = json.loads((folder / "plans.json").read_text())
    (folder / "plans.json").write_text(json.dumps({**document, "suffix": "other"}))
    with pytest.raises(Refused, match="these plans are for tests, suffix other"):
        apply(world, folder)
    with pytest.raises(UserError, match="holds no saved plans"):
        apply(world, tmp_path / "nowhere")


def test_saved_plans_are_asked_for_too(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A))
    world.plan(out=folder)
    assert ends(apply(world, folder, ask=lambda _question: "no")) == {A: "declined"}
    assert world.state(A) is None


def test_a_set_with_a_refused_plan_is_not_kept(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A), Stack(B, reads={A: ["nothing"]}))
    world.deploy(A)
    report = world.plan(out=tmp_path / "saved")
    assert report.exit_code == 2
    assert not (tmp_path / "saved").exists()


def test_credentials_that_end_too_early_are_refused_before_anything(world: World, endpoint: str) -> None:
    world.synthesize(Stack(A))
    world.clients.expiry = datetime.now(UTC) + timedelta(minutes=10)
    with pytest.raises(Refused, match="the credentials end in 10 minutes and this command may take 45"):
        world.deploy()
    assert world.state(A) is None
    # once the command is known to take seconds, ten minutes are enough
    world.clients.expiry = None
    world.deploy()
    world.plan()
    world.clients.expiry = datetime.now(UTC) + timedelta(minutes=10)
    assert ends(world.deploy()) == {A: "unchanged"}
    here = expiry.Place(command="deploy", environment="tests", suffix=world.suffix, endpoint=endpoint)
    assert expiry.expected(world.root, here) < timedelta(minutes=1)
    assert expiry.expected(world.root, replace(here, command="plan")) < timedelta(minutes=1)
    # runs of another command, another environment, or against another AWS say nothing
    for other in ({"command": "rollout"}, {"suffix": "x"}, {"environment": "x"}, {"endpoint": ""}):
        assert expiry.expected(world.root, replace(here, **other)) == expiry.UNKNOWN


def test_only_a_whole_run_may_shorten_what_is_expected(tmp_path: Path) -> None:
    place = expiry.Place(command="rollout", environment="e", suffix="s", endpoint="")

    def ran(seconds: float, *ends: str, code: int = 0) -> None:
        folder = journal.new_folder(tmp_path, "rollout")
        stacks = [{"status": end} for end in ends]
        document = {**asdict(place), "seconds": seconds, "exit_code": code, "stacks": stacks}
        (folder / "report.json").write_text(json.dumps(document))

    ran(120, "unchanged", "unchanged")
    ran(120, "applied", "unchanged")
    ran(9000, "failed", code=1)
    journal.new_folder(tmp_path, "killed")
    for damaged in ("{", "[]"):
        (journal.new_folder(tmp_path, "damaged") / "report.json").write_text(damaged)
    assert expiry.expected(tmp_path, place) == expiry.UNKNOWN
    ran(3600, "applied", "unchanged")
    assert expiry.expected(tmp_path, place) == timedelta(seconds=5400)
    for folder in journal.folders(tmp_path):
        shutil.rmtree(folder)
    ran(600, "applied", "applied")
    assert expiry.expected(tmp_path, place) == timedelta(seconds=900)


def test_credentials_that_renew_themselves_are_only_mentioned(world: World) -> None:
    world.synthesize(Stack(A))
    world.clients.expiry = datetime.now(UTC) + timedelta(minutes=10)
    world.clients.renew = True
    assert ends(world.deploy()) == {A: "applied"}
    assert "may take 45; they should renew themselves meanwhile" in world.screen


def test_a_folder_of_somebodys_own_keeps_its_mode(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir(mode=0o755)
    world.synthesize(Stack(A))
    report = world.plan(out=folder)
    assert folder.stat().st_mode & 0o777 == 0o755
    assert (folder / "us-east-1_a.tfplan").stat().st_mode & 0o777 == 0o600
    assert report.next_command == f"invoke deploy --plan {folder}"


def test_a_file_in_the_place_of_the_folder_is_seen_before_anything_is_planned(
    world: World, tmp_path: Path
) -> None:
    world.synthesize(Stack(A))
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="is a file"):
            world.plan(out=out)
    assert not journal.folders(world.root)


def test_a_folder_that_cannot_be_written_is_seen_before_anything_is_planned(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(Stack(A))
    asked: list[object] = []

    def refuse(path: object, _mode: int) -> bool:
        asked.append(path)
        return False

    monkeypatch.setattr("shared.deploy.keeping.os.access", refuse)
    with pytest.raises(UserError, match=f"{tmp_path} cannot be written"):
        world.plan(out=tmp_path / "below" / "saved")
    assert asked == [tmp_path]
    assert not journal.folders(world.root)


@pytest.mark.parametrize("name", ["review.md", "plans.json", "us-east-1_a.tfplan"])
def test_a_set_that_cannot_be_written_is_one_message_and_leaves_no_plan(
    world: World, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "saved"
    (folder / name).mkdir(parents=True)
    (folder / name / "mine").touch()
    world.synthesize(Stack(A))
    with pytest.raises(UserError, match="the plans cannot be kept") as refused:
        world.plan(out=folder)
    assert str(folder) in str(refused.value)
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / name / "mine"]


def test_a_folder_that_there_cannot_be_is_seen_before_anything_is_planned(world: World) -> None:
    world.synthesize(Stack(A))
    with pytest.raises(UserError, match="File name too long"):
        world.plan(out=Path("x" * 300))
    assert not journal.folders(world.root)


def test_a_folder_that_cannot_be_made_is_one_message(world: World) -> None:
    world.synthesize(Stack(A))
    with pytest.raises(UserError, match="/proc/nowhere"):
        world.plan(out=Path("/proc/nowhere"))


def test_a_set_that_cannot_be_read_is_one_message(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A))
    # a file at whose beginning nothing can be read
    (tmp_path / "plans.json").symlink_to("/proc/self/mem")
    with pytest.raises(UserError, match=r"plans\.json cannot be read"):
        apply(world, tmp_path)


def test_a_set_with_a_stack_that_is_gone_is_refused(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A), Stack(B))
    world.plan(out=folder)
    world.synthesize(Stack(A))
    with pytest.raises(Refused, match=f"{B}: is no longer a stack of this environment"):
        apply(world, folder)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"environment": "tests", "suffix": "x", "stacks": [{}]}'])
def test_a_damaged_set_is_said(world: World, tmp_path: Path, text: str) -> None:
    world.synthesize(Stack(A))
    (tmp_path / "plans.json").write_text(text)
    with pytest.raises(UserError, match=r"plans\.json is damaged"):
        apply(world, tmp_path)


def test_ctrl_c_between_two_stages_ends_a_set_where_it_is(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "saved"
    third = Stack("global/c", stage=3)
    world.synthesize(*chain(A, B), third)
    world.plan(out=folder)

    def and_then_ctrl_c(run: Run, *args: Any, **options: Any) -> None:
        rounds.apply_all(run, *args, **options)
        run.interrupts.stopping.set()

    with monkeypatch.context() as interrupted:
        interrupted.setattr(saved, "rounds", SimpleNamespace(apply_all=and_then_ctrl_c))
        report = apply(world, folder)
    assert (ends(report)[A], world.state(third.address)) == ("applied", None)
    # the same command, which the program words with its options; not one that plans anew
    assert report.next_command == "invoke deploy"
    assert json.loads((folder / "applied.json").read_text()).keys() >= {A}

    assert ends(apply(world, folder))[third.address] == "applied"


def test_after_ctrl_c_nobody_is_asked_about_what_does_more_than_was_deferred() -> None:
    run: Any = SimpleNamespace(interrupts=SimpleNamespace(stopping=Event()))
    run.interrupts.stopping.set()
    asked: list[str] = []
    assert not saved._approved(run, [], SimpleNamespace(), ask=asked.append)  # type: ignore[arg-type]
    assert asked == []


def test_a_stack_whose_state_nobody_saw_is_not_said_to_stand(tmp_path: Path) -> None:
    run: Any = SimpleNamespace(with_status=lambda _: [SimpleNamespace(address=A)], states={})
    found: Any = SimpleNamespace(applied={}, folder=tmp_path)
    saved._note_applied(run, found)
    assert list(tmp_path.iterdir()) == []
