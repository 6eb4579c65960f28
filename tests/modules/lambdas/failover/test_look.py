"""The first look of an execution, on an embedded AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.lambdas.failover import aws
from modules.lambdas.failover import configuration as configurations
from modules.lambdas.failover.errors import AnotherRuns, FailoverError
from modules.lambdas.failover.look import answer
from modules.lambdas.failover.others import refuse_another
from modules.lambdas.failover.readings import alarms_against
from tests.modules.lambdas.failover.asking import EXECUTION, MACHINE, do, failure
from tests.modules.lambdas.failover.conftest import CHECKPOINT
from tests.modules.lambdas.failover.inputs import (
    AWAY,
    CONFIGURATION,
    HOME,
    NOON,
    checkpoint,
    situation,
    topology,
)
from tests.modules.lambdas.world import SOURCE, TARGET, World, move_writer, set_alarm
from tests.rehearsal.waiting import until

NONE = {"drained": 0, "already_there": 0, "failed": 0}


def look(action: str = "failover", **asked: Any) -> dict[str, Any]:
    document = {"action": action, "requested_by": "ann", **asked}
    return do("look", input=document, machine=MACHINE)


def test_a_failover_begins_with_a_look_at_the_standby_alone(deployment):
    world = deployment.world
    deployment.lag(800)
    world.lost.add(SOURCE)
    seen = look(accept_data_loss=True, reason="a drill")
    began, members = seen.pop("began"), seen.pop("members")
    lag_at, why = seen.pop("lag_at"), seen.pop("why")
    assert seen == {
        "action": "failover",
        "doing": "failing-over",
        "done": "failed-over",
        "target": TARGET,
        "only": "away",
        "writer": SOURCE,
        "status": "available",
        "settled": False,
        "writer_settled": False,
        "under_way": False,
        "changing_to": "",
        "unanswered": [],
        "refusals": [],
        "resumed": False,
        "takes_over": "",
        "moved": False,
        "stage": "none",
        "writer_before": SOURCE,
        "lag_ms": 800,
        "fencing": {"traffic": "not-pinned", "writes": "unknown"},
        "drained": NONE,
        "dns_seconds": 51,
        "settle_seconds": 0,
        "data_api": True,
        "accept_data_loss": True,
        "reason": "a drill",
        "requested_by": "ann",
    }
    assert [member["region"] for member in members] == [SOURCE, TARGET]
    assert datetime.fromisoformat(lag_at) <= datetime.fromisoformat(began)
    assert why.startswith("failover: the last known lag is 800 ms, of ")
    assert why.endswith(" before; data loss was accepted")
    assert {call[:2] for call in world.calls} == {
        (service, TARGET) for service in ("stepfunctions", "ssm", "rds", "cloudwatch")
    }
    assert {call[2] for call in world.calls} == {
        "ListExecutions",
        "GetParameter",
        "DescribeGlobalClusters",
        "DescribeDBClusters",
        "GetMetricData",
    }


def test_a_switchover_begins_with_a_look_at_both(deployment):
    deployment.lag(120)
    seen = look("switchover")
    assert (seen["refusals"], seen["target"], seen["only"], seen["lag_ms"]) == ([], TARGET, "", 120)
    assert seen["fencing"]["writes"] == "not-needed"
    assert seen["settled"] is True
    set_alarm(deployment.world.aws, TARGET, "probe-unwell", "INSUFFICIENT_DATA")
    set_alarm(deployment.world.aws, SOURCE, "healthy-hosts", "ALARM")
    assert look("switchover")["refusals"] == ["the alarm probe-unwell in eu-west-1 is INSUFFICIENT_DATA"]


def test_a_failback_looks_at_the_primary(deployment):
    move_writer(deployment.world.aws, deployment.arns[TARGET])
    until(lambda: do("observe")["settled"])
    deployment.lag(6000, SOURCE)
    set_alarm(deployment.world.aws, SOURCE, "healthy-hosts", "ALARM")
    assert look("failback")["refusals"] == [
        "us-east-1 is 6000 ms behind, and 5000 ms are allowed",
        "the alarm healthy-hosts in us-east-1 is ALARM",
    ]


def test_a_region_that_is_lost_is_asked_once(deployment):
    """Each further call would wait for it again."""
    move_writer(deployment.world.aws, deployment.arns[TARGET])
    until(lambda: do("observe")["settled"])
    aws.client.cache_clear()
    deployment.world.calls.clear()
    deployment.world.lost.add(SOURCE)
    first, second = look("failback")["refusals"]
    assert first.startswith("us-east-1 does not answer: unreadable: rds:DescribeDBClusters in us-east-1")
    assert second == "the lag is not known: us-east-1 does not answer; at most 5000 ms are allowed"
    assert [call for call in deployment.world.calls if call[1] == SOURCE] == [
        ("rds", SOURCE, "DescribeDBClusters")
    ]


def test_somebody_may_look_without_starting_anything(deployment):
    deployment.lag(0)
    seen = do("look", about="failover", accept_data_loss=False)
    assert (seen["refusals"], seen["lag_ms"]) == ([], 0)
    assert "ListExecutions" not in deployment.world.called("stepfunctions", TARGET)
    assert do("look")["refusals"] == ["action: None is none of failover, switchover, failback"]


def test_what_cannot_be_read_is_refused_with_every_reason(deployment):
    deployment.put_checkpoint("{")
    seen = look("rollback", nonsense=1)
    assert len(seen["refusals"]) == 3
    assert seen["fencing"] == {"traffic": "unknown", "writes": "unknown"}
    assert (seen["action"], seen["writer"], seen["settle_seconds"], seen["drained"]) == ("", "", 0, NONE)
    deployment.world.aws.client("ssm", TARGET).delete_parameter(Name=CHECKPOINT)
    seen = look()
    assert (seen["action"], seen["refusals"]) == (
        "failover",
        [f"there is no parameter {CHECKPOINT} in eu-west-1"],
    )
    deployment.put_checkpoint({"stage": "failed-over", "fencing": {"traffic": "pinned"}})
    assert look("nothing")["fencing"]["traffic"] == "pinned"


def test_a_standby_that_does_not_answer_is_no_refusal(deployment):
    world = deployment.world
    world.refuses("ssm", TARGET, "GetParameter", "AccessDeniedException")
    with pytest.raises(FailoverError, match="ssm:GetParameter in eu-west-1: "):
        look()
    world.refuses("stepfunctions", TARGET, "ListExecutions", "AccessDeniedException")
    with pytest.raises(FailoverError, match="states:ListExecutions in eu-west-1"):
        look()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MetricDataResults": [{"Id": "lag", "Values": [], "Timestamps": []}]}, "no sample in 10 minutes"),
        (
            {
                "MetricDataResults": [
                    {"Id": "lag", "StatusCode": "InternalError", "Values": [], "Timestamps": []}
                ]
            },
            "cloudwatch:GetMetricData says InternalError",
        ),
        (
            {"Error": {"Code": "AccessDenied", "Message": "no"}},
            "cloudwatch:GetMetricData in eu-west-1: An error",
        ),
    ],
)
def test_a_lag_that_cannot_be_read_is_not_known(deployment, given, said):
    deployment.world.says("cloudwatch", TARGET, "GetMetricData", given)
    (reason,) = look()["refusals"]
    assert reason.startswith(f"the lag is not known: {said}")
    deployment.world.says("cloudwatch", TARGET, "GetMetricData", given)
    seen = look(accept_data_loss=True)
    assert (seen["refusals"], seen["lag_ms"], seen["lag_at"]) == ([], None, None)


def test_the_newest_sample_counts_whatever_its_moment_says_of_its_offset(deployment):
    now = datetime.now(UTC)
    values = {"Values": [0.0, 900.0], "Timestamps": [now.replace(tzinfo=None), now - timedelta(minutes=1)]}
    deployment.world.says(
        "cloudwatch", TARGET, "GetMetricData", {"MetricDataResults": [{"Id": "lag", **values}]}
    )
    assert look()["refusals"] == []


def test_alarms_that_are_not_there_or_not_readable_speak_against_it(world: World):
    assert alarms_against(TARGET, ["gone"]) == ["the alarm gone in eu-west-1 does not exist"]
    assert alarms_against(TARGET, []) == []
    world.refuses("cloudwatch", TARGET, "DescribeAlarms", "AccessDenied")
    (reason,) = alarms_against(TARGET, ["gone"])
    assert reason.startswith("nobody knows whether eu-west-1 is well: cloudwatch:DescribeAlarms: ")


def test_what_an_earlier_execution_knew_is_kept(deployment):
    deployment.put_checkpoint(
        {
            "stage": "failing-over",
            "step": "Promote",
            "at": "2026-01-01T12:00:00Z",
            "began": "2026-01-01T11:59:00Z",
            "requested_by": "bob",
            "reason": "the fire",
            "accept_data_loss": True,
            "lag_ms": 640,
            "lag_at": "2026-01-01T11:58:00Z",
            "writer_before": SOURCE,
            "fencing": {"traffic": "pinned", "writes": "unknown"},
            "drained": {"drained": 2, "already_there": 1, "failed": 0},
        }
    )
    rds = deployment.world.aws.client("rds", TARGET)
    rds.failover_global_cluster(
        GlobalClusterIdentifier="ledger",
        TargetDbClusterIdentifier=deployment.arns[TARGET],
        AllowDataLoss=True,
    )
    until(lambda: do("observe", only="away")["writer"] == TARGET)
    seen = do("look", about="failover")
    assert (seen["refusals"], seen["resumed"], seen["moved"]) == ([], True, True)
    assert (seen["began"], seen["writer_before"]) == ("2026-01-01T11:59:00Z", SOURCE)
    assert (seen["lag_ms"], seen["lag_at"]) == (640, "2026-01-01T11:58:00Z")
    assert seen["fencing"] == {"traffic": "pinned", "writes": "unknown"}
    assert seen["drained"] == {"drained": 2, "already_there": 1, "failed": 0}
    assert (seen["requested_by"], seen["reason"], seen["accept_data_loss"]) == ("bob", "the fire", True)
    assert seen["why"] == (
        "failover, which an earlier execution began: the database writes in eu-west-1 already"
    )
    assert "GetMetricData" not in deployment.world.called("cloudwatch", TARGET)


def test_what_another_action_left_is_taken_over_but_for_what_was_its_own():
    left = checkpoint(
        "switching-over", lag_ms=3, lag_at="2026-01-01T11:00:00Z", writer_before=HOME, traffic="pinned"
    )
    left = replace(left, drained={"drained": 5, "already_there": 0, "failed": 0}, requested_by="bob")
    seen = answer(CONFIGURATION, situation(checkpoint=left, topology=topology(AWAY)))
    assert (seen["resumed"], seen["takes_over"], seen["began"]) == (
        False,
        "switching-over",
        "2026-01-01T12:03:00Z",
    )
    assert (seen["writer_before"], seen["lag_ms"]) == (HOME, 0)
    assert (seen["fencing"]["traffic"], seen["drained"], seen["requested_by"]) == ("pinned", NONE, "")
    assert "which takes over an unfinished switchover" in seen["why"]


@pytest.mark.parametrize(
    ("stage", "age", "stuck", "seconds"),
    [
        ("failing-back", 10, False, 50),
        ("failing-back", 61, False, 0),
        ("failing-back", -600, False, 60),
        ("failing-back", 10, True, 0),
        ("switching-over", 10, False, 0),
        ("failing-over", 10, False, 0),
    ],
)
def test_only_a_failback_that_was_killed_just_now_is_waited_for(stage, age, stuck, seconds):
    written = (NOON - timedelta(seconds=age)).isoformat()
    left = checkpoint(stage, at=written, stuck=stuck)
    assert answer(CONFIGURATION, situation(checkpoint=left))["settle_seconds"] == seconds
    assert answer(CONFIGURATION, situation(checkpoint=checkpoint(stage)))["settle_seconds"] == 0


def test_an_execution_that_is_not_alone_does_nothing(deployment):
    other = f"{EXECUTION}-older"
    running = {"executions": [{"executionArn": other, "startDate": NOON}]}
    deployment.world.says("stepfunctions", TARGET, "ListExecutions", running)
    with pytest.raises(AnotherRuns, match=f"an execution runs already: {other}"):
        look()
    assert deployment.world.called("ssm", TARGET) == []


def listed(*running: tuple[str, int]) -> dict[str, Any]:
    return {
        "executions": [
            {"executionArn": name, "startDate": NOON + timedelta(seconds=second)} for name, second in running
        ]
    }


@pytest.mark.parametrize(
    ("running", "alone"),
    [
        ([("b", 1)], True),
        ([("b", 1), ("a", 2)], True),
        ([("b", 2), ("a", 1)], False),
        ([("b", 1), ("a", 1)], False),
        ([("b", 1), ("c", 1)], True),
        ([("c", 9)], False),
        ([], True),
    ],
)
def test_of_two_executions_the_older_one_goes_on(world: World, running, alone):
    world.says("stepfunctions", TARGET, "ListExecutions", listed(*running))
    if alone:
        refuse_another(MACHINE, "b", TARGET)
    else:
        with pytest.raises(AnotherRuns):
            refuse_another(MACHINE, "b", TARGET)


def test_a_configuration_with_a_key_that_is_not_known_is_a_defect(deployment):
    with pytest.raises(TypeError, match="new"):
        configurations.read(json.dumps({**deployment.config, "new": 1}))


def test_a_database_that_is_not_there_is_said(deployment, monkeypatch):
    monkeypatch.setenv("CONFIG", json.dumps({**deployment.config, "global_cluster": "gone"}))
    assert "GlobalClusterNotFoundFault" in failure("look", about="failover")
