"""The pipelines: right for GitHub, careful with what they may do, made of commands that exist."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invoke.exceptions import Exit, ParseError

from shared.deploy import journal
from shared.deploy.doctor_account import LONGEST_RUN, expiry
from shared.deploy.log import safe
from shared.deploy.terraform import ERRORED
from shared.settings import load
from shared.workspace import Workspace
from tests.synthesized import Synthesis
from tests.tools import ROOT
from tests.workflows import (
    GITHUB,
    actionlint,
    copy,
    invoke_lines,
    jobs,
    parsed,
    shell,
    texts,
    understood,
    zizmor,
)

PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
PULL_REQUEST, ROLLOUT, STAGE = "pull-request.yml", "rollout.yml", "stage.yml"
EVERY_TEST = "every-test.yml"
EVERY = [pytest.param(words, id=" ".join(words)) for _, text in shell() for words in invoke_lines(text)]


# What the linters say ------------------------------------------------------------------------------


def test_actionlint_finds_nothing() -> None:
    assert actionlint(texts()) == []


def test_zizmor_finds_nothing() -> None:
    assert zizmor(GITHUB) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (ROLLOUT, "steps.stages.outputs.first", "steps.stage.outputs.first", '"stage" is not defined'),
        (ROLLOUT, "needs: [plan, second]", "needs: [plan, fourth]", "does not exist in this workflow"),
        (STAGE, "timeout-minutes: 115", "timeout: 115", 'unexpected key "timeout"'),
        (PULL_REQUEST, "runs-on: ubuntu-24.04", "runs-on: ubuntu-24", 'label "ubuntu-24" is unknown'),
        (PULL_REQUEST, "head.repo.full_name", "head.repo[", 'unexpected token "=='),
    ],
    ids=["a step that is not there", "a job that is not there", "a key", "a runner", "an expression"],
)
def test_actionlint_refuses_a_broken_copy(
    name: str, old: str, new: str, problem: str, tmp_path: Path
) -> None:
    made = copy(tmp_path, name, old, new) / "workflows" / name
    assert problem in "\n".join(actionlint({name: made.read_text()}))


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        (STAGE, "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned-uses"),
        (STAGE, "          persist-credentials: false", "          fetch-depth: 1", "artipacked"),
        (
            PULL_REQUEST,
            "permissions:\n      contents: read",
            "permissions: write-all",
            "excessive-permissions",
        ),
        (PULL_REQUEST, '--env "$ENVIRONMENT"', "--env ${{ matrix.environment }}", "template-injection"),
        (PULL_REQUEST, "  pull_request:", "  pull_request_target:", "dangerous-triggers"),
    ],
    ids=["not pinned", "credentials that stay", "permissions", "injection", "trigger"],
)
def test_zizmor_refuses_a_careless_copy(name: str, old: str, new: str, rule: str, tmp_path: Path) -> None:
    assert rule in zizmor(copy(tmp_path, name, old, new))


# What they may do ----------------------------------------------------------------------------------


def test_every_action_of_others_is_pinned_to_a_commit_the_same_everywhere() -> None:
    lines = [
        line.strip().removeprefix("- ")
        for path in GITHUB.rglob("*.yml")
        for line in path.read_text().splitlines()
        if "uses: " in line and "uses: ./" not in line
    ]
    assert [line for line in lines if not PINNED.match(line)] == []
    assert len({line.partition("@")[0] for line in lines}) == len(set(lines))


def test_a_job_may_do_what_it_needs_and_no_more() -> None:
    allowed = {name: parsed(name)["permissions"] for name in texts()}
    assert all(found == {} for found in allowed.values())
    role = {"contents": "read", "id-token": "write"}
    assert {(name, job): content["permissions"] for name, job, content in jobs()} == {
        (PULL_REQUEST, "check"): {"contents": "read"},
        (PULL_REQUEST, "test"): {"contents": "read"},
        (PULL_REQUEST, "plan"): role,
        (PULL_REQUEST, "comment"): {"pull-requests": "write"},
        (EVERY_TEST, "test"): {"contents": "read"},
        (ROLLOUT, "plan"): role,
        (ROLLOUT, "first"): role,
        (ROLLOUT, "second"): role,
        (ROLLOUT, "third"): role,
        (STAGE, "apply"): role,
    }


def test_no_key_is_kept_and_the_role_is_assumed_by_an_identity_token() -> None:
    text = "\n".join(texts().values())
    assert "aws-access-key-id" not in text
    assert set(re.findall(r"secrets\.(\w+)", text)) == {"PLAN_PASSPHRASE"}
    # the command is told when the session ends, so that it can refuse one that is too short
    for name, job, content in jobs():
        steps = content.get("steps", ())
        for step in steps:
            if "configure-aws-credentials" in step.get("uses", ""):
                seconds = step["with"]["role-duration-seconds"]
                told = [s["run"] for s in steps if "AWS_CREDENTIAL_EXPIRATION" in s.get("run", "")]
                assert f"+{seconds} seconds" in told[0], f"{name}: {job}"
                assert content["timeout-minutes"] * 60 <= seconds, f"{name}: {job}"


def test_the_doctor_finds_a_session_that_is_long_enough_to_the_end_of_its_job(tmp_path: Path) -> None:
    found = []
    for name, job, content in jobs():
        scripts = [step["run"] for step in content.get("steps", ()) if "run" in step]
        if not any(understood(words) == "doctor" for text in scripts for words in invoke_lines(text)):
            continue
        (told,) = (text for text in scripts if "AWS_CREDENTIAL_EXPIRATION" in text)
        ran(tmp_path, told, GITHUB_ENV=str(tmp_path / "env"))
        ends = datetime.fromisoformat((tmp_path / "env").read_text().strip().partition("=")[2])
        (seconds,) = (
            step["with"]["role-duration-seconds"]
            for step in content["steps"]
            if "configure-aws-credentials" in step.get("uses", "")
        )
        assert timedelta(seconds=seconds) >= LONGEST_RUN + timedelta(minutes=content["timeout-minutes"])
        now = datetime.now(UTC)
        assert abs(ends - now - timedelta(seconds=seconds)) < timedelta(minutes=1)
        assert expiry(ends, now).verdict == "ok"
        found.append((name, job))
    assert found == [(ROLLOUT, "plan")]


def test_a_push_ends_checks_and_tests_and_never_a_plan() -> None:
    assert "concurrency" not in parsed(PULL_REQUEST)
    groups = {job: content.get("concurrency") for job, content in parsed(PULL_REQUEST)["jobs"].items()}
    ours = "pull-request-${{ github.event.pull_request.number }}"
    assert groups == {
        "check": {"group": f"{ours}-check", "cancel-in-progress": True},
        "test": {"group": f"{ours}-test", "cancel-in-progress": True},
        "plan": {"group": f"{ours}-plan-${{{{ matrix.environment }}}}", "cancel-in-progress": False},
        "comment": None,
    }


def test_every_job_that_assumes_a_role_is_in_a_protected_environment() -> None:
    found = {
        (name, job): content.get("environment")
        for name, job, content in jobs()
        if any("configure-aws-credentials" in step.get("uses", "") for step in content.get("steps", ()))
    }
    assert found == {
        (PULL_REQUEST, "plan"): "plan",
        (ROLLOUT, "plan"): "rollout-plan",
        (STAGE, "apply"): "${{ inputs.environment }}-${{ inputs.stage }}",
    }


def test_rollouts_of_an_environment_never_run_side_by_side_nor_end_each_other() -> None:
    assert parsed(ROLLOUT)["concurrency"] == {
        "group": "rollout-${{ inputs.environment }}",
        "cancel-in-progress": False,
    }


def test_each_stage_waits_for_the_one_before_and_for_the_people_of_its_environment() -> None:
    found = parsed(ROLLOUT)["jobs"]
    assert {name: job.get("needs") for name, job in found.items()} == {
        "plan": None,
        "first": "plan",
        "second": ["plan", "first"],
        "third": ["plan", "second"],
    }
    passed = [(found[job]["with"]["takes"], found[job]["with"]["leaves"]) for job in list(found)[1:]]
    assert passed == [
        ("plan-set", "plan-set-first"),
        ("plan-set-first", "plan-set-second"),
        ("plan-set-second", "plan-set-third"),
    ]
    (apply,) = parsed(STAGE)["jobs"].values()
    assert apply["environment"] == "${{ inputs.environment }}-${{ inputs.stage }}"


def test_every_environment_can_be_chosen_and_has_no_more_stages_than_there_are_jobs() -> None:
    options = parsed(ROLLOUT)[True]["workflow_dispatch"]["inputs"]["environment"]["options"]
    files = sorted(path.stem for path in (ROOT / "environments").glob("*.tfvars"))
    assert sorted(options) == files
    assert {load(name).system for name in files} == set(files)


def test_a_step_of_a_script_that_fails_fails_it_within_a_pipe_too() -> None:
    assert [name for name in texts() if parsed(name).get("defaults") != {"run": {"shell": "bash"}}] == []
    assert not [job for _, job, content in jobs() for step in content.get("steps", ()) if "shell" in step]


# What they run -------------------------------------------------------------------------------------


def test_the_commands_are_the_ones_that_people_use() -> None:
    found = {understood(words) for _, text in shell() for words in invoke_lines(text)}
    assert found == {"check", "test", "doctor", "plan", "deploy", "status"}


@pytest.mark.parametrize("words", EVERY)
def test_every_command_exists_with_these_options(words: list[str]) -> None:
    assert understood(words)


@pytest.mark.parametrize(
    "line", ["invoke apply", "exec invoke deploy --plans x", 'invoke plan "$X" --out', "invoke plan --all"]
)
def test_a_command_that_does_not_exist_is_seen(line: str) -> None:
    (words,) = invoke_lines(line)
    with pytest.raises((ParseError, Exit)):
        understood(words)


#: Stands in for `invoke`: notes what it was called with, and leaves what the workflows take from it.
INVOKE = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$1" in
  plan) mkdir plans; echo '{"stages": ["primary", "standby", "global"]}' > plans/plans.json
        echo reviewed > plans/review.md;;
  deploy) echo "after $STAGE: $(cat plans/review.md)" > plans/applied.json;;
esac
"""


FAILED = "failure() || cancelled()"


def script(name: str, job: str) -> str:
    """All that a job runs in a shell when nothing fails, one step after the other."""
    steps = parsed(name)["jobs"][job]["steps"]
    runs = [step["run"] for step in steps if "run" in step and step.get("if") != FAILED]
    # nothing behind the bracket: in a list with `||`, bash goes on after an error within
    return "\n".join(f"(\n{run}\n)" for run in runs)


@pytest.fixture
def gnupg(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home for gpg, which keeps its socket there: the path has to be short."""
    home = Path(tempfile.mkdtemp(prefix="gpg-"))
    monkeypatch.setenv("GNUPGHOME", str(home))
    yield
    shutil.rmtree(home)


def ran(folder: Path, text: str, **variables: str) -> None:
    folder.mkdir(exist_ok=True)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    given = {**os.environ, "PLAN_PASSPHRASE": "open sesame", "ENVIRONMENT": "disaster-recovery", **variables}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("gnupg")
def test_the_set_goes_sealed_from_the_plan_to_each_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    stub = tmp_path / "bin" / "invoke"
    stub.write_text(INVOKE)
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"):
        monkeypatch.setenv(name, str(tmp_path / name))
    leave = "--allow-replace us-east-1/service:aws_sqs_queue.intents"
    ran(tmp_path / "plan", script(ROLLOUT, "plan"), LEAVE=leave)
    sealed = tmp_path / "plan" / "plans.tar.gpg"
    assert b"reviewed" not in sealed.read_bytes()
    stages = dict(line.split("=") for line in (tmp_path / "GITHUB_OUTPUT").read_text().split())
    for stage in stages.values():
        (tmp_path / stage).mkdir()
        shutil.copy2(sealed, tmp_path / stage)
        ran(tmp_path / stage, script(STAGE, "apply"), STAGE=stage)
        sealed = tmp_path / stage / "plans.tar.gpg"
    ran(tmp_path / "pull-request", script(PULL_REQUEST, "plan"))
    assert stages == {"first": "primary", "second": "standby", "third": "global"}
    assert (tmp_path / "global" / "plans" / "applied.json").read_text() == "after global: reviewed\n"
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text() == "reviewed\nreviewed\n"
    here = "--env disaster-recovery"
    staged = [
        line
        for stage in stages.values()
        for line in (f"deploy {here} --plan plans --to {stage} --yes", f"status {here}")
    ]
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"doctor {here}",
        f"plan {here} --out plans {leave}",
        *staged,
        f"plan {here} --no-lock --out plans",
    ]


@pytest.mark.usefixtures("gnupg")
def test_what_a_failed_stage_leaves_is_sealed_and_put_back_as_the_page_says(
    tmp_path: Path, landing: Synthesis
) -> None:
    steps = parsed(STAGE)["jobs"]["apply"]["steps"]
    seal, keep = (step for step in steps if step.get("if") == FAILED)
    apply = next(place for place, step in enumerate(steps) if "invoke deploy" in step.get("run", ""))
    # before all else: a job that was cancelled has five minutes
    assert steps[apply + 1 : apply + 3] == [seal, keep]
    # a second attempt, which is refused and leaves next to nothing, must not take the place of the first
    assert "${{ github.run_attempt }}" in keep["with"]["name"]
    ran(runner := tmp_path / "runner", seal["run"])
    assert list(runner.iterdir()) == []

    entry, record = landing.manifest.stacks[0], journal.RUNS / "20260102T030405-deploy"
    stacks = Workspace(Path()).synthesis(landing.manifest.environment, landing.manifest.suffix)
    needed = {
        stacks / entry.directory / ERRORED,
        record / journal.FILE_NAME,
        record / "logs" / f"{safe(entry.address)}.apply.jsonl",
    }
    for path in (*needed, record / "plans" / "a.tfplan", stacks / entry.directory / ".terraform" / ERRORED):
        (runner / path).parent.mkdir(parents=True, exist_ok=True)
        (runner / path).write_text(f"secret of {path}")
    ran(runner, seal["run"])
    sealed = runner / keep["with"]["path"]
    assert b"secret" not in sealed.read_bytes()

    page = (ROOT / "docs" / "pipelines.md").read_text()
    (line,) = (line for line in page.splitlines() if "gpg --decrypt" in line)
    here = tmp_path / "here"
    here.mkdir()
    shutil.copy2(sealed, here)
    # a person is asked for the passphrase
    given = "--batch --pinentry-mode loopback --passphrase-fd 3 --decrypt"
    ran(here, f'{line.replace("--decrypt", given)} 3<<< "$PLAN_PASSPHRASE"')
    found = {path.relative_to(here) for path in here.rglob("*") if path.is_file()} - {Path(sealed.name)}
    assert found == needed
    assert all((here / path).read_text() == f"secret of {path}" for path in needed)
    assert all((here / path).stat().st_mode & 0o077 == 0 for path in needed)


def test_a_review_that_is_too_long_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "bin" / "gh"
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")
    for name in ("review-a", "review-b"):
        (tmp_path / "reviews" / name).mkdir(parents=True)
        (tmp_path / "reviews" / name / "review.md").write_text(name * 100_000)
    ran(tmp_path, script(PULL_REQUEST, "comment"), NUMBER="7", GITHUB_REPOSITORY="a/b")
    assert (tmp_path / "comment.md").read_text() == ("review-a" * 100_000)[:60_000]


def test_a_system_of_one_stage_has_no_second_job(tmp_path: Path) -> None:
    (step,) = (s for s in parsed(ROLLOUT)["jobs"]["plan"]["steps"] if s.get("id") == "stages")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "plans.json").write_text(json.dumps({"stages": ["landing"]}))
    ran(tmp_path, step["run"], GITHUB_OUTPUT=str(tmp_path / "out"))
    assert (tmp_path / "out").read_text().splitlines() == ["first=landing", "second=", "third="]
