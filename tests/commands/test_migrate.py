"""The commands, through the real parser, against executions that stand for the state machine's."""

from __future__ import annotations

import json

import pytest

from shared.clients import Clients
from shared.commands import migrate
from shared.deploy.synthesis import synthesize
from shared.operations.migration import stacks
from shared.settings import RegionMigration
from shared.workspace import Workspace
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke
from tests.operations.platform import RUNS, SOURCE, TARGET, Platform, asks, ends


@pytest.fixture
def platform(
    workspace: Workspace, clients: Clients, environment: RegionMigration, monkeypatch: pytest.MonkeyPatch
) -> Platform:
    """Return a platform whose stacks are those of the code; planning them has tests of its own."""
    monkeypatch.setattr(stacks, "problems", lambda _: [])
    platform = Platform(environment, clients, synthesize(ENVIRONMENT, None, workspace))
    platform.build()
    return platform


def running(platform: Platform) -> bool:
    return platform.observe().running is not None


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_before_a_rollout_every_stack_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.status") == 2

    said = capsys.readouterr().err
    assert "Error: 7 problems" in said
    assert "eu-west-1/migration: it was not applied" in said
    assert "run `invoke deploy-region eu-west-1`" in said


@pytest.mark.usefixtures("platform")
def test_the_status_is_a_page_with_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.status", "--suffix", "abc123") == 0

    shown = capsys.readouterr().out
    assert "us-east-1 (source)  100" in shown
    assert "invoke migrate.start --suffix abc123" in shown


@pytest.mark.usefixtures("platform")
def test_the_status_is_also_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.status", "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["writer"], found["share"], found["checkpoint"]["stage"]) == (SOURCE, 0, "none")
    assert [one["name"] for one in found["moves"] if one["possible"]] == ["start"]


@pytest.mark.usefixtures("platform")
def test_the_status_is_watched_until_somebody_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt

    assert migrate.status(migrate.Context(env=ENVIRONMENT), watch=True, sleep=sleep) == 130
    assert waited == [5.0, 5.0]
    assert capsys.readouterr().out.splitlines() == [
        "no execution runs: weights 100 to 0 (asked for), writer us-east-1"
    ]


def test_watching_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.status", "--watch", "--json") == 2
    assert "leave one of them out" in capsys.readouterr().err


@pytest.mark.usefixtures("platform")
def test_the_runbook_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.runbook") == 0
    printed = capsys.readouterr().out
    assert printed == "# The runbook\n\n- a very long line " + "x" * 200 + "\n"

    assert invoke("migrate.runbook", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"migration_runbook": printed.removesuffix("\n")}


def test_a_start_is_watched_to_its_end(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.machine(ends("finished"))

    assert invoke("migrate.start", "--yes", "--phases", "25,50", "--no-switchover") == 0

    shown = capsys.readouterr().out
    assert "right  alarms are OK" in shown
    assert "finished: eu-west-1 has 0 % of the traffic; the writer is in us-east-1" in shown
    assert "Next:" not in shown


def test_a_start_is_also_json(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.machine(RUNS)

    assert invoke("migrate.start", "--yes", "--json", "--detach", "--reason", "today") == 0

    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["operation"], found["outcome"], found["exit_code"]) == ("start", "started", 0)
    assert found["next_command"] == "invoke migrate.status --watch"
    assert "right  alarms are OK" in said.err
    assert running(platform)


def test_a_start_refuses_with_every_reason(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.alarm(TARGET, "hosts", "ALARM")
    platform.pause(SOURCE)

    assert invoke("migrate.start", "--yes", "--phases", "x", "--bake", "y") == 2

    said = capsys.readouterr().err
    assert "Refused: 4 problems" in said
    for where in ("--phases: ", "--bake: ", f"alarm in {TARGET}: ", f"load balancer in {SOURCE}: "):
        assert f"  {where}" in said
    assert not running(platform)


def test_a_question_is_answered(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    arn = platform.execute(asks("switchover"))
    platform.until(lambda seen: seen.question)

    words = ("--answer", "continue", "--comment", "well", "--yes", "--detach")
    assert invoke("migrate.approve", *words) == 0

    assert "answered: continue" in capsys.readouterr().out
    assert json.loads(platform.end(arn)["output"])["answer"]["comment"] == "well"


def test_an_execution_is_aborted(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    arn = platform.execute(RUNS)

    assert invoke("migrate.abort", "--yes", "--reason", "too slow") == 0

    assert platform.end(arn)["cause"].endswith(": too slow")
    assert "Next: invoke migrate.start" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "stage"), [("rollback", "held"), ("switchover", "shifted")])
def test_an_execution_is_started_for_it(platform: Platform, command: str, stage: str) -> None:
    platform.machine(RUNS)
    platform.stage(stage, 0, 100)

    assert invoke(f"migrate.{command}", "--yes", "--detach", "--reason", "why") == 0

    state = platform.observe()
    assert state.running is not None
    started = platform.aws("stepfunctions").describe_execution(executionArn=state.running.arn)
    document = json.loads(started["input"])
    assert (document["action"], document["reason"]) == (command, "why")


def test_finalize_wants_the_name(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.stage("moved", 0, 100)
    platform.switch()
    platform.until(lambda seen: seen.writer == TARGET)
    monkeypatch.setattr("builtins.input", lambda *_: "yes")

    assert invoke("migrate.finalize") == 2
    assert platform.observe().source_member
    assert invoke("migrate.finalize", "--yes") == 2
    assert "no option --yes" in capsys.readouterr().err
    assert invoke("migrate.finalize", "--confirm", platform.handles.global_cluster) == 0
    assert not platform.observe().source_member
