from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from shared.deploy import synthesis
from shared.deploy.synthesis import synthesize
from shared.errors import UserError
from shared.workspace import Workspace
from tests.workspaces import ROOT

FAKE = """
import argparse, json, pathlib, sys
parser = argparse.ArgumentParser()
for name in ("--env", "--suffix", "--out"):
    parser.add_argument(name)
options = parser.parse_args()
out = pathlib.Path(options.out)
with pathlib.Path("runs").open("a") as runs:
    runs.write(f"{options.env} {options.suffix}\\n")
stacks = []
for name in pathlib.Path("regions/stacks.txt").read_text().split():
    (out / "stacks" / name).mkdir(parents=True)
    (out / "stacks" / name / "cdk.tf.json").write_text("{}")
    stacks.append({
        "address": f"eu-west-1/{name}", "app": "target", "stage": 1, "directory": f"stacks/{name}",
        "region": "eu-west-1", "state_bucket": "b", "state_region": "eu-west-1", "state_key": name,
        "reads": [],
    })
document = {
    "environment": options.env, "system": "region-migration", "suffix": options.suffix,
    "account_id": "1", "stage_names": ["target"], "stacks": stacks,
}
(out / "regionshift.json").write_text(json.dumps(document))
"""
ENV = "region-migration"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a repository whose `regions` is a small program that leaves a manifest and counts its runs."""
    for name in (*synthesis.SOURCES, "environments"):
        (tmp_path / name).mkdir()
    (tmp_path / "regions" / "__init__.py").touch()
    (tmp_path / "regions" / "__main__.py").write_text(FAKE)
    (tmp_path / "regions" / "stacks.txt").write_text("foundation database")
    (tmp_path / "environments" / f"{ENV}.tfvars").write_text("# first\n")
    (tmp_path / "requirements.lock").write_text("cdktf==0.21.0\n")
    return Workspace(tmp_path)


def runs(workspace: Workspace) -> list[str]:
    return (workspace.root / "runs").read_text().splitlines()


def program(workspace: Workspace, text: str) -> None:
    (workspace.root / "regions" / "__main__.py").write_text(text)


def test_the_stacks_are_synthesized_into_a_folder_of_their_environment_and_suffix(
    workspace: Workspace,
) -> None:
    manifest = synthesize(ENV, "pr7", workspace)

    assert manifest.root == workspace.root / "cdktf.out" / f"{ENV}-pr7"
    assert [entry.address for entry in manifest.stacks] == ["eu-west-1/foundation", "eu-west-1/database"]
    assert runs(workspace) == [f"{ENV} pr7"]


def test_the_suffix_of_the_environment_file_is_used_without_another(workspace: Workspace) -> None:
    assert synthesize(ENV, None, workspace).suffix == "abc123"


def test_the_environment_file_of_a_path_is_looked_at_too(workspace: Workspace) -> None:
    path = workspace.root / "copy.tfvars"
    text = (ROOT / "environments" / f"{ENV}.tfvars").read_text()
    path.write_text(text)
    synthesize(str(path), "pr7", workspace)
    synthesize(str(path), "pr7", workspace)
    assert len(runs(workspace)) == 1
    path.write_text(f"{text}# second\n")
    synthesize(str(path), "pr7", workspace)
    assert len(runs(workspace)) == 2


def test_a_state_that_could_not_be_saved_outlives_its_stack(workspace: Workspace) -> None:
    manifest = synthesize(ENV, "pr7", workspace)
    left = manifest.root / "stacks" / "database" / "errored.tfstate"
    left.write_text("{}")
    (workspace.root / "regions" / "stacks.txt").write_text("foundation")
    synthesize(ENV, "pr7", workspace)
    assert left.exists()
    assert not (left.parent / "cdk.tf.json").exists()


def test_nothing_runs_when_nothing_changed(workspace: Workspace) -> None:
    first = synthesize(ENV, "pr7", workspace)
    again = synthesize(ENV, "pr7", workspace)

    assert again == first
    assert len(runs(workspace)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        f"environments/{ENV}.tfvars",
        "regions/new.py",
        "modules/deep/down.py",
        "modules/user_data.sh.j2",
        "shared/naming.py",
        "requirements.lock",
        "cdktf.json",
    ],
)
def test_a_change_of_anything_that_can_matter_is_synthesized(workspace: Workspace, changed: str) -> None:
    synthesize(ENV, "pr7", workspace)
    path = workspace.root / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed\n")
    synthesize(ENV, "pr7", workspace)

    assert len(runs(workspace)) == 2


def test_the_context_of_cdktf_can_matter(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    synthesize(ENV, "pr7", workspace)
    monkeypatch.setenv("CDKTF_CONTEXT_JSON", '{"env_suffix": "x"}')
    synthesize(ENV, "pr7", workspace)

    assert len(runs(workspace)) == 2


def test_compiled_python_does_not_matter(workspace: Workspace) -> None:
    synthesize(ENV, "pr7", workspace)
    (workspace.root / "regions" / "__pycache__").mkdir(exist_ok=True)
    (workspace.root / "regions" / "__pycache__" / "x.pyc").write_bytes(b"1")
    synthesize(ENV, "pr7", workspace)

    assert len(runs(workspace)) == 1


@pytest.mark.parametrize("content", [None, "[]"])
def test_an_output_that_somebody_touched_is_made_again(workspace: Workspace, content: str | None) -> None:
    manifest = synthesize(ENV, "pr7", workspace)
    touched = manifest.directory(manifest.stacks[0]) / "cdk.tf.json"
    touched.unlink()
    if content:
        touched.write_text(content)
    synthesize(ENV, "pr7", workspace)

    assert touched.read_text() == "{}"


def test_a_broken_record_is_made_again(workspace: Workspace) -> None:
    synthesize(ENV, "pr7", workspace)
    next(workspace.synthesis_records.glob("*.json")).write_text('{"half')
    synthesize(ENV, "pr7", workspace)

    assert len(runs(workspace)) == 2


def test_what_terraform_keeps_in_a_stacks_folder_survives(workspace: Workspace) -> None:
    manifest = synthesize(ENV, "pr7", workspace)
    kept = manifest.directory(manifest.stacks[0]) / ".terraform" / "terraform.tfstate"
    kept.parent.mkdir()
    kept.write_text("backend")
    (workspace.root / "regions" / "new.py").touch()
    synthesize(ENV, "pr7", workspace)

    assert kept.read_text() == "backend"


def test_a_stack_that_is_gone_takes_its_folder_along(workspace: Workspace) -> None:
    gone = synthesize(ENV, "pr7", workspace).root / "stacks" / "database"
    (gone / ".terraform").mkdir()
    (workspace.root / "regions" / "stacks.txt").write_text("foundation")
    synthesize(ENV, "pr7", workspace)

    assert not gone.exists()


def test_any_other_file_that_is_no_longer_written_goes(workspace: Workspace) -> None:
    program(workspace, FAKE + '(out / "notes.txt").write_text("x")\n')
    notes = synthesize(ENV, "pr7", workspace).root / "notes.txt"
    assert notes.exists()
    program(workspace, FAKE)
    synthesize(ENV, "pr7", workspace)

    assert not notes.exists()


def test_a_users_mistake_is_passed_on_in_the_words_of_the_synthesis(workspace: Workspace) -> None:
    program(workspace, "import sys; sys.exit(print('a.tfvars:3: no such zone', file=sys.stderr) or 2)")

    with pytest.raises(UserError, match=r"^a.tfvars:3: no such zone$"):
        synthesize(ENV, "pr7", workspace)


@pytest.mark.parametrize(
    ("text", "last"), [("print('out'); raise OSError('boom')", "OSError: boom"), ("exit(3)", "no output")]
)
def test_any_other_failure_is_one_message_with_the_log(workspace: Workspace, text: str, last: str) -> None:
    program(workspace, text)

    with pytest.raises(UserError) as failure:
        synthesize(ENV, "pr7", workspace)

    problem = failure.value.problems[0]
    assert problem.what.endswith(last)
    log = Path(str(problem.remedy).removeprefix("Its whole output is in ").removesuffix("."))
    assert "--suffix pr7" in log.read_text()
    assert f"[exit code {3 if 'exit' in text else 1}]" in log.read_text()


def test_a_failed_synthesis_leaves_the_previous_output_as_it_was(workspace: Workspace) -> None:
    manifest = synthesize(ENV, "pr7", workspace)
    before = sorted(path.read_bytes() for path in manifest.root.rglob("*.json"))
    program(workspace, FAKE + "exit(1)\n")
    with pytest.raises(UserError):
        synthesize(ENV, "pr7", workspace)

    assert sorted(path.read_bytes() for path in manifest.root.rglob("*.json")) == before
    assert [path.name for path in manifest.root.parent.iterdir()] == [manifest.root.name]


def test_an_environment_may_be_the_path_of_its_file(workspace: Workspace, tmp_path: Path) -> None:
    real = Path(__file__).resolve().parents[2] / "environments" / f"{ENV}.tfvars"
    own = tmp_path / "elsewhere" / "mine.tfvars"
    own.parent.mkdir()
    own.write_text(real.read_text())

    manifest = synthesize(str(own), None, workspace)
    synthesize(str(own), None, workspace)

    assert manifest.root.name == "mine-abc123"
    assert runs(workspace) == [f"{own} abc123"]


def test_without_node_there_is_one_message_and_nothing_changes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)

    with pytest.raises(UserError, match="node is not on PATH"):
        synthesize(ENV, "pr7", workspace)
    assert not (workspace.root / "cdktf.out").exists()


def test_an_unknown_environment_is_refused_before_anything_starts(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="nowhere"):
        synthesize("nowhere", None, workspace)
    assert not (workspace.root / "runs").exists()


def test_the_record_names_every_file_that_was_written(workspace: Workspace) -> None:
    manifest = synthesize(ENV, "pr7", workspace)
    record = json.loads((workspace.synthesis_records / f"{ENV}@pr7.json").read_text())

    assert set(record["files"]) == {
        str(path.relative_to(manifest.root)) for path in manifest.root.rglob("*") if path.is_file()
    }
