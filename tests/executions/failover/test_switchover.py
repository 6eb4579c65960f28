"""B7: the planned move to the standby, which loses nothing and is refused when anything is not well."""

from __future__ import annotations

import json

import pytest

from tests.executions.failover.conftest import WAIT_SCALE
from tests.recovery_miniature import ALARMS, AWAY, HOME, PLACE
from tests.rehearsal.waiting import until

EVENTS = ["started", "pinned", "promoted", "drained", "switched-over"]


def test_the_writer_goes_to_the_standby_after_everybody_has_heard_of_it(standby):
    mini = standby.mini
    mini.report_lag(120)
    mini.accept("before")
    execution = mini.start("switchover")
    mini.reached(execution, "Switch")
    mini.accept("during")
    ended = mini.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    path = mini.path(execution)
    order = ["Pin", "WaitForDns", "Switch", "Canary", "Drain", "DrainStragglers", "Done"]
    assert [state for state in path if state in order] == order
    assert (mini.writer(), mini.pinned(), mini.canaries()) == (AWAY, True, [execution])
    mini.accept("after")
    assert (mini.rows(), mini.waiting()) == (["before", "during"], 1)
    output = json.loads(ended["output"])
    assert (output["outcome"], output["writer"], output["lag_ms"]) == ("switched-over", AWAY, 120)
    assert output["fencing"] == {"traffic": "pinned", "writes": "not-needed"}
    checkpoint = mini.checkpoint()
    assert (checkpoint["stage"], checkpoint["writer_before"]) == ("switched-over", HOME)
    assert standby.told() == EVENTS


def test_nothing_is_moved_in_peace_while_something_is_not_well(standby):
    mini = standby.mini
    mini.report_lag(6000)
    mini.aws.client("cloudwatch", AWAY).set_alarm_state(
        AlarmName=ALARMS[AWAY][0], StateValue="ALARM", StateReason="the test"
    )
    ended = mini.run("switchover")
    assert ended["error"] == "FailoverRefused"
    assert "us-west-2 is 6000 ms behind, and 5000 ms are allowed" in ended["cause"]
    assert "the alarm alarm-probe-unwell-x1 in us-west-2 is ALARM" in ended["cause"]
    assert (mini.writer(), mini.pinned(), mini.checkpoint()) == (HOME, False, {"stage": "none"})
    assert standby.told() == ["refused"]


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_region_that_is_lost_is_no_peace(standby, mode):
    standby.lose_home(mode)
    ended = standby.mini.run("switchover")
    assert ended["error"] == "FailoverRefused"
    assert "us-east-1 does not answer: unreadable: rds:DescribeDBClusters in us-east-1" in ended["cause"]
    assert standby.mini.checkpoint() == {"stage": "none"}


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_when_the_primary_is_lost_meanwhile_a_failover_takes_over(slow, mode):
    mini = slow.mini
    mini.accept("before")
    execution = mini.start("switchover")
    mini.reached(execution, "Observe")
    slow.lose_home(mode)
    mini.accept("during")
    ended = mini.ended(execution)
    assert ended["error"] == "FailoverStuck"
    assert "us-east-1 does not answer; it writes in us-east-1, not in us-west-2" in ended["cause"]
    assert f"if the other region is lost, invoke failover.failover {PLACE} takes over" in ended["cause"]
    assert (mini.writer(), mini.pinned()) == (HOME, True)
    assert mini.checkpoint()["stage"] == "switching-over"
    asked = len(slow.calls_home())
    assert asked > 0  # a switchover does ask it; what follows does not
    ended = mini.run("failover", accept_data_loss=True)
    assert len(slow.calls_home()) == asked
    output = json.loads(ended["output"])
    assert output["outcome"] == "failed-over"
    assert "which takes over an unfinished switchover" in output["why"][0]
    assert output["fencing"] == {"traffic": "pinned", "writes": "not-blocked"}
    assert (mini.writer(), mini.rows(), mini.waiting()) == (AWAY, ["before", "during"], 0)
    assert mini.checkpoint()["stage"] == "failed-over"


def test_a_switchover_that_was_cancelled_is_asked_for_again(slow):
    mini = slow.mini
    execution = mini.start("switchover")
    mini.reached(execution, "WaitForDns")
    slow.controls.shorten_waits(1)
    mini.reached(execution, "Observe")
    slow.lose_home()  # which cancels it
    until(lambda: mini.database()["Status"] == "available")
    slow.controls.restore_region()
    slow.controls.shorten_waits(WAIT_SCALE)
    assert json.loads(mini.ended(execution)["output"])["outcome"] == "switched-over"
    assert mini.path(execution).count("Switch") == 2
    assert (mini.writer(), mini.pinned()) == (AWAY, True)


def test_a_failover_that_comes_while_a_switchover_is_under_way_waits_for_its_end(slow):
    mini = slow.mini
    killed = mini.start("switchover")
    mini.reached(killed, "Observe")
    mini.kill(killed)
    assert mini.database()["Status"] == "switching-over"
    execution = mini.start("failover")
    ended = mini.ended(execution)
    assert json.loads(ended["output"])["outcome"] == "failed-over", ended
    assert mini.path(execution).count("Promote") == 1
    assert (mini.writer(), mini.pinned()) == (AWAY, True)


def test_of_two_executions_the_later_one_changes_nothing(standby):
    mini = standby.mini
    standby.controls.shorten_waits(1)
    first = mini.start("switchover")
    mini.reached(first, "WaitForDns")
    ended = mini.run("failover", accept_data_loss=True)
    assert ended["error"] == "FailoverRefused"
    assert f"an execution runs already: {first}" in ended["cause"]
    assert mini.running() == [first]
    assert (mini.writer(), mini.checkpoint()["stage"]) == (HOME, "switching-over")


def test_what_is_unfinished_is_finished_before_anything_else_begins(standby):
    mini = standby.mini
    mini.put_checkpoint(stage="switching-over", step="Switch", at="2026-01-01T00:00:00Z")
    ended = mini.run("failback")
    assert ended["error"] == "FailoverRefused"
    assert (
        "an unfinished switchover stands in the checkpoint (step Switch, written 2026-01-01" in ended["cause"]
    )
    mini.put_checkpoint(stage="failing-over")
    assert "an unfinished failover" in mini.run("switchover")["cause"]


def test_a_change_that_somebody_else_makes_is_left_alone(slow):
    mini = slow.mini
    mini.aws.client("rds", HOME).switchover_global_cluster(
        GlobalClusterIdentifier=mini.ids.global_cluster_identifier,
        TargetDbClusterIdentifier=mini.ids.cluster_arns[AWAY],
    )
    ended = mini.run("failover", accept_data_loss=True)
    assert ended["error"] == "FailoverRefused"
    assert (
        "somebody else is changing the global database: it is switching-over (to: us-west-2)"
        in ended["cause"]
    )
    assert mini.checkpoint() == {"stage": "none"}
