from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clients import QUICK, Clients
from shared.operations.common.facts import Alarm
from shared.operations.recovery.facts import Checkpoint, Drained, Pin
from shared.operations.recovery.topology import observe
from tests.aws_proxy import misbehaving, refusal
from tests.operations.recovery.standby import AWAY, CHECKPOINT, HOME, RUNS, Standby, ends, fails


def test_a_platform_of_which_all_is_well(standby: Standby) -> None:
    standby.accept("one", "two")

    seen = standby.observe()

    assert (seen.home, seen.away, seen.left_out, seen.lag_limit_ms) == (HOME, AWAY, "", 5000)
    assert seen.writer == HOME
    assert not seen.changing
    version = standby.environment.database.engine_version
    assert seen.database is not None
    assert [
        (one.region, one.writer, one.status, one.synchronization, one.engine_version)
        for one in seen.database.members
    ] == [(HOME, True, "available", "connected", version), (AWAY, False, "available", "connected", version)]
    assert list(seen.lags) == [AWAY]
    assert seen.lags[AWAY].milliseconds == 80.0
    assert timedelta(0) <= seen.looked_at - seen.lags[AWAY].at < timedelta(minutes=3)
    assert seen.pin == Pin(pinned=False)
    assert seen.checkpoint == Checkpoint(stage="none")
    assert (seen.executions_read, seen.running, seen.ended) == (True, None, None)
    assert len(seen.alarms) == 8
    assert Alarm(region=HOME, name="probe-unwell", state="OK", measures="probe") in seen.alarms
    assert {one.measures for one in seen.alarms} == {
        "probe",
        "probe asked",
        "healthy hosts",
        "replication lag",
    }
    assert seen.waiting == 2
    assert (seen.unreachable, seen.unread) == ({}, ())


def test_a_region_that_is_left_out_is_asked_nothing(standby: Standby) -> None:
    standby.lag(HOME, 5.0)
    standby.controls.lose_region(HOME)

    seen = standby.observe(HOME)

    assert standby.controls.calls_to_lost(HOME) == {}
    assert seen.left_out == HOME
    assert seen.writer == HOME
    assert seen.database is not None
    assert [one.status for one in seen.database.members] == ["", "available"]
    assert {one.region for one in seen.alarms} == {AWAY}
    assert list(seen.lags) == [AWAY]
    assert (seen.unreachable, seen.unread) == ({}, ())


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_region_that_does_not_answer_is_a_fact_soon(standby: Standby, mode: str) -> None:
    handles = standby.handles
    standby.controls.lose_region(HOME, mode=mode)
    begun = datetime.now(UTC)

    seen = observe(handles, standby.clients)

    assert set(seen.unreachable) == {f"RDS in {HOME}", f"CloudWatch in {HOME}"}
    assert len(seen.silent(HOME)) == 2
    assert seen.silent(AWAY) == ()
    assert seen.silent(HOME)[0].startswith("RDS in us-east-1 does not answer: ") or seen.silent(HOME)[
        0
    ].startswith("CloudWatch in us-east-1 does not answer: ")
    assert seen.writer == HOME
    assert seen.checkpoint == Checkpoint(stage="none")
    assert datetime.now(UTC) - begun < timedelta(seconds=45)


def test_one_service_in_trouble_says_nothing_of_the_others(standby: Standby) -> None:
    handles = standby.handles
    broken: dict[str, Any] = {"region": AWAY, "status": 500, "count": 9}
    standby.controls.fail("rds", "DescribeGlobalClusters", "InternalFailure", **broken)
    standby.controls.fail("cloudwatch", "DescribeAlarms", "AccessDenied", region=AWAY, status=403)

    seen = observe(handles, standby.clients)

    assert set(seen.unreachable) == {f"RDS in {AWAY}"}
    assert len(seen.unread) == 1
    assert seen.unread[0].startswith("CloudWatch in us-west-2: ")
    assert seen.writer == HOME  # the other region said so
    assert [one.region for one in seen.alarms] == [HOME] * 4
    assert seen.lags[AWAY].milliseconds == 80.0


def test_nobody_says_where_the_database_writes(standby: Standby) -> None:
    handles = standby.handles
    standby.controls.fail("rds", "DescribeGlobalClusters", "InternalFailure", status=500, count=9)

    seen = observe(handles, standby.clients)

    assert (seen.database, seen.writer, seen.changing, seen.member(AWAY)) == (None, "", False, None)
    assert set(seen.unreachable) == {f"RDS in {AWAY}", f"RDS in {HOME}"}


def test_a_change_of_the_writer_is_seen(standby: Standby) -> None:
    standby.aws("rds").failover_global_cluster(
        GlobalClusterIdentifier=standby.handles.global_cluster,
        TargetDbClusterIdentifier=standby.arns[f"cluster {AWAY}"],
        AllowDataLoss=True,
    )

    seen = standby.observe()

    assert seen.changing
    assert seen.database is not None
    assert seen.database.change == "failing-over"
    after = standby.until(lambda now: not now.changing)
    assert after.writer == AWAY


@pytest.mark.parametrize(
    ("body", "by", "reason"),
    [
        ('{"requested_by": "me", "reason": "ill"}', "me", "ill"),
        ('{"requested_by": null}', "", ""),
        ("pinned", "", ""),
        ("\udcff", "", ""),
    ],
)
def test_a_pin_is_any_object(standby: Standby, body: str, by: str, reason: str) -> None:
    standby.aws("s3").put_object(
        Bucket=standby.handles.pin_bucket,
        Key=standby.handles.pin_key,
        Body=body.encode(errors="surrogateescape"),
    )

    pin = standby.observe().pin

    assert pin is not None
    assert (pin.pinned, pin.by, pin.reason) == (True, by, reason)
    assert pin.since is not None


def test_a_pin_that_cannot_be_seen_is_not_none(standby: Standby) -> None:
    handles = standby.handles
    standby.aws("s3").delete_bucket(Bucket=handles.pin_bucket)

    seen = observe(handles, standby.clients)

    assert (seen.pin, seen.pinned) == (None, None)
    assert "NoSuchBucket" in seen.unread[0]


WHOLE: dict[str, Any] = {
    "stage": "failed-over",
    "step": "Drain",
    "execution": "arn:run",
    "at": "2026-01-01T00:00:00Z",
    "requested_by": "me",
    "reason": "gone",
    "accept_data_loss": True,
    "lag_ms": 800,
    "lag_at": "2026-01-01T00:00:00Z",
    "writer_before": HOME,
    "fencing": {"traffic": "pinned", "writes": "unknown"},
    "drained": {"drained": 3, "already_there": 1.0, "failed": None},
}


def test_a_checkpoint_has_what_the_machine_wrote(standby: Standby) -> None:
    standby.checkpoint(**WHOLE)

    assert standby.observe().checkpoint == Checkpoint(
        stage="failed-over",
        step="Drain",
        execution="arn:run",
        at="2026-01-01T00:00:00Z",
        requested_by="me",
        reason="gone",
        accept_data_loss=True,
        lag_ms=800.0,
        lag_at="2026-01-01T00:00:00Z",
        writer_before=HOME,
        traffic="pinned",
        writes="unknown",
        drained=Drained(drained=3, already_there=1, failed=0),
    )


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_checkpoint_that_is_none_is_said(standby: Standby, text: str) -> None:
    standby.aws("ssm").put_parameter(Name=CHECKPOINT, Value=text, Type="String", Overwrite=True)

    seen = standby.observe()

    assert (seen.checkpoint, seen.stage) == (None, "")
    assert seen.unread == (f"{CHECKPOINT} is no checkpoint: {text}",)


def test_executions_are_those_of_the_standby(standby: Standby) -> None:
    standby.end(standby.execute(fails("FailoverStuck", "no"), "first"))
    standby.execute(RUNS, "second")

    seen = standby.until(lambda now: now.running and now.running.state)

    assert seen.running is not None
    assert (seen.running.name, seen.running.state) == ("second", "Poll")
    assert seen.ended is not None
    assert (seen.ended.error, seen.ended.cause, seen.ended.output) == ("FailoverStuck", "no", {})


def test_what_an_execution_said_at_its_end_is_kept(standby: Standby) -> None:
    standby.end(standby.execute(ends("failed-over", lag_ms=3, why=["x"])))

    seen = standby.observe()

    assert seen.ended is not None
    assert seen.ended.output == {"outcome": "failed-over", "lag_ms": 3, "why": ["x"]}


def test_all_of_it_is_json(standby: Standby) -> None:
    standby.checkpoint(**WHOLE)
    standby.pin()

    found = json.loads(json.dumps(standby.observe().as_json(), default=str))

    assert (found["writer"], found["changing"], found["pinned"]) == (HOME, False, True)
    assert found["lags"][AWAY]["milliseconds"] == 80.0
    assert found["checkpoint"]["drained"]["drained"] == 3


def test_what_is_refused_is_said(standby: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = standby.handles
    with misbehaving(None, lambda *_: refusal("AccessDenied", "not you")) as refusing:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", refusing)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", refusing)
        seen = observe(handles, Clients(standby.environment.account_id, QUICK))

    assert not seen.unreachable
    assert (seen.executions_read, seen.waiting) == (False, None)
    places = sorted(what.partition(":")[0] for what in seen.unread)
    assert places == [f"DynamoDB in {AWAY}", f"Step Functions in {AWAY}"]
