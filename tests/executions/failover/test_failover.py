"""B7: the primary region is lost, and the standby takes over without asking it anything."""

from __future__ import annotations

import json

import pytest

from modules.failover.configuration import configuration
from tests.executions.failover.conftest import history
from tests.recovery_miniature import ACTOR, AWAY, HOME, PIN, PLACE

EVENTS = ["started", "pinned", "promoted", "drained", "failed-over"]


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_the_standby_takes_over_and_asks_nothing_of_the_region_that_is_lost(standby, mode):
    mini = standby.mini
    mini.accept("before-1", "before-2")
    standby.lose_home(mode)
    execution = mini.start("failover")
    mini.reached(execution, "Promote")
    mini.accept("during")
    ended = mini.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    assert standby.calls_home() == []
    assert (mini.writer(), mini.pinned()) == (AWAY, True)
    assert mini.rows() == ["before-1", "before-2", "during"]
    assert mini.waiting() == 0
    assert mini.canaries() == [execution]
    output = json.loads(ended["output"])
    assert (output["outcome"], output["writer"], output["lag_ms"]) == ("failed-over", AWAY, 0)
    assert output["fencing"] == {"traffic": "pinned", "writes": "not-blocked"}
    assert output["drained"] == {"drained": 3, "already_there": 0, "failed": 0}
    assert output["why"][0].startswith("failover: the last known lag is 0 ms, of ")
    assert standby.told() == EVENTS


def test_each_step_is_written_down_before_it_is_done(standby):
    mini = standby.mini
    standby.lose_home()
    execution = mini.start("failover", accept_data_loss=True)
    assert mini.ended(execution)["status"] == "SUCCEEDED"
    documents = history(mini)
    assert [(one["stage"], one.get("step")) for one in documents] == [
        ("none", None),
        *(("failing-over", step) for step in ("Pin", "Promote", "Canary", "Drain")),
        ("failed-over", "Done"),
    ]
    first, last = documents[1], documents[-1]
    assert (
        first.items()
        >= {
            "execution": execution,
            "requested_by": ACTOR,
            "reason": "a drill",
            "accept_data_loss": True,
            "lag_ms": 0,
            "writer_before": HOME,
            "fencing": {"traffic": "not-pinned", "writes": "unknown"},
            "drained": {"drained": 0, "already_there": 0, "failed": 0},
            "why": "",
        }.items()
    )
    assert first["lag_at"].endswith("Z")
    assert first["at"] < last["at"]
    assert last["fencing"] == {"traffic": "pinned", "writes": "not-blocked"}
    assert {one["began"] for one in documents[1:]} == {first["began"]}


@pytest.mark.parametrize(
    ("lag", "said"), [(800, "the last known lag is 800 ms, of "), (None, "no sample in 10 minutes")]
)
def test_data_is_not_lost_unless_somebody_accepts_it(unmeasured, lag, said):
    mini = unmeasured.mini
    if lag is not None:
        mini.report_lag(lag)
    unmeasured.lose_home()
    ended = mini.run("failover")
    assert (ended["status"], ended["error"]) == ("FAILED", "FailoverRefused")
    assert said in ended["cause"]
    assert "accept_data_loss" in ended["cause"]
    assert (mini.writer(), mini.pinned(), mini.checkpoint()) == (HOME, False, {"stage": "none"})
    assert unmeasured.told() == ["refused"]
    output = json.loads(mini.run("failover", accept_data_loss=True)["output"])
    assert (output["outcome"], output["lag_ms"]) == ("failed-over", lag)
    assert "data loss was accepted" in output["why"][0]
    assert (mini.writer(), mini.checkpoint()["lag_ms"]) == (AWAY, lag)


def test_where_the_primary_can_be_reached_its_events_are_there_and_nobody_asks_for_them(standby):
    ended = standby.mini.run("failover")
    assert json.loads(ended["output"])["fencing"]["writes"] == "unknown"


def test_the_answer_of_the_failover_may_get_lost(standby):
    mini = standby.mini
    standby.lose_home()
    standby.controls.fail("rds", "FailoverGlobalCluster", "InternalFailure", status=500, done=True)
    execution = mini.start("failover")
    assert mini.ended(execution)["status"] == "SUCCEEDED"
    assert standby.controls.hits("rds", "FailoverGlobalCluster") == 1
    assert mini.path(execution).count("Promote") == 1
    assert mini.writer() == AWAY


def test_throttling_passes_by_itself(standby):
    mini = standby.mini
    standby.lose_home()
    mini.accept("one")
    fail = standby.controls.fail
    fail("lambda", "Invoke", "TooManyRequestsException", status=429, count=2)
    fail("rds", "DescribeGlobalClusters", "Throttling", count=3)
    fail("rds", "FailoverGlobalCluster", "Throttling", count=3)
    fail("ssm", "PutParameter", "ThrottlingException", count=2)
    fail("sns", "Publish", "ThrottlingException", count=1)
    fail("rds-data", "ExecuteStatement", "ThrottlingException", count=3)
    fail("dynamodb", "UpdateItem", "ProvisionedThroughputExceededException", count=3)
    ended = mini.run("failover")
    assert ended["status"] == "SUCCEEDED", ended
    assert all(one["left"] == 0 for one in standby.controls.faults())
    assert mini.rows() == ["one"]
    assert standby.told() == EVENTS


def test_a_drain_that_fails_is_told_and_the_next_execution_goes_on(standby):
    mini = standby.mini
    standby.lose_home()
    mini.accept("one", "two")
    standby.controls.fail("dynamodb", "Query", "AccessDeniedException", count=-1)
    execution = mini.start("failover")
    ended = mini.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "FailoverStuck")
    assert "the intents could not be drained: DrainError: dynamodb:Query in us-west-2" in ended["cause"]
    assert (
        "As it stands: step Drain; the database writes in us-west-2; the primary is pinned." in ended["cause"]
    )
    assert ended["cause"].endswith(f"Next: invoke failover.failover {PLACE} goes on")
    checkpoint = mini.checkpoint()
    assert (checkpoint["stage"], checkpoint["step"]) == ("failing-over", "Drain")
    assert checkpoint["why"].startswith("the intents could not be drained")
    note = standby.note("stuck")
    assert (note["execution"], note["step"], note["writer"]) == (execution, "Drain", AWAY)
    standby.controls.clear_faults()
    assert (mini.writer(), mini.pinned(), mini.waiting()) == (AWAY, True, 2)
    ended = mini.run("failover")
    output = json.loads(ended["output"])
    assert output["outcome"] == "failed-over"
    assert output["fencing"] == {"traffic": "pinned", "writes": "not-blocked"}
    assert (output["lag_ms"], mini.checkpoint()["writer_before"]) == (0, HOME)
    assert mini.rows() == ["one", "two"]
    assert mini.checkpoint()["why"] == ""
    assert standby.told() == [*EVENTS[:3], "stuck", *EVENTS]


def test_what_the_database_refuses_is_said_and_holds_up_nothing(standby):
    mini = standby.mini
    standby.lose_home()
    mini.accept("good", "bad")
    message = "Data too long; Error code: 1406; SQLState: 22001"
    fail = standby.controls.fail
    fail("rds-data", "ExecuteStatement", "DatabaseErrorException", message=message, after=7, count=-1)
    ended = mini.run("failover")
    output = json.loads(ended["output"])
    assert output["drained"] == {"drained": 1, "already_there": 0, "failed": 1}
    assert output["why"][1] == "1 intents are refused by the database and wait"
    assert mini.waiting() == 1


def test_a_primary_that_cannot_be_pinned_keeps_its_database(standby):
    mini = standby.mini
    standby.lose_home()
    s3 = mini.aws.client("s3", AWAY)
    s3.delete_bucket(Bucket=PIN["Bucket"])
    ended = mini.run("failover")
    assert ended["error"] == "FailoverStuck"
    assert "the primary could not be pinned" in ended["cause"]
    assert (mini.writer(), mini.checkpoint()["step"]) == (HOME, "Pin")
    s3.create_bucket(Bucket=PIN["Bucket"], CreateBucketConfiguration={"LocationConstraint": AWAY})
    assert mini.run("failover")["status"] == "SUCCEEDED"
    assert (mini.writer(), mini.pinned()) == (AWAY, True)


def test_what_nobody_could_resume_does_not_begin(standby):
    mini = standby.mini
    standby.controls.fail("ssm", "PutParameter", "AccessDeniedException", count=-1)
    ended = mini.run("failover")
    assert ended["error"] == "FailoverRefused"
    assert "nothing was changed, because the checkpoint could not be written" in ended["cause"]
    assert (mini.writer(), mini.pinned()) == (HOME, False)


def test_a_checkpoint_that_is_lost_on_the_way_does_not_hold_up_and_the_last_one_does(standby):
    mini = standby.mini
    standby.controls.fail("ssm", "PutParameter", "AccessDeniedException", after=3, count=-1)
    execution = mini.start("failover")
    ended = mini.ended(execution)
    assert ended["error"] == "FailoverStuck"
    assert "the checkpoint could not be written" in ended["cause"]
    assert mini.path(execution)[-3:] == ["CheckpointDone", "NotifyStuck", "Stuck"]
    assert (mini.writer(), mini.checkpoint()["step"]) == (AWAY, "Canary")
    standby.controls.clear_faults()
    assert mini.run("failover")["status"] == "SUCCEEDED"
    assert mini.checkpoint()["stage"] == "failed-over"


def test_a_message_that_is_lost_stops_nothing(standby):
    standby.controls.fail("sns", "Publish", "AuthorizationErrorException", status=403, count=-1)
    assert standby.mini.run("failover")["status"] == "SUCCEEDED"
    assert standby.told() == []


def test_an_input_that_is_wrong_changes_nothing(standby):
    mini = standby.mini
    ended = mini.run("fail-over", accept="yes", accept_data_loss="yes")
    assert ended["error"] == "FailoverRefused"
    assert "action: 'fail-over' is none of failover, switchover, failback" in ended["cause"]
    assert "accept: there is no such key; the nearest one is `accept_data_loss`" in ended["cause"]
    assert "accept_data_loss: 'yes' is neither true nor false" in ended["cause"]
    assert mini.ended(mini.begin({}))["error"] == "FailoverRefused"
    assert mini.checkpoint() == {"stage": "none"}
    assert standby.note("refused")["action"] == ""


def test_a_standby_that_does_not_answer_is_no_reason_to_change_anything(standby):
    mini = standby.mini
    standby.controls.fail("rds", "DescribeGlobalClusters", "AccessDenied", status=403, count=-1)
    ended = mini.run("failover")
    assert ended["error"] == "FailoverRefused"
    assert "rds:DescribeGlobalClusters in us-west-2" in ended["cause"]
    assert mini.checkpoint() == {"stage": "none"}
    assert standby.note("refused")["action"] == "failover"


def test_what_was_done_is_not_done_again(standby):
    mini = standby.mini
    assert mini.run("failover")["status"] == "SUCCEEDED"
    ended = mini.run("failover")
    assert ended["error"] == "FailoverRefused"
    assert "nothing to do: the database writes in us-west-2 already" in ended["cause"]


def test_a_look_that_fails_is_made_again(standby):
    mini = standby.mini
    # the first look and the promotion see the database, six looks after them do not
    standby.controls.fail("rds", "DescribeGlobalClusters", "AccessDenied", status=403, after=2, count=6)
    execution = mini.start("failover")
    assert mini.ended(execution)["status"] == "SUCCEEDED"
    assert mini.path(execution).count("Unseen") == 2


def test_without_the_data_api_the_intents_wait_and_the_outcome_says_so(standby):
    mini = standby.mini
    config = json.dumps({**configuration(mini.ids), "data_api": False})
    mini.aws.client("lambda", AWAY).update_function_configuration(
        FunctionName="failover", Environment={"Variables": {"CONFIG": config}}
    )
    mini.accept("one")
    execution = mini.start("failover")
    ended = mini.ended(execution)
    output = json.loads(ended["output"])
    assert output["outcome"] == "failed-over"
    assert output["why"][1].startswith("the intents wait: without RDS Data API")
    assert not {state for state in mini.path(execution) if state.startswith("Drain")}
    assert (mini.writer(), mini.pinned(), mini.waiting()) == (AWAY, True, 1)
