"""`drift` of whole runs: real states, and a Terraform whose refresh finds what a test wants."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import unlock
from shared.deploy.owners import MIGRATION
from shared.deploy.report import RunReport
from tests.deploy.fakes import executable
from tests.deploy.stacks import BUCKET, REGION, Stack, World, chain, ends, upstream

A, B, C = "us-east-1/a", "us-east-1/b", "us-east-1/c"
LEFT_ALONE = {"main": {"input": "one", "lifecycle": {"ignore_changes": ["input"]}}}
#: A file beside the stack says what the refresh finds: `drift.json`, or an error in `broken`.
SCRIPT = """
case "$1" in
  plan)
    for word in "$@"; do
      case "$word" in -out=*) : > "${{word#-out=}}" ;; -lock=*) echo "$word" >> locks ;; esac
    done
    if test -f stop; then kill -INT {pid}; fi
    if test -f broken; then
      echo '{{"@level":"error","@message":"Error: AccessDenied","type":"diagnostic",'
      echo '"diagnostic":{{"severity":"error","summary":"AccessDenied"}}}}'
      exit 1
    fi
    if test -f drift.json; then exit 2; fi
    exit 0 ;;
  show) cat drift.json ;;
  *) exec {terraform} "$@" ;;
esac
"""


def look(world: World, *addresses: str, **options: Any) -> RunReport:
    """Run `drift` with the Terraform that finds what the files say."""
    folder = world.root / "bin"
    folder.mkdir(exist_ok=True)
    script = SCRIPT.format(terraform=shutil.which("terraform"), pid=os.getpid())
    real, world.program = (
        world.program,
        replace(world.program, path=executable(folder, "terraform", script)),
    )
    try:
        return world._run("drift", addresses, options)
    finally:
        world.program = real


def folder(world: World, address: str) -> Path:
    assert world.manifest is not None
    return world.manifest.directory(world.manifest.stack(address))


def finds(world: World, address: str, *, gone: bool = False, secret: bool = False) -> None:
    """Let the next look find that somebody gave the stack's resource another input."""
    change = {
        "actions": ["delete"] if gone else ["update"],
        "before": {"input": "one"},
        "after": None if gone else {"input": "two"},
        "after_sensitive": {"input": True} if secret else {},
    }
    found = {"address": "terraform_data.main", "type": "terraform_data", "change": change}
    (folder(world, address) / "drift.json").write_text(json.dumps({"resource_drift": [found]}))


@pytest.fixture
def standing(world: World) -> World:
    """Two stacks that stand; the resource of the second leaves its input alone."""
    first, second = chain(A, B)
    second.resources = LEFT_ALONE
    world.synthesize(first, second)
    assert world.deploy().exit_code == 0
    assert world.manifest is not None
    world.manifest = replace(world.manifest, system=MIGRATION)
    return world


def test_what_stands_as_its_states_say_has_no_drift(standing: World) -> None:
    before = [standing.state(address) for address in (A, B)]
    report = look(standing)

    assert report.exit_code == 0
    assert ends(report) == {A: "unchanged", B: "unchanged"}
    assert [stack.drift for stack in report.stacks] == [(), ()]
    assert standing.screen.count("no drift") >= 2
    assert report.next_command is None
    # nothing was written, no state was locked, and no plan file (it may hold secrets) is left
    assert [standing.state(address) for address in (A, B)] == before
    assert (folder(standing, A) / "locks").read_text() == "-lock=false\n"
    assert not list((report.folder / "plans").iterdir())


def test_drift_is_shown_and_is_exit_code_2(standing: World) -> None:
    finds(standing, A)
    report = look(standing)

    assert report.exit_code == 2
    assert ends(report) == {A: "drifted", B: "unchanged"}
    assert "~ terraform_data.main" in standing.screen
    assert "input: one → two" in standing.screen
    assert "drifted (1 resource)" in standing.screen
    # an apply puts it back, so a plan shows what it would do
    assert report.next_command == "invoke plan"
    assert not list((report.folder / "plans").iterdir())


def test_what_an_operation_owns_is_named_and_is_no_drift(standing: World) -> None:
    finds(standing, B)
    report = look(standing)

    assert report.exit_code == 0
    assert ends(report) == {A: "unchanged", B: "unchanged"}
    (found,) = report.stacks[1].drift
    assert found.intended
    assert "owned by service.ami_release in the settings" in standing.screen
    assert "no drift (1 as operations left it)" in standing.screen


def test_a_resource_that_is_gone_is_drift_whoever_owns_its_values(standing: World) -> None:
    finds(standing, B, gone=True)
    report = look(standing)

    assert report.exit_code == 2
    assert "- terraform_data.main  is gone" in standing.screen


def test_a_sensitive_value_is_in_no_file_and_not_on_the_screen(standing: World) -> None:
    finds(standing, A, secret=True)
    report = look(standing)

    assert report.exit_code == 2
    assert "(sensitive)" in standing.screen
    written = "".join(path.read_text() for path in report.folder.rglob("*") if path.is_file())
    assert "(sensitive)" in written
    assert '"two"' not in written


def test_a_stack_that_cannot_be_looked_at_is_exit_code_1_even_beside_drift(standing: World) -> None:
    finds(standing, A)
    (folder(standing, B) / "broken").touch()
    report = look(standing)

    assert report.exit_code == 1
    assert ends(report) == {A: "drifted", B: "failed"}
    assert "AccessDenied" in (report.stacks[1].error or "")
    assert report.next_command == "invoke drift"
    assert not list((report.folder / "plans").iterdir())


def test_what_was_never_applied_is_absent_and_no_drift(standing: World) -> None:
    assert standing.manifest is not None
    system = standing.manifest.system
    first, second = chain(A, B)
    second.resources = LEFT_ALONE
    standing.synthesize(first, second, Stack(C, reads={B: ["id"]}))
    standing.manifest = replace(standing.manifest, system=system)
    report = look(standing)

    assert report.exit_code == 0
    assert ends(report) == {A: "unchanged", B: "unchanged", C: "absent"}
    assert "absent, never applied" in standing.screen


def test_a_state_that_somebody_writes_is_left_alone(standing: World) -> None:
    facts = {
        "ID": "1",
        "Operation": "OperationTypeApply",
        "Who": "ops@bastion",
        "Version": "1",
        "Created": "2026-03-01T10:00:00Z",
    }
    client = standing.clients.client("s3", REGION)
    client.put_object(Bucket=BUCKET, Key=f"{standing.key(A)}.tflock", Body=json.dumps(facts).encode())
    report = look(standing)

    assert report.exit_code == 1
    assert ends(report) == {A: "refused", B: "unchanged"}
    assert "ops@bastion" in standing.screen
    # the lock passes
    assert report.next_command == "invoke drift"
    assert standing.manifest is not None
    assert unlock.holder(standing.manifest.stack(A), standing.clients)


def test_a_state_of_which_a_part_is_still_in_a_file_is_not_compared(standing: World) -> None:
    left = folder(standing, A) / "errored.tfstate"
    left.write_text("{}")
    report = look(standing)

    assert report.exit_code == 1
    assert ends(report) == {A: "refused", B: "unchanged"}
    (problem,) = report.stacks[0].problems
    assert "could not write into the state" in problem.what
    assert "invoke deploy-region us-east-1" in (problem.remedy or "")
    assert left.read_text() == "{}"
    assert report.next_command is None


def test_an_upstream_that_lacks_what_a_stack_reads_is_told_before_terraform_stumbles(standing: World) -> None:
    first, second = chain(A, B)
    second.resources = {"main": {"input": upstream(A, "more")}}
    second.reads = {A: ["id", "more"]}
    first.outputs = {**first.outputs, "more": "x"}
    standing.synthesize(first, second)
    report = look(standing)

    assert report.exit_code == 1
    assert ends(report) == {A: "unchanged", B: "refused"}
    assert "more" in report.stacks[1].problems[0].what


def test_an_interrupted_look_says_so(standing: World) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    (folder(standing, A) / "stop").touch()
    report = look(standing, parallelism=1)

    assert report.exit_code == 130
    assert "interrupted" in set(ends(report).values())
    assert report.next_command == "invoke drift"


def test_every_look_can_be_read_as_a_page_and_as_xml(standing: World) -> None:
    finds(standing, A)
    report = look(standing)

    assert "Drift" in (report.folder / "report.html").read_text()
    assert 'type="Drift"' in (report.folder / "report.xml").read_text()
