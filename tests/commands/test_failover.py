"""The commands, through the real parser, against executions that stand for the state machine's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared import settings
from shared.clients import QUICK, Clients
from shared.commands import failover
from shared.commands.carrying import Context
from shared.deploy import bootstrap
from shared.deploy.synthesis import synthesize
from shared.workspace import Workspace
from tests.commands.invoked import invoke
from tests.commands.states import apply
from tests.operations.recovery.standby import (
    AWAY,
    DRAIN,
    HOME,
    RUNBOOK,
    RUNS,
    WORKER,
    Standby,
    moves,
    soon,
)

ENVIRONMENT = "disaster-recovery"
ENV = ("--env", ENVIRONMENT)


@pytest.fixture
def empty(workspace: Workspace, aws: str) -> Iterator[Standby]:
    """Return a platform whose stacks are those of the code, of which nothing stands."""
    environment = settings.load(ENVIRONMENT)
    clients = Clients(environment.account_id, QUICK, default_region=AWAY)
    manifest = replace(synthesize(ENVIRONMENT, None, workspace), place=f" --env {ENVIRONMENT}")
    platform = Standby(environment, clients, manifest, endpoint=aws)
    yield platform
    platform.controls.clear()


@pytest.fixture
def platform(empty: Standby) -> Standby:
    empty.build()
    return empty


def test_before_a_rollout_every_stack_that_is_missing_is_named(
    empty: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.ensure(empty.environment, empty.clients)

    assert invoke("failover.status", *ENV) == 2

    said = capsys.readouterr().err
    assert "Error: 9 problems" in said
    assert "us-west-2/failover: it was not applied" in said
    assert "run `invoke deploy-region us-west-2 --env disaster-recovery`" in said


@pytest.mark.usefixtures("platform")
def test_the_status_is_a_page_with_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("failover.status", *ENV) == 0

    shown = capsys.readouterr().out
    assert "us-east-1 (home)" in shown
    assert "invoke failover.switchover --env disaster-recovery" in shown
    assert "invoke failover.failover --accept-data-loss --env disaster-recovery" in shown


@pytest.mark.usefixtures("platform")
def test_the_status_is_also_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("failover.status", "--json", *ENV) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["writer"], found["pinned"], found["checkpoint"]["stage"]) == (HOME, False, "none")
    assert [one["name"] for one in found["moves"] if one["possible"]] == ["switchover", "failover", "pin"]


def test_the_status_without_the_primary_asks_nothing_of_it(
    platform: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.controls.lose_region(HOME, mode="hang")

    assert invoke("failover.status", "--without", HOME, "--json", *ENV) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["left_out"], found["unreachable"], found["writer"]) == (HOME, {}, HOME)
    assert platform.controls.calls_to_lost(HOME) == {}


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("command", ["failover.status", "doctor"])
def test_only_the_primary_can_be_done_without(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(command, "--without", AWAY, *ENV) == 2
    said = capsys.readouterr().err
    assert f"--without is '{AWAY}', and the region that may be lost is {HOME}" in said


@pytest.mark.usefixtures("platform")
def test_the_status_is_watched_until_somebody_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt

    assert failover.status(Context(env=ENVIRONMENT), watch=True, sleep=sleep) == 130
    assert waited == [5.0, 5.0]
    assert capsys.readouterr().out.splitlines() == [
        "no execution runs: writer us-east-1, us-east-1 is not pinned, no intent waits"
    ]


def test_watching_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("failover.status", "--watch", "--json", *ENV) == 2
    assert "leave one of them out" in capsys.readouterr().err


@pytest.mark.usefixtures("workspace", "aws")
@pytest.mark.parametrize(
    "words",
    [
        ("failover.status",),
        ("failover.failover", "--yes"),
        ("failover.runbook",),
        ("doctor", "--without", HOME),
    ],
)
def test_another_system_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(*words) == 2
    said = capsys.readouterr().err
    name = "doctor --without" if words[0] == "doctor" else "failover.*"
    assert f"{name} is for the system disaster-recovery, and region-migration is of region-migration" in said
    assert "name an environment of that system: --env disaster-recovery" in said


@pytest.mark.usefixtures("platform")
def test_a_migration_is_refused_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("migrate.status", *ENV) == 2
    assert "migrate.* is for the system region-migration" in capsys.readouterr().err


def test_the_runbook_is_printed_as_it_is_or_said_to_be_missing(
    platform: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.controls.lose_region(HOME)
    assert invoke("failover.runbook", *ENV) == 0
    assert capsys.readouterr().out == f"{RUNBOOK}\n"
    assert invoke("failover.runbook", "--json", *ENV) == 0
    assert json.loads(capsys.readouterr().out) == {"failover_runbook": RUNBOOK}
    assert platform.controls.calls_to_lost(HOME) == {}

    handles = platform.handles
    names = ("drain_function", "state_machine_arn", "checkpoint_parameter", "failover_function")
    apply(
        platform.manifest,
        platform.clients,
        f"{AWAY}/failover",
        **{name: getattr(handles, name) for name in names},
        failover_runbook="",
    )
    assert invoke("failover.runbook", *ENV) == 2
    said = capsys.readouterr().err
    assert "the stack us-west-2/failover has no output failover_runbook" in said
    assert "`invoke deploy-region us-west-2 --env disaster-recovery`" in said
    assert "`invoke failover.status --env disaster-recovery`" in said


def test_a_failover_is_watched_to_its_end_without_asking_the_lost_region(
    platform: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.machine(moves(platform, "failed-over", lag_ms=80, lag_at="12:00"))
    platform.controls.lose_region(HOME, mode="hang")

    words = ("--yes", "--accept-data-loss", "--reason", "it is gone")
    assert invoke("failover.failover", *words, *ENV) == 0

    shown = capsys.readouterr().out
    assert "failed-over: the database writes in us-west-2; us-east-1 is pinned out of DNS" in shown
    assert "the last known lag was 80 ms, of 12:00: what us-east-1 wrote last may be missing" in shown
    assert "Next:" not in shown
    assert platform.controls.calls_to_lost(HOME) == {}
    (document,) = platform.inputs()
    assert (document["action"], document["accept_data_loss"]) == ("failover", True)
    assert document["reason"] == "it is gone"


def test_a_failover_is_refused_without_leave_to_lose(
    platform: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("failover.failover", "--yes", *ENV) == 2

    said = capsys.readouterr().err
    assert "Refused" in said
    assert "data may be lost: the last known lag is 80 ms, of " in said
    assert "`invoke failover.failover --accept-data-loss --env disaster-recovery` accepts that" in said
    assert platform.inputs() == []


def test_a_failover_is_also_json(platform: Standby, capsys: pytest.CaptureFixture[str]) -> None:
    platform.machine(RUNS)

    assert invoke("failover.failover", "--yes", "--accept-data-loss", "--json", "--detach", *ENV) == 0

    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["operation"], found["outcome"], found["exit_code"]) == ("failover", "started", 0)
    assert found["next_command"] == (
        f"invoke failover.status --watch --without {HOME} --env disaster-recovery"
    )
    assert "what can be done now" in said.err


@pytest.mark.parametrize("command", ["switchover", "failback"])
def test_an_execution_is_started_for_it(platform: Standby, command: str) -> None:
    platform.machine(RUNS)
    if command == "failback":
        platform.promote()
        platform.lag(HOME, 5.0)
        soon(
            platform.observe,
            lambda seen: all(one.synchronization == "connected" for one in seen.database.members),
        )

    assert invoke(f"failover.{command}", "--yes", "--detach", "--reason", "why", *ENV) == 0

    (document,) = platform.inputs()
    assert (document["action"], document["reason"]) == (command, "why")


def test_the_pin_is_put_and_taken_away(platform: Standby, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("failover.pin", "--yes", "--reason", "ill", *ENV) == 0
    assert platform.observe().pinned
    assert invoke("failover.pin", "--yes", *ENV) == 2
    assert "us-east-1 is pinned already" in capsys.readouterr().err
    assert invoke("failover.unpin", "--yes", "--reason", "well", *ENV) == 0
    assert platform.observe().pinned is False


def test_what_waits_is_drained(platform: Standby, capsys: pytest.CaptureFixture[str]) -> None:
    report = {"drained": 2, "already_there": 0, "failed": 0, "failures": [], "done": True}
    platform.function(DRAIN, f"def handle(event, context):\n    return {report!r}\n")
    platform.accept("one", "two")

    assert invoke("failover.drain", "--yes", *ENV) == 0

    assert "intents: 2 drained, 0 were there before" in capsys.readouterr().out


def test_the_doctor_proves_that_the_primary_is_not_needed(
    platform: Standby, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (DRAIN, WORKER):
        platform.function(name, "def handle(event, context):\n    return {}\n")
    platform.instance()
    bootstrap.ensure(platform.environment, platform.clients)
    platform.controls.lose_region(HOME)

    assert invoke("doctor", "--without", HOME, *ENV) == 0
    assert "none of us-east-1, no control plane that may be lost with it" in capsys.readouterr().out
    assert platform.controls.calls_to_lost(HOME) == {}

    platform.aws("lambda").delete_function(FunctionName=WORKER)
    assert invoke("doctor", "--without", HOME, "--json", *ENV) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is False
    assert [one["seen"] for one in found["checks"] if one["verdict"] == "fail"] == [
        f"there is no {WORKER} in {AWAY}"
    ]


@pytest.mark.usefixtures("workspace", "aws")
def test_a_state_in_the_primary_is_refused_by_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path("environments") / f"{ENVIRONMENT}.tfvars").read_text()
    wrong = tmp_path / "wrong.tfvars"
    wrong.write_text(
        text.replace(
            'region = "us-west-2"\n}\n\n# The region that serves',
            'region = "us-east-1"\n}\n\n# The region that serves',
        )
    )

    assert invoke("doctor", "--without", HOME, "--env", str(wrong)) == 2

    said = capsys.readouterr().err
    assert "state.region is us-east-1, the region that may be lost" in said
    assert "keep the state where it outlives the loss" in said
