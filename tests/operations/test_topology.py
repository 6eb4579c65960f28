from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.clients import Clients
from shared.operations.common.machine import running_of
from shared.operations.migration.facts import Alarm, Targets, Weights
from shared.operations.migration.reads.machine import change_of
from shared.operations.migration.topology import observe
from tests.aws_proxy import Answer, misbehaving, refusal
from tests.operations.platform import (
    CHECKPOINT,
    RUNS,
    SOURCE,
    TARGET,
    Platform,
    asks,
    ends,
    fails,
    shifts,
)


def test_a_platform_before_the_migration(platform: Platform) -> None:
    platform.lag(TARGET, 240.0)
    platform.lag(SOURCE, 9.0)

    seen = platform.observe()

    assert (seen.weights, seen.share, seen.propagation) == (Weights(source=100, target=0), 0.0, "asked for")
    assert seen.writer == SOURCE
    assert seen.database is not None
    assert [(one.region, one.writer, one.status) for one in seen.database.members] == [
        (SOURCE, True, "available"),
        (TARGET, False, "available"),
    ]
    assert {one.engine_version for one in seen.database.members} == {
        platform.environment.database.engine_version
    }
    assert seen.lag_ms == 240.0
    assert seen.targets == (
        Targets(region=SOURCE, healthy=2, registered=2),
        Targets(region=TARGET, healthy=2, registered=2),
    )
    assert len(seen.alarms) == 4
    assert seen.stage == "none"
    assert (seen.executions_read, seen.running, seen.ended, seen.question) == (True, None, None, None)
    assert (seen.unreachable, seen.unread, seen.paused) == ({}, (), ())


def test_the_lag_counts_where_nobody_writes(platform: Platform) -> None:
    platform.alarm(TARGET, "lag", "ALARM")
    before = platform.observe()
    platform.switch()
    platform.lag(SOURCE, 9.0)
    after = platform.until(lambda seen: seen.writer == TARGET)

    def alarm(region: str, name: str, state: str = "OK") -> Alarm:
        measures = {"hosts": "healthy hosts", "lag": "replication lag"}[name]
        return Alarm(region=region, name=name, state=state, measures=measures)

    assert before.counting == (alarm(SOURCE, "hosts"), alarm(TARGET, "hosts"), alarm(TARGET, "lag", "ALARM"))
    assert after.counting == (alarm(SOURCE, "hosts"), alarm(SOURCE, "lag"), alarm(TARGET, "hosts"))
    assert (before.lag_ms, after.lag_ms) == (None, 9.0)


def test_an_alarm_that_does_not_exist_is_missing(platform: Platform) -> None:
    platform.aws("cloudwatch", SOURCE).delete_alarms(AlarmNames=["hosts"])

    assert platform.observe().alarms[0].state == "missing"


def test_a_pause_of_writes_is_known_by_its_tag(platform: Platform) -> None:
    platform.pause(TARGET)
    platform.pause(SOURCE, "something-else")

    assert platform.observe().paused == (TARGET,)


def test_a_source_that_left_the_global_database_is_seen(platform: Platform) -> None:
    assert platform.observe().source_member
    platform.switch()
    platform.until(lambda seen: seen.writer == TARGET)
    platform.aws("rds").remove_from_global_cluster(
        GlobalClusterIdentifier=platform.handles.global_cluster,
        DbClusterIdentifier=platform.handles.source.cluster_arn,
    )

    assert not platform.observe().source_member


def test_an_execution_that_runs_and_one_that_has_ended(platform: Platform) -> None:
    platform.end(platform.execute(fails("MigrationHeld", "nobody answered"), "first"))
    begun = datetime.now(UTC).replace(microsecond=0)
    running = platform.execute(RUNS, "second")

    seen = platform.until(lambda now: now.running and now.running.state)

    assert seen.running is not None
    assert (seen.running.arn, seen.running.name, seen.running.state) == (running, "second", "Bake")
    assert seen.running.since >= begun
    assert not seen.running.waits
    assert seen.ended is not None
    assert (seen.ended.name, seen.ended.status) == ("first", "FAILED")
    assert (seen.ended.error, seen.ended.cause) == ("MigrationHeld", "nobody answered")


def test_the_outcome_of_an_execution_is_in_its_output(platform: Platform) -> None:
    platform.end(platform.execute(ends("shifted")))

    ended = platform.observe().ended
    assert ended is not None
    assert (ended.status, ended.outcome) == ("SUCCEEDED", "shifted")


def test_the_last_change_of_the_weights_is_asked_for_by_its_id(platform: Platform) -> None:
    handles = platform.handles
    platform.execute(shifts(handles.hosted_zone_id, handles.record_name, 75, 25))
    platform.checkpoint(stage="shifting", phase=25)

    # one look asks in parallel: its weights may be older than its state
    seen = platform.until(lambda now: now.running and now.running.state == "Bake" and now.share == 25)
    assert (seen.weights, seen.propagation) == (Weights(source=75, target=25), "in sync")

    platform.weights(60, 40)
    assert platform.observe().propagation == "asked for"


def test_a_question_is_open_while_its_execution_waits(platform: Platform) -> None:
    arn = platform.execute(asks("phase"))

    seen = platform.until(lambda now: now.question)

    assert seen.running is not None
    assert (seen.running.arn, seen.running.state, seen.running.waits) == (arn, "Await", True)
    assert seen.question is not None
    assert (seen.question.kind, seen.question.phase) == ("phase", 75)
    assert seen.question.reasons == ("alarm x is y",)
    assert seen.question.token
    assert seen.question.token not in repr(seen)
    assert seen.question.token not in json.dumps(seen.as_json(), default=str)


def test_a_question_of_an_execution_that_was_stopped_is_closed(platform: Platform) -> None:
    platform.execute(asks("phase"), "first")
    question = platform.until(lambda now: now.question)
    assert question.running is not None
    platform.aws("stepfunctions").stop_execution(executionArn=question.running.arn)
    assert platform.observe().question is None

    waiting = asks("phase")
    waiting["States"]["Await"]["Arguments"]["Name"] = "elsewhere"
    platform.execute(waiting, "second")
    seen = platform.until(lambda now: now.running and now.running.waits)
    assert seen.question is None


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_checkpoint_that_is_none_is_said(platform: Platform, text: str) -> None:
    platform.aws("ssm").put_parameter(Name=CHECKPOINT, Value=text, Type="String", Overwrite=True)

    seen = platform.observe()

    assert (seen.checkpoint, seen.stage) == (None, "")
    assert seen.unread == (f"{CHECKPOINT} is no checkpoint: {text}",)


def test_records_that_nobody_knows_are_said(platform: Platform) -> None:
    change = {**platform._record("mars", 5)}
    platform._change(platform.arns["zone"], change)

    seen = platform.observe()

    assert (seen.weights, seen.share) == (None, None)
    assert "but eu-west-1: 0, mars: 5, us-east-1: 100" in seen.unread[0]


def test_without_records_there_are_no_weights(platform: Platform) -> None:
    zone = platform.aws("route53").create_hosted_zone(Name="other.dev", CallerReference="x")["HostedZone"][
        "Id"
    ]
    handles = replace(platform.handles, hosted_zone_id=zone.removeprefix("/hostedzone/"))

    assert "but none" in observe(handles, platform.clients).unread[0]


def test_a_region_that_does_not_answer_is_a_fact(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = platform.handles
    with misbehaving(None, lambda *_: Answer(503, "<Error><Code>ServiceUnavailable</Code></Error>")) as dead:
        for name in ("RDS", "SSM", "SFN", "CLOUDWATCH", "ELASTIC_LOAD_BALANCING_V2", "ROUTE_53"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", dead)
        monkeypatch.setattr("shared.clients.ATTEMPTS", 1)
        seen = observe(handles, Clients(platform.environment.account_id))

    assert set(seen.unreachable) == {SOURCE, TARGET, "Route 53"}
    assert (seen.weights, seen.database, seen.checkpoint, seen.running) == (None, None, None, None)
    assert (seen.executions_read, seen.writer, seen.share) == (False, "", None)
    assert seen.as_json()["writer"] == ""


def test_one_dead_region_leaves_the_other(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = platform.handles
    other = Clients(platform.environment.account_id)
    real = other.client
    monkeypatch.setattr("shared.clients.ATTEMPTS", 1)
    monkeypatch.setattr("shared.clients.CONNECT_SECONDS", 0.2)
    dead = Clients(platform.environment.account_id)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        for service in ("rds", "cloudwatch", "elbv2"):
            dead.client(service, SOURCE)
    monkeypatch.setattr(
        other, "client", lambda service, region: (dead.client if region == SOURCE else real)(service, region)
    )

    seen = observe(handles, other)

    assert list(seen.unreachable) == [SOURCE]
    assert seen.database is not None
    assert [one.status for one in seen.database.members] == ["", "available"]
    assert seen.executions_read
    assert [one.region for one in seen.alarms] == [TARGET, TARGET]
    assert [one.region for one in seen.targets] == [TARGET]


def test_what_is_refused_is_said_and_the_region_counts_as_there(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    with misbehaving(None, lambda *_: refusal("AccessDenied", "not you")) as refusing:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", refusing)
        seen = observe(handles, Clients(platform.environment.account_id))

    assert not seen.unreachable
    assert not seen.executions_read
    assert len(seen.unread) == 1
    assert seen.unread[0].startswith("eu-west-1: An error occurred")


NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXECUTION = {"executionArn": "arn", "name": "one", "startDate": NOW}
ENTERED = {"type": "TaskStateEntered", "timestamp": NOW, "stateEnteredEventDetails": {"name": "AwaitPhase"}}


@pytest.mark.parametrize(
    ("types", "waits"),
    [
        (["TaskSubmitted", "TaskScheduled"], True),
        (["TaskScheduled"], False),
        (["TaskSucceeded", "TaskSubmitted", "TaskScheduled"], False),
        (["TaskTimedOut", "TaskSubmitted"], False),
        (["TaskScheduled", "TaskFailed", "TaskSubmitted"], False),
    ],
)
def test_an_execution_waits_once_its_call_was_made_and_before_the_answer(
    types: list[str], waits: bool
) -> None:
    events = [{"type": name, "timestamp": NOW} for name in types]

    found = running_of(EXECUTION, [*events, ENTERED, {"type": "TaskSubmitted"}])

    assert (found.state, found.waits) == ("AwaitPhase", waits)


def test_an_execution_without_events_is_at_its_beginning() -> None:
    assert (running_of(EXECUTION, []).state, running_of(EXECUTION, []).since) == ("", NOW)


def test_the_newest_change_of_records_is_the_last_one() -> None:
    def succeeded(resource: str, output: str) -> dict[str, object]:
        return {"taskSucceededEventDetails": {"resource": resource, "output": output}}

    newest = succeeded("changeResourceRecordSets", '{"ChangeInfo": {"Id": "/change/C2"}}')
    oldest = succeeded("changeResourceRecordSets", '{"ChangeInfo": {"Id": "C1"}}')
    assert change_of([ENTERED, succeeded("putParameter", "{}"), newest, oldest]) == "C2"
    assert change_of([oldest]) == "C1"
    assert change_of([ENTERED]) == ""
