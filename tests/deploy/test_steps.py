"""Passing errors in the middle of an apply, guards, and what the engine says when it cannot run."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import guards, opening, steps, transient
from shared.deploy.engine import Engine
from shared.deploy.terraform import Program, Terraform
from shared.errors import Refused
from tests.aws_proxy import Answer, misbehaving, refusal
from tests.deploy.stacks import Stack, World, chain, ends, program

A, B = "us-east-1/a", "us-east-1/b"


def provisioned(command: str) -> dict[str, Any]:
    return {"main": {"input": "x", "provisioner": [{"local-exec": {"command": command}}]}}


def once(mark: Path, otherwise: str = "true") -> str:
    """A command that fails with a passing error the first time."""
    return f"test -e {mark} || {{ touch {mark}; {otherwise}; echo SlowDown: reduce your rate; exit 1; }}"


def test_a_passing_error_in_an_apply_is_tried_again_with_what_remains(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A, resources=provisioned(once(tmp_path / "mark"))))
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert "passing error, try 2 of 4" in report.stacks[0].notes[0]
    assert f"{A}: passing error" in world.screen
    assert ends(world.deploy()) == {A: "unchanged"}


def test_nothing_that_was_not_shown_is_applied_by_a_second_try(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A))
    changed = json.dumps({"resource": {"terraform_data": {"unseen": {"input": "y"}}}})
    extra = tmp_path / "out" / "stacks" / "us-east-1-a" / "extra.tf.json"
    (tmp_path / "extra").write_text(changed)
    command = once(tmp_path / "mark", f"cp {tmp_path / 'extra'} {extra}")
    world.synthesize(Stack(A, resources=provisioned(command)))
    report = world.deploy()
    assert ends(report) == {A: "failed"}
    assert report.stacks[0].error == "what remains to be done is not what was shown: review it again"
    assert "unseen" not in json.dumps(world.state(A))


def test_a_second_try_that_finds_nothing_left_is_a_success(world: World) -> None:
    # false in an apply, and not known in a plan: the resource is made, and the apply fails all the same
    condition = '${self.id == "" || timecmp(timestamp(), "2020-01-01T00:00:00Z") < 0}'
    lifecycle = {"postcondition": {"condition": condition, "error_message": "i/o timeout"}}
    world.synthesize(Stack(A, resources={"main": {"input": "x", "lifecycle": lifecycle}}, outputs={}))
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert len(report.stacks[0].notes) == 1


def refusing_to_save(
    world: World, endpoint: str, monkeypatch: pytest.MonkeyPatch, until: Callable[[], bool]
) -> contextlib.AbstractContextManager[str]:
    """An S3 that does not take the state once its resource is made, until `until` says so."""
    made = world.root / "made"

    def answer(method: str, path: str) -> Answer | None:
        refused = method == "PUT" and path.partition("?")[0].endswith("/a.tfstate")
        return refusal("SlowDown", status=503) if refused and made.exists() and not until() else None

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    monkeypatch.setattr(steps, "retrying", partial(transient.retrying, first_wait=0.01))
    world.synthesize(Stack(A, resources=provisioned(f"echo made >> {made}")))
    return misbehaving(endpoint, answer)


def errored(world: World) -> Path:
    assert world.manifest
    return world.manifest.directory(world.manifest.stack(A)) / "errored.tfstate"


def test_after_a_state_that_could_not_be_saved_nothing_is_made_twice(
    world: World, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing_to_save(world, aws, monkeypatch, lambda: errored(world).exists()) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        report = world.deploy()
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    assert ends(report) == {A: "applied"}
    assert (world.root / "made").read_text() == "made\n"
    assert "wrote the state that an earlier run could not save (errored.tfstate)" in report.stacks[0].notes
    assert not list(errored(world).parent.glob("errored*")), "it may hold secrets"
    assert ends(world.deploy()) == {A: "unchanged"}


def test_while_a_state_cannot_be_written_nothing_is_planned_and_its_file_is_named(
    world: World, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transient, "ATTEMPTS", 2)
    with refusing_to_save(world, aws, monkeypatch, lambda: False) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        report = world.deploy()
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    assert ends(report) == {A: "failed"}
    error = str(report.stacks[0].error)
    assert error.startswith(f"{errored(world)} holds what an apply made and could not write into the state")
    assert errored(world).stat().st_mode & 0o777 == 0o600
    again = world.deploy()
    assert ends(again) == {A: "unchanged"}
    assert (world.root / "made").read_text() == "made\n"
    assert not errored(world).exists()


def test_a_state_that_waits_in_a_file_is_told_of(
    world: World, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transient, "ATTEMPTS", 1)
    with refusing_to_save(world, aws, monkeypatch, lambda: False) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        report = world.deploy()
    assert f"{errored(world)} holds what was made and could not be written into the state. Keep it" in str(
        report.stacks[0].error
    )


def test_when_a_state_is_nowhere_nothing_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise transient.EngineError("apply", "Error: Failed to save state\nStatusCode: 503, SlowDown")

    monkeypatch.setattr(Terraform, "apply", fail)
    world.synthesize(Stack(A))
    report = world.deploy()
    assert ends(report) == {A: "failed"}
    assert report.stacks[0].notes == ()
    assert "Not tried again: what was made is in no state." in str(report.stacks[0].error)


def test_an_exact_plan_is_not_made_anew_after_a_passing_error(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A, resources=provisioned(once(tmp_path / "mark"))))
    with world.make()._run() as run:
        run.enqueue([A])
        work = run.works[A]
        steps.plan(run, work)
        work.exact = True
        steps.apply(run, work)
    assert work.status == "failed"
    assert work.notes == []


def test_the_guards_hold_a_plan_of_the_real_terraform(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data")
    world.synthesize(*chain(A, B))
    world.deploy()
    a, b = chain(A, B)
    a.resources = {"renamed": {"input": "one"}}
    a.outputs = {"id": "${terraform_data.renamed.id}"}
    world.synthesize(a, b)
    report = world.deploy()
    assert report.exit_code == 2
    assert ends(report) == {A: "refused", B: "blocked"}
    assert (
        f"{A}:terraform_data.main: this plan destroys the data because its block was removed" in world.screen
    )
    assert world.screen.count(f"--allow-destroy {A}:terraform_data.main") == 1
    allowed = world.deploy(allow=frozenset({f"destroy:{A}:terraform_data.main"}))
    assert ends(allowed) == {A: "applied", B: "applied"}
    assert allowed.stacks[0].counts["destroy"] == 1


def test_a_plan_of_the_real_terraform_that_forgets_is_held_and_shown(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data")
    world.synthesize(Stack(A))
    world.deploy()
    manifest = world.synthesize(Stack(A, resources={}, outputs={"id": "gone"}))
    removed = {"from": "terraform_data.main", "lifecycle": {"destroy": False}}
    (manifest.directory(manifest.stack(A)) / "removed.tf.json").write_text(json.dumps({"removed": removed}))
    refused = world.deploy()
    assert ends(refused) == {A: "refused"}
    assert f"--allow-detach {A}:terraform_data.main" in world.screen
    leave = frozenset({f"detach:{A}:terraform_data.main"})
    world.plan(out=tmp_path / "saved", allow=leave)
    assert "forgets 1" in world.screen
    review = (tmp_path / "saved" / "review.md").read_text()
    assert f"| `{A}` | source | 0 | 0 | 0 | 0 | forgets 1 |" in review
    assert "forget terraform_data.main" in review
    allowed = world.deploy(allow=leave)
    assert ends(allowed) == {A: "applied"}
    assert allowed.stacks[0].counts["forget"] == 1


def test_taking_down_production_needs_leave_for_each_stateful_resource(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data")
    world.synthesize(Stack(A))
    world.deploy()
    assert ends(world.destroy(protection="production")) == {A: "refused"}
    assert ends(world.destroy(protection="destroyable")) == {A: "destroyed"}


def test_an_init_that_fails_says_why(world: World) -> None:
    manifest = world.synthesize(Stack(A))
    path = manifest.directory(manifest.stack(A)) / "cdk.tf.json"
    document = json.loads(path.read_text())
    document["terraform"]["required_version"] = ">= 99"
    path.write_text(json.dumps(document))
    report = world.deploy()
    assert ends(report) == {A: "failed"}
    assert report.stacks[0].error is not None
    assert report.stacks[0].error.startswith("Error: Unsupported Terraform Core version")


def test_init_runs_again_when_what_it_looks_at_changed(world: World) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    assert "init" not in world.deploy().stacks[0].seconds
    world.program = Program(path=world.program.path, name="terraform", version="another")
    assert "init" in world.deploy().stacks[0].seconds


def test_a_plan_made_before_is_applied_also_when_the_folder_is_no_longer_prepared(
    world: World, tmp_path: Path
) -> None:
    manifest = world.synthesize(Stack(A))
    world.plan(out=tmp_path / "saved")
    shutil.rmtree(manifest.directory(manifest.stack(A)) / ".terraform")
    assert ends(world.make().deploy_saved(tmp_path / "saved")) == {A: "applied"}


def test_a_plan_of_another_engine_is_refused_before_anything_runs(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A))
    world.plan(out=tmp_path / "saved")
    world.program = Program(path=world.program.path, name="terraform", version="another")
    with pytest.raises(Refused, match="engine was terraform test when the plans were made"):
        world.make().deploy_saved(tmp_path / "saved")
    assert world.state(A) is None


def test_a_person_s_own_settings_do_not_bend_the_plans(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-target=nothing")
    monkeypatch.setenv("TF_WORKSPACE", "mine")
    config = tmp_path / "terraform.tfrc"
    mirrored = Program(path=Path("terraform"), name="terraform", version="1", cli_config=config).environment()
    assert not {"TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_PLUGIN_CACHE_DIR"} & set(mirrored)
    assert mirrored["TF_CLI_CONFIG_FILE"] == str(config)
    assert mirrored["TF_IN_AUTOMATION"] == "1"
    cache = tmp_path / "plugins"
    cached = Program(path=Path("terraform"), name="terraform", version="1", plugin_cache=cache).environment()
    assert cached["TF_PLUGIN_CACHE_DIR"] == str(cache)
    assert cache.is_dir()
    assert "TF_CLI_CONFIG_FILE" not in cached
    plain = Program(path=Path("terraform"), name="terraform", version="1").environment()
    assert "TF_PLUGIN_CACHE_DIR" not in plain


def test_garbage_is_collected_less_often_unless_a_person_says_how_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = Program(path=Path("terraform"), name="terraform", version="1")
    monkeypatch.delenv("GOGC", raising=False)
    assert program.environment()["GOGC"] == "400"
    monkeypatch.setenv("GOGC", "50")
    assert program.environment()["GOGC"] == "50"


def test_the_program_on_the_path_is_used_with_the_plugins_that_are_there(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    world.synthesize(Stack(A))
    engine = world.make()
    engine._program = None
    assert isinstance(engine, Engine)
    assert ends(engine.deploy([A])) == {A: "applied"}
    found = opening.find_program(world.root, print)
    assert found.path == program().path
    assert found.version.count(".") == 2


def test_waits_between_tries_are_seconds_not_minutes() -> None:
    assert transient.FIRST_WAIT_SECONDS * 2 ** (transient.ATTEMPTS - 2) < transient.LONGEST_WAIT_SECONDS
