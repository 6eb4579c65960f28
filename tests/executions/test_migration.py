"""A7: the whole way, and every way back."""

import json

import pytest

from tests.miniature import EU, US

WHOLE = {"phases": [50, 100]}
NOT_AGAIN = {"limits": {"inconclusive": 0}}


def test_the_platform_moves(platform):
    mini = platform.mini
    execution = mini.start(phases=[25, 50, 75, 100])
    asked = mini.answer(execution, "continue")
    assert (asked["question"], asked["phase"]) == ("switchover", 100)
    ended = mini.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["outcome"] == "moved"
    assert mini.weights() == {"source": 0, "target": 100}
    assert mini.writer() == EU
    assert mini.pauses() == {US: 0, EU: 0}
    assert mini.checkpoint()["stage"] == "moved"
    history = mini.aws.client("ssm", EU).get_parameter_history(Name=mini.ids.checkpoint_parameter)
    stages = [json.loads(version["Value"]) for version in history["Parameters"]]
    assert [(one["stage"], one.get("phase")) for one in stages] == [
        ("none", None),
        *(("shifting", phase) for phase in (25, 50, 75, 100)),
        ("shifted", 100),
        ("switching", 100),
        ("moved", 100),
    ]
    assert platform.told() == ["started", *["phase-passed"] * 4, "waiting", "moved"]


def test_traffic_only_when_the_database_is_to_stay(platform):
    mini = platform.mini
    ended = mini.ended(mini.start(phases=[50, 100], switchover=False))
    assert json.loads(ended["output"])["outcome"] == "shifted"
    assert (mini.weights(), mini.writer()) == ({"source": 0, "target": 100}, US)


def test_an_alarm_takes_the_traffic_back_to_what_was_found(platform):
    mini = platform.mini
    execution = mini.start(phases=[50, 100], bake_seconds=4)
    mini.reached(execution, "Bake")
    assert mini.weights() == {"source": 50, "target": 50}
    platform.telemetry.healthy_hosts[EU] = 1
    ended = mini.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "MigrationRolledBack")
    assert "alarm-healthy-hosts-x1" in ended["cause"]
    assert mini.weights() == {"source": 100, "target": 0}
    assert mini.checkpoint()["stage"] == "rolled-back"
    assert platform.told()[-2:] == ["rolling-back", "rolled-back"]
    platform.inbox.wait_for(lambda note: note.document.get("NewStateValue") == "ALARM")


def test_replication_that_falls_behind_takes_it_back(platform):
    platform.telemetry.lag_ms = 5000
    ended = platform.mini.ended(platform.mini.start(**WHOLE))
    assert ended["error"] == "MigrationRolledBack"
    assert "replication" in ended["cause"]
    assert platform.mini.weights() == {"source": 100, "target": 0}


def test_errors_above_the_sources_take_it_back_and_a_dry_run_does_not(platform):
    platform.telemetry.error_rate[EU] = 5
    ended = platform.mini.ended(platform.mini.start(phases=[50], switchover=False, bake_seconds=2))
    assert ended["error"] == "MigrationRolledBack"
    ended = platform.mini.ended(
        platform.mini.start(phases=[50], switchover=False, bake_seconds=2, dry_run_metrics=["error_rate"])
    )
    assert ended["status"] == "SUCCEEDED", ended


@pytest.mark.parametrize(
    ("decision", "error"), [("continue", None), ("rollback", "MigrationRolledBack"), ("again", None)]
)
def test_an_inconclusive_look_asks_a_person(platform, decision, error):
    mini = platform.mini
    execution = mini.start(phases=[50], approve_phases=[50], switchover=False, **NOT_AGAIN)
    mini.question(execution)
    platform.telemetry.requests_per_second = 1
    platform.forget_the_past()
    mini.answer(execution, "continue")
    asked = mini.question(execution)
    assert (asked["question"], asked["phase"]) == ("inconclusive", 50)
    assert any("requests" in reason for reason in asked["reasons"])
    platform.telemetry.requests_per_second = 2000
    ended = platform.insist(execution, decision)
    assert ended.get("error") == error
    assert mini.weights() == ({"source": 100, "target": 0} if error else {"source": 50, "target": 50})


def test_nobody_answers_an_inconclusive_look(platform):
    platform.telemetry.requests_per_second = 1
    ended = platform.mini.ended(
        platform.mini.start(phases=[50], switchover=False, approval_timeout_seconds=2, **NOT_AGAIN)
    )
    assert ended["error"] == "MigrationRolledBack"
    assert "nobody answered" in ended["cause"]


def test_nobody_approves_the_switchover_and_the_next_execution_goes_on(platform):
    mini = platform.mini
    ended = mini.ended(mini.start(phases=[100], approval_timeout_seconds=2))
    assert ended["error"] == "MigrationHeld"
    assert (mini.weights(), mini.writer()) == ({"source": 0, "target": 100}, US)
    assert mini.checkpoint()["stage"] == "held"
    assert platform.told()[-1] == "held"
    assert json.loads(platform.finish(mini.start(), "continue")["output"])["outcome"] == "moved"
    assert mini.checkpoint()["found"] == {"weights": {"source": 100, "target": 0}, "writer": US}


def test_a_phase_with_a_question_waits_for_its_answer(platform):
    mini = platform.mini
    execution = mini.start(phases=[50, 75], approve_phases=[75], switchover=False)
    asked = mini.answer(execution, "rollback", comment="not today")
    assert (asked["question"], asked["phase"]) == ("phase", 75)
    ended = mini.ended(execution)
    assert "rejected by a test: not today" in ended["cause"]
    assert mini.weights() == {"source": 100, "target": 0}


def test_a_gate_that_fails_is_asked_again_and_then_taken_for_a_no(platform):
    platform.controls.fail("cloudwatch", "DescribeAlarms", "InternalFailure", status=500, count=-1)
    ended = platform.mini.ended(platform.mini.start(**WHOLE))
    assert ended["error"] == "MigrationRolledBack"
    assert "the gate failed" in ended["cause"]
    assert platform.mini.weights() == {"source": 100, "target": 0}


def test_throttling_passes_by_itself(platform):
    platform.controls.fail("route53", "ChangeResourceRecordSets", "ThrottlingException", count=2)
    ended = platform.mini.ended(platform.mini.start(phases=[100], switchover=False))
    assert ended["status"] == "SUCCEEDED", ended
    assert platform.controls.hits("route53", "ChangeResourceRecordSets") == 2


def test_a_switchover_that_is_refused_goes_all_the_way_back(platform):
    mini = platform.mini
    platform.controls.fail("rds", "SwitchoverGlobalCluster", "InvalidGlobalClusterStateFault", count=-1)
    ended = platform.finish(mini.start(phases=[100]), "continue")
    assert ended["error"] == "MigrationRolledBack"
    assert (mini.weights(), mini.writer()) == ({"source": 100, "target": 0}, US)
    assert mini.pauses() == {US: 0, EU: 0}


def test_the_rollback_after_the_switchover_moves_the_writer_first(platform):
    mini = platform.mini
    assert platform.finish(mini.start(phases=[100]), "continue")["status"] == "SUCCEEDED"
    execution = mini.start(action="rollback", reason="a drill")
    ended = mini.ended(execution)
    assert json.loads(ended["output"])["outcome"] == "rolled-back"
    path = mini.path(execution)
    assert path.index("RollbackSwitch") < path.index("RestoreTraffic")
    assert (mini.weights(), mini.writer()) == ({"source": 100, "target": 0}, US)
    assert mini.pauses() == {US: 0, EU: 0}
    assert platform.told()[-2:] == ["rolling-back", "rolled-back"]


def test_a_rollback_that_cannot_set_the_weights_says_so_and_is_finished_later(platform):
    mini = platform.mini
    assert mini.ended(mini.start(phases=[50], switchover=False))["status"] == "SUCCEEDED"
    platform.controls.fail("route53", "ChangeResourceRecordSets", "InvalidChangeBatch", count=-1)
    ended = mini.ended(mini.start(action="rollback"))
    assert ended["error"] == "RollbackIncomplete"
    assert mini.checkpoint()["stage"] == "rolling-back"
    assert platform.told()[-1] == "rollback-incomplete"
    platform.controls.clear()
    # whatever is asked for next, the rollback is finished first
    ended = mini.ended(mini.start(phases=[50]))
    assert ended["error"] == "MigrationRolledBack"
    assert mini.weights() == {"source": 100, "target": 0}


def test_a_rollback_that_cannot_move_the_writer_leaves_the_traffic_with_it_and_says_so(platform):
    mini = platform.mini
    assert platform.finish(mini.start(phases=[100]), "continue")["status"] == "SUCCEEDED"
    platform.controls.fail("rds", "SwitchoverGlobalCluster", "InvalidGlobalClusterStateFault", count=-1)
    ended = mini.ended(mini.start(action="rollback"))
    assert ended["error"] == "RollbackIncomplete"
    assert "the switchover back was refused" in ended["cause"]
    assert (mini.weights(), mini.writer()) == ({"source": 0, "target": 100}, EU)
    assert mini.pauses() == {US: 0, EU: 0}


def test_after_the_switchover_what_fails_is_asked_about_and_not_switched_back_by_itself(platform):
    mini = platform.mini
    execution = mini.start(phases=[100], bake_seconds=4)
    mini.answer(execution, "continue")
    mini.reached(execution, "BakeMoved")
    platform.telemetry.healthy_hosts[EU] = 1
    asked = mini.question(execution)
    assert asked["question"] == "inconclusive"
    assert any("alarm-healthy-hosts-x1 is ALARM" in reason for reason in asked["reasons"])
    del platform.telemetry.healthy_hosts[EU]
    ended = platform.finish(execution, "continue")
    assert json.loads(ended["output"])["outcome"] == "moved"


def test_a_source_that_is_ill_is_no_place_to_go_back_to_by_itself(platform):
    mini = platform.mini
    execution = mini.start(
        phases=[50], switchover=False, bake_seconds=4, approval_timeout_seconds=3, **NOT_AGAIN
    )
    mini.reached(execution, "Bake")
    platform.telemetry.healthy_hosts[US] = 1
    ended = mini.ended(execution)
    assert ended["error"] == "MigrationHeld"
    assert mini.weights() == {"source": 50, "target": 50}


def test_writes_that_cannot_be_resumed_are_told_and_the_next_execution_resumes_them(platform):
    mini = platform.mini
    execution = mini.start(phases=[100])
    platform.controls.fail("elbv2", "DeleteRule", "AccessDenied", status=403, count=-1)
    mini.answer(execution, "continue")
    ended = mini.ended(execution, seconds=120)
    assert ended["error"] == "WritesStillPaused"
    assert platform.told()[-1] == "writes-still-paused"
    assert mini.pauses() == {US: 1, EU: 1}
    platform.controls.clear()
    again = mini.start()
    assert json.loads(mini.ended(again)["output"])["outcome"] == "moved"
    assert "PauseWrites" not in mini.path(again)
    assert mini.pauses() == {US: 0, EU: 0}


def test_an_input_that_is_wrong_changes_nothing(platform):
    ended = platform.mini.ended(platform.mini.start(phases=[50, 25], bake_seconds=-1, nonsense=1))
    assert ended["error"] == "InputRefused"
    assert all(word in ended["cause"] for word in ("phases", "bake_seconds", "nonsense"))
    assert platform.mini.checkpoint() == {"stage": "none"}


def test_a_rollback_of_nothing_is_refused(platform):
    ended = platform.mini.ended(platform.mini.start(action="rollback"))
    assert ended["error"] == "InputRefused"


def test_of_two_executions_the_later_one_changes_nothing(platform):
    mini = platform.mini
    first = mini.start(phases=[50, 100])
    assert mini.question(first)["question"] == "switchover"
    second = mini.ended(mini.start(phases=[100], switchover=False))
    assert second["status"] == "FAILED"
    assert mini.path(second["executionArn"]) == ["Begin", "NotBegun"]
    assert first in second["cause"]
    assert platform.finish(first, "rollback")["error"] == "MigrationRolledBack"


def test_a_canary_that_cannot_be_written_holds_before_anything_is_paused(platform):
    mini = platform.mini
    platform.controls.fail("secretsmanager", "DescribeSecret", "AccessDenied", status=403, count=-1)
    ended = platform.finish(mini.start(phases=[100]), "continue")
    assert ended["error"] == "MigrationHeld"
    assert "the canary failed before anything was paused" in ended["cause"]
    assert (mini.weights(), mini.writer()) == ({"source": 0, "target": 100}, US)
    assert "PauseWrites" not in mini.path(ended["executionArn"])
    platform.controls.clear()
    ended = platform.finish(mini.start(), "continue")
    assert json.loads(ended["output"])["outcome"] == "moved"
