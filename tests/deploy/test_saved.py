from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.deploy import expiry, journal
from shared.deploy.report import RunReport
from shared.errors import Refused, UserError
from tests.deploy.stacks import Stack, World, chain, ends

A, B = "us-east-1/a", "us-east-1/b"


def apply(world: World, folder: Path, **options: object) -> RunReport:
    return world.make("deploy", **options).deploy_saved(folder)


def test_saved_plans_are_applied_exactly_and_nothing_else(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*chain(A, B))
    world.plan(out=folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    report = apply(world, folder)
    # B waited for A when the plans were made, so it is not part of the set
    assert ends(report) == {A: "applied"}
    assert report.stacks[0].counts["add"] == 1
    assert world.state(B) is None


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
        "its state was written since",
        "an upstream published other values since",
        "its code changed since",
    ]
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
