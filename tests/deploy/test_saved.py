from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.deploy import expiry
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


def test_credentials_that_end_too_early_are_refused_before_anything(world: World) -> None:
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
    assert expiry.expected(world.root, "deploy") < timedelta(minutes=1)
    (world.root / ".regionshift" / "runs" / "20990101T000000-cut").mkdir()
    assert expiry.expected(world.root, "rollout") == expiry.UNKNOWN
