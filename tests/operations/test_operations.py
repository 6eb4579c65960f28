"""Whole operations, each against executions that stand for the state machine's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import Problem, Refused, UserError
from shared.operations.migration import (
    abort,
    approve,
    finalize,
    rollback,
    stacks,
    start,
    switchover,
)
from shared.operations.migration.request import Request
from tests.operations.platform import END, RUNS, SOURCE, TARGET, Platform, asks, ends, fails


@pytest.fixture(autouse=True)
def stacks_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning has its own tests: it needs Terraform."""
    monkeypatch.setattr(stacks, "problems", lambda _: [])


def moved(platform: Platform) -> None:
    platform.stage("moved", 0, 100)
    platform.switch()
    platform.until(lambda seen: seen.writer == TARGET)


def typing(*answers: str) -> tuple[list[str], Any]:
    """Return what was asked, and somebody who types the answers in turn."""
    asked: list[str] = []
    left = list(answers)

    def ask(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    return asked, ask


def inputs(platform: Platform) -> list[dict[str, Any]]:
    client = platform.aws("stepfunctions")
    listed = client.list_executions(stateMachineArn=platform.arns["machine"])["executions"]
    return [
        json.loads(client.describe_execution(executionArn=one["executionArn"])["input"]) for one in listed
    ]


def test_a_start_runs_to_its_end_and_says_what_came_of_it(platform: Platform) -> None:
    platform.machine(ends("shifted"))

    result = start.run(platform.operator(), Request(phases=(25, 50), switchover=False, reason="today"))

    assert (result.operation, result.outcome, result.exit_code) == ("start", "shifted", 0)
    assert result.said == ("shifted: eu-west-1 has 0 % of the traffic; the writer is in us-east-1",)
    assert result.next_command == "invoke migrate.start"
    assert result.execution in platform.shown
    (document,) = inputs(platform)
    assert document == {
        "action": "migrate",
        "phases": [25, 50],
        "switchover": False,
        "reason": "today",
        "requested_by": f"arn:aws:sts::{platform.environment.account_id}:user/moto",
    }
    assert result.as_json()["after"]["writer"] == SOURCE


def test_a_start_refuses_with_every_reason_at_once_and_starts_nothing(platform: Platform) -> None:
    platform.execute(RUNS, "first")
    platform.alarm(SOURCE, "hosts", "ALARM")

    with pytest.raises(Refused) as caught:
        start.run(platform.operator(), Request(phases=(50, 25)))

    assert [one.what for one in caught.value.problems] == [
        "an execution runs: first, at Bake",
        "the phases have to rise, but 25 comes after 50",
        "hosts is ALARM",
    ]
    assert len(inputs(platform)) == 1


def test_mistakes_of_what_was_typed_are_reasons(platform: Platform) -> None:
    with pytest.raises(Refused, match="'x' cannot be read"):
        start.run(platform.operator(), None, [Problem(what="'x' cannot be read")])


@pytest.mark.parametrize("typed", ["no", "y", ""])
def test_a_start_that_is_not_confirmed_starts_nothing(platform: Platform, typed: str) -> None:
    asked, ask = typing(typed)

    result = start.run(platform.operator(yes=False, ask=ask))

    assert (result.outcome, result.exit_code, result.execution) == ("declined", 2, "")
    assert asked == ["api.payments.example.com: start? Only `yes` does:"]
    assert inputs(platform) == []


def test_the_whole_word_confirms_on_the_console(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: " yes ")

    assert start.run(platform.operator(yes=False, follow="nothing")).outcome == "started"


def test_nobody_there_declines(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    assert start.run(platform.operator(yes=False)).exit_code == 2
    assert "Nobody answers here." in platform.shown


def test_a_start_that_is_not_watched_goes_on(platform: Platform) -> None:
    platform.machine(RUNS)

    result = start.run(platform.operator(follow="nothing"))

    assert (result.outcome, result.exit_code) == ("started", 0)
    assert result.next_command == "invoke migrate.status --watch"
    assert platform.observe().running is not None


def test_a_start_that_is_no_longer_watched_goes_on(platform: Platform) -> None:
    platform.machine(RUNS)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    result = start.run(platform.operator(sleep=interrupt))

    assert (result.outcome, result.exit_code) == ("started", 130)
    assert result.said == ("no longer watched: the execution goes on",)
    assert result.next_command == "invoke migrate.status --watch"
    assert platform.observe().running is not None


def test_watching_may_end_with_the_next_question(platform: Platform) -> None:
    platform.machine(asks("switchover"))

    result = start.run(platform.operator(follow="question"))

    assert (result.outcome, result.exit_code) == ("waiting", 0)
    assert result.said == ("it asks: move the database's writer to eu-west-1?\n  alarm x is y",)
    assert result.next_command == "invoke migrate.approve"


def test_an_answer_lets_the_execution_go_on(platform: Platform) -> None:
    platform.execute(asks("phase"))
    platform.until(lambda seen: seen.question)
    moved(platform)

    result = approve.run(platform.operator(follow="question"), answer="continue", comment="well")

    assert (result.operation, result.outcome, result.exit_code) == ("approve", "moved", 0)
    assert result.next_command == "invoke migrate.finalize"
    assert "shift 75 % of the traffic to eu-west-1?\n  alarm x is y" in platform.shown
    assert "answered: continue" in platform.shown
    ended = platform.aws("stepfunctions").describe_execution(executionArn=result.execution)
    answer = json.loads(ended["output"])["answer"]
    assert (answer["decision"], answer["comment"]) == ("continue", "well")
    assert answer["by"].endswith(":user/moto")


def test_an_answer_is_asked_for_when_none_was_given(platform: Platform) -> None:
    platform.execute(asks("inconclusive"))
    platform.until(lambda seen: seen.question)
    asked, ask = typing("maybe", "again")

    assert approve.run(platform.operator(ask=ask)).outcome == "declined"
    result = approve.run(platform.operator(ask=ask, follow="nothing"))

    assert result.exit_code == 0
    assert asked == ["Answer continue | rollback | again (anything else: none):"] * 2
    assert "the gate cannot tell whether 75 % is well: go on?" in platform.shown


def test_an_answer_is_confirmed(platform: Platform) -> None:
    platform.execute(asks("switchover"))
    platform.until(lambda seen: seen.question)
    asked, ask = typing("no")

    result = approve.run(platform.operator(yes=False, ask=ask), answer="rollback")

    assert result.outcome == "declined"
    assert asked == ["Answer rollback? Only `yes` does:"]
    assert platform.observe().question is not None


def test_only_a_doubt_can_be_measured_again(platform: Platform) -> None:
    platform.execute(asks("phase"))
    platform.until(lambda seen: seen.question)

    with pytest.raises(Refused) as caught:
        approve.run(platform.operator(), answer="again")

    assert str(caught.value) == "--answer: 'again' is no answer\n    one of: continue, rollback"


def test_without_a_question_there_is_no_answer(platform: Platform) -> None:
    with pytest.raises(Refused) as caught:
        approve.run(platform.operator(), answer="perhaps")

    assert [one.what for one in caught.value.problems] == [
        "nobody is asked: no execution runs",
        "'perhaps' is no answer",
    ]


def test_an_abort_stops_and_goes_back(platform: Platform) -> None:
    running = platform.execute(RUNS, "first")
    platform.machine(ends("rolled-back"))
    platform.stage("shifting", 100, 0)

    result = abort.run(platform.operator(), Request(reason="too slow"))

    assert (result.operation, result.outcome, result.exit_code) == ("abort", "rolled-back", 0)
    stopped = platform.end(running)
    assert (stopped["status"], stopped["error"]) == ("ABORTED", "OperatorAbort")
    assert stopped["cause"].endswith(":user/moto: too slow")
    assert [one["action"] for one in inputs(platform) if one] == ["rollback"]


@pytest.mark.parametrize("stage", ["none", "rolled-back"])
def test_an_abort_before_anything_was_changed_only_stops(platform: Platform, stage: str) -> None:
    running = platform.execute(RUNS)
    platform.stage(stage, 100, 0)

    result = abort.run(platform.operator())

    assert (result.outcome, result.exit_code, result.execution) == ("stopped", 0, running)
    assert result.said == (f"stopped before it had changed anything: the checkpoint is at {stage}",)
    assert result.next_command == "invoke migrate.start"
    assert platform.end(running)["cause"].endswith(":user/moto")
    assert len(inputs(platform)) == 1


def test_an_abort_does_not_take_back_what_another_had_moved(platform: Platform) -> None:
    running = platform.execute(RUNS)
    moved(platform)
    assert abort.run(platform.operator()).outcome == "stopped"

    platform.machine(ends("rolled-back"))
    platform.stage("moved", 0, 100, execution=running)
    assert not abort.nothing_begun(platform.observe(), running)


def test_an_abort_of_what_has_come_to_its_end_meanwhile_takes_nothing_back(platform: Platform) -> None:
    end = ends("moved")
    wait = {"Type": "Wait", "Seconds": 2, "Next": "End"}
    running = platform.execute({"StartAt": "Bake", "States": {"Bake": wait, **end["States"]}})
    platform.stage("moved", 0, 100, execution=running)

    def ask(_: str) -> str:
        platform.end(running)
        return "yes"

    result = abort.run(platform.operator(yes=False, ask=ask))

    assert (result.outcome, result.exit_code) == ("moved", 0)
    assert result.said == ("it had come to its end before it was stopped (moved): nothing is taken back",)
    assert len(inputs(platform)) == 1


def test_a_rollback_that_could_not_begin_is_tried_again_and_not_turned_into_a_start(
    platform: Platform,
) -> None:
    platform.machine(fails("MigrationNotBegun", "AWS does not answer"))
    platform.stage("shifted", 0, 100)
    result = rollback.run(platform.operator())
    assert (result.outcome, result.next_command) == ("MigrationNotBegun", "invoke migrate.rollback")


def test_an_abort_without_a_checkpoint_tries_to_go_back(platform: Platform) -> None:
    topology = platform.observe()
    assert abort.nothing_begun(topology, "x")
    platform.aws("ssm").delete_parameter(Name=platform.handles.checkpoint_parameter)
    assert not abort.nothing_begun(platform.observe(), "x")


def test_an_abort_that_is_not_confirmed_lets_it_run(platform: Platform) -> None:
    platform.execute(RUNS)
    _, ask = typing("no")

    assert abort.run(platform.operator(yes=False, ask=ask)).outcome == "declined"
    assert platform.observe().running is not None


def test_a_rollback_goes_back(platform: Platform) -> None:
    platform.machine(ends("rolled-back"))
    platform.stage("held", 100, 0)

    result = rollback.run(platform.operator())

    assert (result.outcome, result.exit_code, result.next_command) == ("rolled-back", 0, "")
    assert inputs(platform)[0]["action"] == "rollback"


def test_a_rollback_that_left_other_weights_did_not_do_what_it_says(platform: Platform) -> None:
    platform.machine(ends("rolled-back"))
    platform.stage("held", 50, 50, found={"weights": {"source": 90, "target": 10}, "writer": TARGET})

    result = rollback.run(platform.operator(), Request(reason="x"))

    assert (result.outcome, result.exit_code) == ("rolled-back", 1)
    assert result.said == (
        "rolled-back: eu-west-1 has 50 % of the traffic; the writer is in us-east-1",
        "the weights found were 90 to 10",
        "the writer found was in eu-west-1",
    )
    assert result.next_command == "invoke migrate.status"


def test_a_rollback_is_refused_and_confirmed_as_everything(platform: Platform) -> None:
    with pytest.raises(Refused, match="there is nothing to go back from"):
        rollback.run(platform.operator())
    platform.stage("held", 50, 50)
    _, ask = typing("no")
    assert rollback.run(platform.operator(yes=False, ask=ask)).outcome == "declined"


def test_a_switchover_needs_the_traffic_and_equal_engines(platform: Platform) -> None:
    with pytest.raises(Refused, match=r"eu-west-1 has 0 % of the traffic"):
        switchover.run(platform.operator())
    platform.stage("shifted", 0, 100)
    database = platform.environment.database.model_copy(update={"engine_version": "8.0.mysql_aurora.3.99.9"})
    other = platform.environment.model_copy(update={"database": database})
    with pytest.raises(Refused, match=r"and 8\.0\.mysql_aurora\.3\.99\.9 is set"):
        switchover.run(platform.operator(environment=other))
    _, ask = typing("no")
    assert switchover.run(platform.operator(yes=False, ask=ask)).outcome == "declined"


def test_a_switchover_runs_and_is_judged_by_what_stands(platform: Platform) -> None:
    platform.machine(ends("moved"))
    platform.stage("switching", 0, 100)
    platform.pause(SOURCE)

    result = switchover.run(platform.operator(), Request(drain_seconds=1))

    assert inputs(platform)[0]["drain_seconds"] == 1
    assert (result.outcome, result.exit_code) == ("moved", 1)
    assert result.said == (
        "moved: eu-west-1 has all of the traffic; the writer is in us-east-1",
        "that is not what a migration that has moved leaves behind",
        "writes are still answered 503 in us-east-1",
    )


def test_after_all_traffic_comes_the_switchover(platform: Platform) -> None:
    platform.machine(ends("shifted"))
    platform.stage("shifting", 0, 100)

    assert start.run(platform.operator()).next_command == "invoke migrate.switchover"


@pytest.mark.parametrize(
    ("error", "said", "following"),
    [
        ("MigrationRolledBack", "MigrationRolledBack: the machine took everything back", "status"),
        ("MigrationHeld", "MigrationHeld: the machine holds: everything stays as it is", "start"),
        ("RollbackIncomplete", "RollbackIncomplete: even the way back failed", "runbook"),
        ("Strange", "Strange: it ended by itself, and nobody knows where", "status"),
    ],
)
def test_an_execution_that_fails_is_said_with_what_to_do(
    platform: Platform, error: str, said: str, following: str
) -> None:
    platform.machine(fails(error, "first\nsecond"))

    result = start.run(platform.operator())

    assert (result.outcome, result.exit_code) == (error, 1)
    assert result.said[0].startswith(said)
    assert result.said[1:] == (
        "first",
        "second",
        "eu-west-1 has 0 % of the traffic; the writer is in us-east-1",
    )
    assert result.next_command == f"invoke migrate.{following}"


def test_an_execution_that_somebody_stops_is_said(platform: Platform) -> None:
    platform.machine(RUNS)

    def stop(seconds: float) -> None:
        assert seconds == 0.05
        running = platform.observe().running
        if running:
            platform.aws("stepfunctions").stop_execution(executionArn=running.arn)

    result = start.run(platform.operator(sleep=stop))

    assert (result.outcome, result.exit_code) == ("ABORTED", 1)
    assert result.said[0] == "ABORTED: it ended by itself, and nobody knows where"


def test_finalize_takes_the_source_out_when_its_name_is_typed(platform: Platform) -> None:
    moved(platform)
    asked, ask = typing("yes", platform.handles.global_cluster)

    assert finalize.run(platform.operator(ask=ask)).outcome == "declined"
    assert platform.observe().source_member
    result = finalize.run(platform.operator(ask=ask))

    assert (result.outcome, result.exit_code, result.next_command) == ("finalized", 0, "invoke plan")
    assert "that was the point of no return" in result.said[0]
    assert "what remains in us-east-1" in result.said[1]
    assert not result.after.source_member
    assert asked[0] == "Type the global database's name, aurora-global-payments-abc123, to go on:"
    assert "The point of no return: arn:aws:rds:us-east-1" in platform.shown


def test_finalize_takes_the_name_as_an_option_but_no_other(platform: Platform) -> None:
    moved(platform)

    with pytest.raises(UserError, match="--confirm is 'other'"):
        finalize.run(platform.operator(), confirm="other")
    assert finalize.run(platform.operator(), confirm=platform.handles.global_cluster).outcome == "finalized"


def test_finalize_is_refused_unless_everything_has_moved(platform: Platform) -> None:
    with pytest.raises(Refused) as caught:
        finalize.run(platform.operator(), confirm=platform.handles.global_cluster)

    assert len(caught.value.problems) == 3


def test_a_source_that_does_not_leave_is_said(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    moved(platform)
    # Aurora answers at once and takes minutes; here it never ends
    monkeypatch.setattr("shared.operations.migration.executions.remove_source", lambda *_, **__: None)
    waited: list[float] = []

    with pytest.raises(UserError, match="was asked to leave and is still a member"):
        finalize.run(
            platform.operator(poll_seconds=300.0, sleep=waited.append),
            confirm="aurora-global-payments-abc123",
        )
    assert sum(waited) == finalize.WAIT_SECONDS


def test_a_finished_execution_leads_nowhere_else(platform: Platform) -> None:
    platform.machine(END)

    assert start.run(platform.operator()).next_command == ""
