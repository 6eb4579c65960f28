from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.clients import Clients
from shared.commands import deployment
from shared.deploy.synthesis import synthesize
from shared.workspace import Workspace
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_a_region_of_which_nothing_stands_is_planned_with_its_upstreams_and_what_waits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke("plan-region", "global", "--json", "--parallelism", "4") == 0

    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert report["command"] == "plan-region global"
    ends = {stack["address"]: stack["status"] for stack in report["stacks"]}
    assert ends["global/domain"] == "planned"
    assert ends["global/traffic"] == "deferred"
    assert "global/traffic" in shown.err  # progress is for people, beside the JSON


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_an_upstream_that_was_never_applied_is_refused_when_nothing_else_may_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke("deploy-region", "global", "--no-upstream", "--yes") == 2

    shown = capsys.readouterr()
    assert "Refused" in shown.err
    assert "us-east-1/service" in shown.err


@pytest.mark.usefixtures("workspace", "bootstrapped")
@pytest.mark.parametrize("command", [["destroy-region", "eu-west-1"], ["teardown"]])
def test_destroying_what_does_not_stand_is_done_at_once(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(*command, "--yes", "--json") == 0

    report = json.loads(capsys.readouterr().out)
    assert {stack["status"] for stack in report["stacks"]} == {"absent"}

    assert invoke(*command, "--yes") == 0
    assert "{" not in capsys.readouterr().out


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_a_teardown_without_yes_is_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("teardown") == 2
    assert "there is no terminal to answer on" in capsys.readouterr().err

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert invoke("teardown", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert {stack["status"] for stack in report["stacks"]} == {"absent"}


@pytest.mark.usefixtures("workspace", "bootstrapped")
@pytest.mark.parametrize("stack", ["service", "eu-west-1/service"])
def test_one_stack_of_a_region_is_destroyed_alone(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("destroy-region", "eu-west-1", "--stack", stack, "--yes", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert [found["address"] for found in report["stacks"]] == ["eu-west-1/service"]


def test_the_options_reach_the_engine(workspace: Workspace, bootstrapped: Clients) -> None:
    prepared = deployment.prepare(ENVIRONMENT, None)
    choices = deployment.Choices(
        parallelism="3",
        yes=True,
        upstream=False,
        region_concurrency="parallel",
        to_stage="target",
        allow={"replace": ["us-east-1/database:aws_rds_cluster.x"], "detach": ["eu-west-1/database:a.b"]},
        lock=False,
    )

    options = deployment.options(choices, prepared)

    assert prepared.manifest == synthesize(ENVIRONMENT, None, workspace)
    assert (options.parallelism, options.yes, options.upstream) == (3, True, False)
    assert (options.region_concurrency, options.to_stage) == ("parallel", "target")
    assert options.protection == "destroyable"
    assert not options.lock
    assert options.allow == {
        "replace:us-east-1/database:aws_rds_cluster.x",
        "detach:eu-west-1/database:a.b",
    }
    assert bootstrapped


def test_without_a_number_as_many_stacks_run_as_there_are_cores(workspace: Workspace) -> None:
    assert workspace
    options = deployment.options(deployment.Choices(), deployment.prepare(ENVIRONMENT, "pr7"))

    assert options.parallelism >= 1


@pytest.mark.parametrize(("cores", "expected"), [(3, 3), (None, 1)])
def test_a_system_that_does_not_say_what_a_process_may_use_says_how_many_cores_there_are(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, cores: int | None, expected: int
) -> None:
    assert workspace
    prepared = deployment.prepare(ENVIRONMENT, "pr7")
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert deployment.options(deployment.Choices(), prepared).parallelism == expected


def test_the_command_that_is_suggested_has_every_option_as_it_was_typed() -> None:
    assert deployment.place(ENVIRONMENT, None) == ""
    here = deployment.place("my envs/staging.tfvars", "pr7")
    assert here == " --env 'my envs/staging.tfvars' --suffix pr7"
    assert deployment.again("rollout", deployment.Choices(), "") == "rollout"
    choices = deployment.Choices(
        parallelism="3",
        yes=True,
        upstream=False,
        to_stage="target",
        region_concurrency="parallel",
        allow={"replace": ["a/b:c.d[0]", "a/b:e.f"], "detach": None},
        as_json=True,
    )
    assert deployment.again("rollout", choices, " --suffix pr7") == (
        "rollout --suffix pr7 --parallelism 3 --yes --no-upstream --to target --region-concurrency parallel "
        "--allow-replace 'a/b:c.d[0]' --allow-replace a/b:e.f --json"
    )
    kept = deployment.Choices(out="my plans", lock=False)
    assert deployment.again("plan", kept, "") == "plan --out 'my plans' --no-lock"
    # a teardown goes side by side by itself
    assert deployment.again("teardown", deployment.Choices(region_concurrency="parallel"), "") == "teardown"


@pytest.mark.usefixtures("bootstrapped")
def test_the_next_command_leads_to_the_same_environment(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert workspace
    assert invoke("plan-region", "global", "--suffix", "abc123", "--json", "--parallelism", "4") == 0

    report = json.loads(capsys.readouterr().out)
    assert report["next_command"] == ("invoke deploy-region global --suffix abc123 --parallelism 4 --json")


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(("words", "locks"), [([], True), (["--no-lock"], False)])
def test_a_plan_locks_unless_told_not_to(
    words: list[str], locks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(deployment, "on_all", lambda *given, **_: seen.append(given[3].lock) or 0)
    assert invoke("plan", *words) == 0
    assert seen == [locks]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("parallelism", ["0", "-1", "1.5", "all"])
def test_a_number_of_stacks_is_whole_and_positive(
    parallelism: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("rollout", f"--parallelism={parallelism}") == 2
    assert f"--parallelism: '{parallelism}' is not a number of stacks." in capsys.readouterr().err


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["plan-region"], ["Which region?", "us-east-1, eu-west-1, global"]),
        (["plan-region", "eu-west-2"], ["Did you mean eu-west-1?", "us-east-1, eu-west-1, global"]),
        (["plan-region", "mars"], ["mars is not a region of region-migration.\n"]),
        (
            ["destroy-region", "eu-west-1", "--stack", "servcie"],
            [
                "servcie is not a stack of eu-west-1. Did you mean service?",
                "The stacks of eu-west-1: foundation, routing, database, service",
            ],
        ),
        (
            ["rollout", "--region-concurrency", "both", "--to", "moon", "--allow-replace", "aws_x.y"],
            [
                "--region-concurrency: 'both' is not known.",
                "--to: 'moon' is not a stage.",
                "The stages, in order: source, target, global.",
                "--allow-replace: 'aws_x.y' names no stack.",
            ],
        ),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(
    words: list[str], messages: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(*words) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    for message in messages:
        assert message in shown.err


@pytest.mark.usefixtures("bootstrapped")
def test_a_command_writes_into_the_ignored_folders_only(workspace: Workspace) -> None:
    before = {path.name for path in workspace.root.iterdir()}
    assert invoke("plan-region", "us-east-1", "--parallelism", "4") == 0

    assert {path.name for path in workspace.root.iterdir()} - before <= {".regionshift", "cdktf.out"}


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_saved_plans_are_kept_and_applied_only_from_a_folder_that_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("deploy") == 2
    assert "Which plans?" in capsys.readouterr().err
    assert invoke("deploy", "--plan", str(tmp_path), "--yes") == 2
    assert str(tmp_path) in capsys.readouterr().err

    kept = tmp_path / "kept"
    assert invoke("plan-region", "eu-west-1", "--out", str(kept), "--parallelism", "4") == 0
    assert list(kept.iterdir())


@pytest.mark.usefixtures("workspace", "aws")
def test_without_a_state_bucket_nothing_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("plan") == 2
    assert "invoke bootstrap" in capsys.readouterr().err
