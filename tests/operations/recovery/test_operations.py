"""Whole operations, each against executions that stand for the state machine's."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from shared.clients_without import ClientsWithout, LostRegionAskedError
from shared.errors import Refused, UserError
from shared.operations.common.executions import name_after
from shared.operations.recovery import failback, failover, switchover
from shared.operations.recovery.operator import Result
from shared.operations.recovery.request import Request
from tests.operations.recovery.standby import AWAY, HOME, RUNS, Standby, ends, fails, moves

ACCEPTED = Request(accept_data_loss=True, reason="it is gone")
LEAVES = {"switchover": switchover.run, "failover": failover.run}


def typing(*answers: str) -> tuple[list[str], Callable[[str], str]]:
    """Return what was asked, and somebody who types the answers in turn."""
    asked: list[str] = []
    left = list(answers)

    def ask(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    return asked, ask


def reasons(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.what for one in refused.value.problems]


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_failover_asks_a_lost_region_nothing_and_says_what_it_cost(standby: Standby, mode: str) -> None:
    fencing = {"traffic": "pinned", "writes": "unknown"}
    drained = {"drained": 2, "already_there": 0, "failed": 0}
    said = {"lag_ms": 800, "lag_at": "2026-01-01T12:03:00Z", "fencing": fencing, "drained": drained}
    standby.machine(moves(standby, "failed-over", **said))
    standby.controls.lose_region(HOME, mode=mode)

    result = failover.run(standby.operator(), ACCEPTED)

    assert standby.controls.calls_to_lost(HOME) == {}
    assert (result.operation, result.outcome, result.exit_code) == ("failover", "failed-over", 0)
    assert result.said == (
        "failed-over: the database writes in us-west-2; us-east-1 is pinned out of DNS",
        "the last known lag was 800 ms, of 2026-01-01T12:03:00Z: what us-east-1 wrote last may be missing",
        "nobody knows whether writes in us-east-1 were blocked: compare what it wrote last, by the snapshot "
        "rds:unplanned-global-failover-* when it is back",
        "intents: 2 drained, 0 were there before",
    )
    assert (result.before.writer, result.after.writer) == (HOME, AWAY)
    assert result.next_command == ""
    assert result.execution in standby.shown
    account = standby.environment.account_id
    assert standby.inputs() == [
        {
            "action": "failover",
            "accept_data_loss": True,
            "reason": "it is gone",
            "requested_by": f"arn:aws:sts::{account}:user/moto",
        }
    ]
    assert result.execution.endswith(f":{name_after(standby.handles.machine, '')}")
    assert ":failover-" in result.execution


def test_a_failover_cannot_ask_the_lost_region_even_by_mistake(standby: Standby) -> None:
    operator = standby.operator().without_home()

    assert isinstance(operator.clients, ClientsWithout)
    assert operator.left_out == HOME
    for service, region in (("rds", HOME), ("route53", AWAY), ("iam", AWAY)):
        with pytest.raises(LostRegionAskedError):
            operator.clients.client(service, region)


def test_a_failover_needs_no_stack_of_the_lost_region_but_its_databases_id(standby: Standby) -> None:
    for address in (f"{HOME}/service", f"{HOME}/probe", f"{AWAY}/service", f"{AWAY}/probe", "global/domain"):
        standby.unapply(address)
    standby.machine(moves(standby, "failed-over"))
    standby.controls.lose_region(HOME)

    result = failover.run(standby.operator(), ACCEPTED)

    assert result.outcome == "failed-over"
    assert [alarm.measures for alarm in result.before.alarms] == ["replication lag"]
    standby.controls.restore_region()
    with pytest.raises(UserError, match="us-east-1/service: it was not applied"):
        switchover.run(standby.operator())


def test_a_possible_loss_has_to_be_accepted(standby: Standby) -> None:
    with pytest.raises(Refused) as refused:
        failover.run(standby.operator(), Request(reason="x" * 501))

    assert reasons(refused)[0] == "it has 501 bytes; at most 500 are taken"
    assert reasons(refused)[1].startswith("data may be lost: the last known lag is 80 ms, of ")
    assert refused.value.problems[1].remedy == ("`invoke failover.failover --accept-data-loss` accepts that")
    assert standby.inputs() == []


def test_no_sample_of_the_lag_is_a_possible_loss(standby: Standby) -> None:
    standby.controls.fail("cloudwatch", "GetMetricData", "InternalFailure", status=500, count=9)
    with pytest.raises(Refused) as refused:
        failover.run(standby.operator())
    assert reasons(refused) == ["data may be lost: the lag is not known: no sample in 10 minutes"]


def test_with_a_fresh_lag_of_zero_nothing_has_to_be_accepted(nothing: Standby) -> None:
    nothing.build(lag=0.0)
    nothing.machine(moves(nothing, "failed-over", lag_ms=0, lag_at="12:03"))

    result = failover.run(nothing.operator())

    assert result.said[1] == "the last known lag was 0 ms, of 12:03"
    assert nothing.inputs()[0]["accept_data_loss"] is False


def test_a_failover_that_was_killed_goes_on_with_what_was_accepted(standby: Standby) -> None:
    standby.promote()
    standby.pin()
    standby.checkpoint(stage="failing-over", accept_data_loss=True)
    standby.machine(ends("failed-over"))

    result = failover.run(standby.operator())

    assert standby.inputs()[0]["accept_data_loss"] is True
    assert (result.outcome, result.exit_code) == ("failed-over", 1)
    assert result.said[-1] == "the checkpoint is at failing-over"
    assert result.next_command == f"invoke failover.status --without {HOME}"


def test_a_failover_that_was_killed_and_accepted_nothing_accepts_nothing(standby: Standby) -> None:
    standby.promote()
    standby.checkpoint(stage="failing-over")
    standby.machine(RUNS)
    failover.run(standby.operator(follow="nothing"))
    assert standby.inputs()[0]["accept_data_loss"] is False


def test_nothing_is_started_beside_an_execution(standby: Standby) -> None:
    standby.execute(RUNS, "first")
    standby.until(lambda seen: seen.running and seen.running.state)

    with pytest.raises(Refused) as refused:
        failover.run(standby.operator(), ACCEPTED)

    assert reasons(refused) == ["an execution runs: first, at Poll"]
    assert len(standby.inputs()) == 1


def test_who_is_a_moment_later_is_refused_too(standby: Standby) -> None:
    def ask(_: str) -> str:
        standby.execute(RUNS, "second")
        return "yes"

    with pytest.raises(Refused) as refused:
        failover.run(standby.operator(yes=False, ask=ask), ACCEPTED)

    assert reasons(refused) == ["an execution runs: second"]
    assert refused.value.problems[0].remedy == (
        f"`invoke failover.status --watch --without {HOME}` shows where it is"
    )


def test_an_execution_that_nobody_knows_whether_it_was_started_is_said(standby: Standby) -> None:
    standby.controls.fail("stepfunctions", "StartExecution", "InternalFailure", status=500, count=9)

    with pytest.raises(UserError, match=r"nobody knows whether it was started: .*InternalFailure") as caught:
        failover.run(standby.operator(), ACCEPTED)

    assert caught.value.problems[0].remedy == (
        f"look: `invoke failover.status --watch --without {HOME}`; to start it again does no harm"
    )


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("typed", ["no", "y", ""])
def test_what_is_not_confirmed_is_not_started(standby: Standby, name: str, typed: str) -> None:
    asked, ask = typing(typed)

    result = LEAVES[name](standby.operator(yes=False, ask=ask), ACCEPTED)

    assert (result.outcome, result.exit_code, result.execution) == ("declined", 2, "")
    questions = {"failover": "Promote us-west-2?", "switchover": "Move the writer to us-west-2?"}
    assert asked == [f"{questions[name]} Only `yes` does:"]
    assert "what can be done now" in standby.shown
    assert standby.inputs() == []


def test_a_killed_command_says_how_to_look_again_and_the_execution_goes_on(standby: Standby) -> None:
    standby.machine(RUNS)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    result = failover.run(standby.operator(sleep=interrupt), ACCEPTED)

    assert (result.outcome, result.exit_code) == ("started", 130)
    assert result.said == ("no longer watched: the execution goes on",)
    assert result.next_command == f"invoke failover.status --watch --without {HOME}"
    assert standby.observe().running is not None


def test_an_execution_need_not_be_watched(standby: Standby) -> None:
    standby.machine(RUNS)

    result = switchover.run(standby.operator(follow="nothing"))

    assert (result.outcome, result.exit_code, result.said) == ("started", 0, ("the execution runs",))
    assert result.next_command == "invoke failover.status --watch"


def test_nobody_is_asked_in_the_middle_so_watching_to_a_question_is_watching_to_the_end(
    standby: Standby,
) -> None:
    standby.machine(moves(standby, "switched-over"))
    assert switchover.run(standby.operator(follow="question")).outcome == "switched-over"


def test_a_line_is_printed_for_each_change(standby: Standby) -> None:
    standby.machine(moves(standby, "failed-over"))

    failover.run(standby.operator(), ACCEPTED)

    lines = standby.shown.splitlines()
    assert any(
        line.endswith("writer us-east-1 (failing-over), us-east-1 is pinned out of DNS, no intent waits")
        for line in lines
    )
    assert lines[-1] == (
        "no execution runs: writer us-west-2, us-east-1 is pinned out of DNS, no intent waits"
    )


def test_a_switchover_moves_without_loss_and_says_where_everything_is(standby: Standby) -> None:
    standby.machine(moves(standby, "switched-over", why=["the canary was written"]))

    result = switchover.run(standby.operator(), Request(reason="drill"))

    assert (result.outcome, result.exit_code) == ("switched-over", 0)
    assert result.said == (
        "switched-over: the database writes in us-west-2; us-east-1 is pinned out of DNS",
        "the canary was written",
    )
    document = standby.inputs()[0]
    assert (document["action"], document["accept_data_loss"]) == ("switchover", False)


def test_a_switchover_is_refused_with_every_reason(standby: Standby) -> None:
    standby.alarm(AWAY, "probe-unwell", "ALARM")
    standby.lag(AWAY, 7000.0)

    with pytest.raises(Refused) as refused:
        switchover.run(standby.operator(), Request(reason="x" * 501))

    assert reasons(refused) == [
        "the replication lag of us-west-2 is 7000 ms; at most 5000 ms are allowed",
        "probe-unwell in us-west-2 (probe) is ALARM: it has to be OK",
        "it has 501 bytes; at most 500 are taken",
    ]


@pytest.mark.parametrize("name", ["switchover", "failback"])
def test_no_planned_move_begins_while_a_region_does_not_answer(standby: Standby, name: str) -> None:
    if name == "failback":
        standby.promote()
        standby.checkpoint(stage="failed-over")
    standby.controls.lose_region(HOME)

    with pytest.raises(Refused) as refused:
        {"switchover": switchover.run, "failback": failback.run}[name](standby.operator())

    assert any(reason.startswith("RDS in us-east-1 does not answer: ") for reason in reasons(refused))
    assert standby.inputs() == []


def test_a_failback_brings_the_writer_home_and_unpins(standby: Standby) -> None:
    standby.promote()
    standby.pin()
    standby.checkpoint(stage="failed-over")
    standby.lag(HOME, 5.0)
    standby.until(lambda seen: all(one.synchronization == "connected" for one in seen.database.members))
    standby.machine(moves(standby, "failed-back", drained={"drained": 1, "failed": 2}))
    asked, ask = typing("yes")

    result = failback.run(standby.operator(yes=False, ask=ask), Request(reason="home again"))

    assert asked == ["Move the writer back to us-east-1? Only `yes` does:"]
    assert (result.outcome, result.exit_code) == ("failed-back", 0)
    assert result.said == (
        "failed-back: the database writes in us-east-1; us-east-1 is not pinned",
        "intents: 1 drained, 0 were there before; the database refused 2, which go on waiting",
    )


def test_a_failback_that_is_declined_moves_nothing(standby: Standby) -> None:
    standby.promote()
    standby.lag(HOME, 5.0)
    standby.until(lambda seen: all(one.synchronization == "connected" for one in seen.database.members))
    _, ask = typing("no")
    assert failback.run(standby.operator(yes=False, ask=ask)).outcome == "declined"


def test_after_a_lost_region_is_back_it_is_a_secondary_that_can_be_gone_home_to(standby: Standby) -> None:
    standby.machine(moves(standby, "failed-over"))
    standby.controls.lose_region(HOME)
    assert failover.run(standby.operator(), ACCEPTED).outcome == "failed-over"

    with pytest.raises(Refused):
        failback.run(standby.operator())
    standby.controls.restore_region()
    standby.lag(HOME, 5.0)
    standby.until(lambda seen: all(one.synchronization == "connected" for one in seen.database.members))
    standby.machine(moves(standby, "failed-back"))

    assert failback.run(standby.operator()).outcome == "failed-back"


def stuck(standby: Standby, error: str, cause: str = "first\n\nsecond") -> Result:
    standby.machine(fails(error, cause))
    return failover.run(standby.operator(), ACCEPTED)


def test_a_machine_that_is_stuck_says_what_goes_on(standby: Standby) -> None:
    result = stuck(standby, "FailoverStuck")

    assert (result.outcome, result.exit_code) == ("FailoverStuck", 1)
    assert result.said == (
        "FailoverStuck: the machine cannot go on; what it has done stays so",
        "first",
        "second",
        "the database writes in us-east-1; us-east-1 is not pinned",
    )
    assert result.next_command == "invoke failover.failover --accept-data-loss"


def test_a_machine_that_refuses_says_so(standby: Standby) -> None:
    result = stuck(standby, "FailoverRefused", "")

    assert result.said[0] == "FailoverRefused: the machine refused to begin, nothing was changed"
    assert len(result.said) == 2
    assert result.next_command == f"invoke failover.status --without {HOME}"


def test_an_end_that_nobody_knows_is_gone_on_from(standby: Standby) -> None:
    result = stuck(standby, "States.Runtime")
    assert result.said[0] == "States.Runtime: it ended by itself; what it had done stays so"
    assert json.dumps(result.as_json(), default=str)
