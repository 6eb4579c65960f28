"""B7: the way back, which is a switchover too; the intents follow the writer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.recovery_miniature import AWAY, HOME, SECRET

EVENTS = ["started", "promoted", "drained", "failed-back"]


def test_the_writer_comes_home_with_every_intent(standby):
    mini = standby.mini
    mini.stand_away()
    mini.accept("before")
    execution = mini.start("failback")
    mini.reached(execution, "Switch")
    mini.accept("during")
    ended = mini.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    path = mini.path(execution)
    order = [
        "DrainAway",
        "Switch",
        "Canary",
        "Drain",
        "Unpin",
        "WaitForStragglers",
        "DrainStragglers",
        "Done",
    ]
    assert [state for state in path if state in order] == order
    assert (mini.writer(), mini.pinned(), mini.canaries()) == (HOME, False, [execution])
    mini.accept("after")
    assert (mini.rows(), mini.waiting()) == (["before", "during"], 1)
    output = json.loads(ended["output"])
    assert (output["outcome"], output["writer"], output["lag_ms"]) == ("failed-back", HOME, 80)
    assert output["fencing"] == {"traffic": "not-pinned", "writes": "not-needed"}
    assert output["drained"]["drained"] == 2
    assert mini.checkpoint()["stage"] == "failed-back"
    assert standby.told() == EVENTS


def test_there_and_back_again_with_the_primary_lost_in_between(standby):
    mini = standby.mini
    mini.accept("one")
    standby.lose_home()
    assert mini.run("failover")["status"] == "SUCCEEDED"
    mini.accept("two")
    ended = mini.run("failback")
    assert ended["error"] == "FailoverRefused"
    assert "us-east-1 does not answer" in ended["cause"]
    standby.controls.restore_region()
    mini.report_lag(40, HOME)
    mini.whole()
    assert json.loads(mini.run("failback")["output"])["outcome"] == "failed-back"
    assert (mini.writer(), mini.pinned(), mini.rows(), mini.waiting()) == (HOME, False, ["one", "two"], 0)
    # and it can be done again
    mini.report_lag(0)
    assert json.loads(mini.run("switchover")["output"])["outcome"] == "switched-over"


def test_a_cluster_that_is_built_anew_is_not_failed_back_to(slow):
    mini = slow.mini
    slow.lose_home()
    assert mini.run("failover")["status"] == "SUCCEEDED"
    slow.controls.restore_region()
    mini.report_lag(40, HOME)
    ended = mini.run("failback")
    assert ended["error"] == "FailoverRefused"
    assert "the cluster in us-east-1 is " in ended["cause"]


def test_a_primary_that_takes_no_writes_keeps_its_pin_until_it_does(standby):
    mini = standby.mini
    mini.stand_away()
    mini.accept("one")
    mini.aws.client("secretsmanager", HOME).delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    ended = mini.run("failback")
    assert ended["error"] == "FailoverStuck"
    assert "nothing could be written to the new writer" in ended["cause"]
    assert (mini.writer(), mini.pinned()) == (HOME, True)
    assert standby.told()[-1] == "stuck"
    mini.aws.client("secretsmanager", HOME).create_secret(
        Name=SECRET, SecretString=json.dumps({"username": "payments_app", "password": "p"})
    )
    again = mini.start("failback")
    assert json.loads(mini.ended(again)["output"])["outcome"] == "failed-back"
    assert "DrainAway" not in mini.path(again)
    assert (mini.writer(), mini.pinned(), mini.rows()) == (HOME, False, ["one"])


def test_when_the_primary_is_lost_on_the_way_back_the_failover_takes_over(standby):
    mini = standby.mini
    mini.stand_away()
    mini.accept("before")
    # the writer is there, and takes no write any more
    standby.controls.fail("rds-data", "ExecuteStatement", "DatabaseUnavailable", region=HOME, count=-1)
    ended = mini.run("failback")
    assert ended["error"] == "FailoverStuck", ended
    assert (mini.writer(), mini.checkpoint()["step"]) == (HOME, "Canary")
    standby.lose_home()
    mini.accept("during")
    ended = mini.run("failover", accept_data_loss=True)
    assert standby.calls_home() == []
    output = json.loads(ended["output"])
    assert output["outcome"] == "failed-over"
    assert "takes over an unfinished failback" in output["why"][0]
    assert (mini.writer(), mini.pinned(), mini.rows()) == (AWAY, True, ["before", "during"])


def test_a_failback_whose_region_is_lost_before_the_writer_left_leaves_it_in_the_standby(slow):
    mini = slow.mini
    mini.stand_away()
    execution = mini.start("failback")
    mini.reached(execution, "Switch")
    slow.lose_home()
    ended = mini.ended(execution)
    assert ended["error"] == "FailoverStuck", ended
    assert (mini.writer(), mini.pinned(), mini.checkpoint()["stage"]) == (AWAY, True, "failing-back")
    slow.controls.restore_region()
    mini.whole()
    assert json.loads(mini.run("failback")["output"])["outcome"] == "failed-back"
    assert (mini.writer(), mini.pinned()) == (HOME, False)


def test_a_failover_lets_the_functions_of_a_failback_end_that_was_killed(standby):
    mini = standby.mini
    mini.stand_away()
    execution = mini.start("failback")
    mini.reached(execution, "Switch")
    mini.kill(execution)
    # the clock is not shortened: as if that had been some time ago
    some_time_ago = datetime.now(UTC) - timedelta(seconds=57)
    mini.put_checkpoint(**{**mini.checkpoint(), "at": some_time_ago.isoformat()})
    again = mini.start("failover", accept_data_loss=True)
    ended = mini.ended(again)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["outcome"] == "failed-over"
    path = mini.path(again)
    assert path.index("LetFunctionsEnd") < path.index("CheckpointBegun")
    assert (mini.writer(), mini.pinned()) == (AWAY, True)
