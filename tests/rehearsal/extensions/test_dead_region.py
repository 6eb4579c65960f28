"""A region that is lost."""

import http.client
import io
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ConnectionClosedError, ReadTimeoutError

from shared.rehearsal.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from shared.rehearsal.extensions import dead_region, outages
from shared.rehearsal.extensions.outages import Outage, Outages
from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import ACCOUNT, Aws, serve
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION, finished, start
from tests.rehearsal.waiting import until

LOST, ALIVE = "us-east-1", "us-west-2"
WAIT = {"Type": "Wait", "Seconds": 2}


def lose(aws: Aws, region: str = LOST, **how: Any) -> Controls:
    controls = Controls(aws.server.endpoint)
    try:
        controls.lose_region(region, **how)
    except ValueError:
        pytest.fail("there is no such address on stock moto")
    return controls


def impatient(aws: Aws, service: str, region: str, seconds: float) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=aws.server.endpoint,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=seconds, proxies={}),
    )


def status_of(url: str) -> int | None:
    """Return the status of a plain GET; None for a connection that is closed without an answer."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    try:
        connection.request("GET", f"{address.path}?{address.query}")
        return connection.getresponse().status
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return None
    finally:
        connection.close()


def test_no_endpoint_of_a_lost_region_answers_and_every_call_to_it_is_counted(aws: Aws) -> None:
    controls = lose(aws)
    for service, call in (
        ("rds", "describe_db_clusters"),
        ("sqs", "list_queues"),
        ("rds", "describe_events"),
    ):
        with pytest.raises(ConnectionClosedError):
            getattr(aws.client(service, LOST), call)()
    assert aws.client("rds", ALIVE).describe_db_clusters()["DBClusters"] == []
    assert controls.calls_to_lost(LOST) == {"rds": 2, "sqs": 1}
    assert controls.lost_regions() == [LOST]
    controls.restore_region(LOST)
    assert controls.lost_regions() == []
    aws.client("sqs", LOST).list_queues()
    assert controls.calls_to_lost(LOST) == {"rds": 2, "sqs": 1}
    assert controls.calls_to_lost(ALIVE) == {}


def test_what_was_asked_for_is_kept_with_who_asked(extended: Aws) -> None:
    controls = lose(extended)
    with pytest.raises(ConnectionClosedError):
        extended.client("sqs", LOST).list_queues()
    with pytest.raises(ConnectionClosedError):
        extended.client("iam", LOST).list_roles()
    [shown] = controls.outages()
    assert (shown["count"], shown["mode"], shown["control_planes"]) == (2, "refuse", True)
    assert [(call["service"], call["action"]) for call in shown["calls"]] == [
        ("sqs", "ListQueues"),
        ("iam", "POST /"),
    ]
    assert all(call["agent"].startswith("Boto3/") for call in shown["calls"])


@pytest.mark.parametrize("service", ["iam", "route53", "cloudfront"])
def test_the_control_planes_are_lost_with_their_region_or_not(extended: Aws, service: str) -> None:
    calls = {"iam": "list_users", "route53": "list_hosted_zones", "cloudfront": "list_distributions"}
    call = getattr(extended.client(service, ALIVE), calls[service])
    controls = lose(extended)
    with pytest.raises(ConnectionClosedError):
        call()
    controls.restore_region()
    lose(extended, control_planes=False)
    call()
    controls.restore_region()
    lose(extended, ALIVE)
    call()


def test_a_call_to_a_silent_region_waits_until_it_is_back(aws: Aws) -> None:
    controls = lose(aws, mode="hang")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(impatient(aws, "sqs", LOST, 30).create_queue, QueueName="patient")
        until(lambda: controls.calls_to_lost(LOST))
        assert not waiting.done()
        controls.restore_region(LOST)
        assert waiting.result(30)["QueueUrl"].endswith("/patient")


def test_a_call_that_was_given_up_is_never_done(extended: Aws) -> None:
    controls = lose(extended, mode="hang")
    with pytest.raises(ReadTimeoutError):
        impatient(extended, "sqs", LOST, 0.5).create_queue(QueueName="given-up")
    time.sleep(0.3)
    controls.restore_region(LOST)
    assert "QueueUrls" not in extended.client("sqs", LOST).list_queues()


def held(*, gone: bool) -> bool:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        outage = Outage(region=LOST)
        outage.ended.set()
        if gone:
            theirs.close()
        environ = {"wsgi.input": io.BytesIO(b"body"), "CONTENT_LENGTH": "4", "werkzeug.socket": ours}
        there = dead_region._held(environ, outage)
        assert environ["wsgi.input"].read() == b"body"
    assert dead_region._is_gone(ours)
    dead_region._close(ours)
    return there


def test_who_gives_up_at_the_last_moment_is_gone_too() -> None:
    assert held(gone=False)
    assert not held(gone=True)


def test_a_bucket_is_lost_with_its_own_region(extended: Aws) -> None:
    for region, name in ((LOST, "lost"), (ALIVE, "alive")):
        where = {} if region == LOST else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3 = extended.client("s3", region)
        s3.create_bucket(Bucket=name, ACL="public-read", **where)
        s3.put_object(Bucket=name, Key="k", Body=b"1", ACL="public-read")
    s3 = extended.client("s3", ALIVE)
    signed = {
        name: s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k"})
        for name in ("lost", "alive")
    }
    lose(extended)
    assert s3.get_object(Bucket="alive", Key="k")["Body"].read() == b"1"
    with pytest.raises(ConnectionClosedError):
        s3.get_object(Bucket="lost", Key="k")
    for name, expected in (("lost", None), ("alive", 200)):
        assert status_of(signed[name]) == expected
        assert status_of(f"{extended.server.endpoint}/{name}/k") == expected


def test_a_presigned_address_belongs_to_the_region_it_was_signed_for(extended: Aws) -> None:
    url = extended.client("sts", LOST).generate_presigned_url("get_caller_identity")
    assert status_of(url) == 200
    lose(extended)
    assert status_of(url) is None


def test_a_function_of_a_lost_region_is_ended(extended: Aws, tmp_path: Path) -> None:
    here = tmp_path / "running"
    code = f"import pathlib, time\n\ndef handle(event, _):\n    pathlib.Path({str(here)!r}).touch()"
    create(extended, f"{code}\n    time.sleep(600)", Timeout=900)
    client = extended.client("lambda", REGION)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.invoke, FunctionName="function-start", Payload="{}")
        until(here.exists, seconds=60)
        lose(extended, REGION)
        answer = asked.result(60)
    assert "signal: SIGKILL" in json.loads(answer["Payload"].read())["errorMessage"]


def test_a_function_that_was_sent_for_is_not_run_in_a_lost_region(extended: Aws) -> None:
    logs = extended.client("logs", REGION)
    logs.create_log_group(logGroupName="/aws/lambda/function-start")
    create(extended, "def handle(event, _):\n    print('I ran')")
    controls = lose(extended, REGION)
    controls._ask("GET", "regions")
    controls.restore_region()
    extended.client("lambda", REGION).invoke(FunctionName="function-start", Payload="{}")

    def lines() -> list[str]:
        events = logs.filter_log_events(logGroupName="/aws/lambda/function-start")["events"]
        return [event["message"] for event in events]

    assert lines()[0] == "I ran"


def test_an_execution_stands_still_and_goes_on(extended: Aws) -> None:
    states = {"One": {**WAIT, "Next": "Two"}, "Two": {"Type": "Pass", "Output": "done", "End": True}}
    execution = start(extended, states)
    controls = lose(extended, REGION)
    time.sleep(3)
    lost_until = datetime.now(UTC)
    controls.restore_region()
    ended = finished(extended, execution)
    assert ended["output"] == '"done"'
    assert ended["stopDate"] > lost_until


def test_an_alarm_keeps_its_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    for aws in serve(tmp_path_factory, "alarms", "--time-scale", "0.05"):
        alarm = {
            "AlarmName": "a",
            "Namespace": "n",
            "MetricName": "m",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "breaching",
        }

        def state(aws: Aws = aws) -> str:
            [found] = aws.client("cloudwatch", LOST).describe_alarms()["MetricAlarms"]
            return str(found["StateValue"])

        controls = lose(aws)
        controls.restore_region()
        aws.client("cloudwatch", LOST).put_metric_alarm(**alarm)
        lose(aws)
        time.sleep(5)
        controls.restore_region()
        assert state() == "INSUFFICIENT_DATA"
        until(lambda: state() == "ALARM")


def test_no_event_is_delivered_into_a_lost_region(extended: Aws) -> None:
    queue = extended.client("sqs", LOST).create_queue(QueueName="events")["QueueUrl"]
    events = extended.client("events", ALIVE)
    events.put_rule(Name="rule", EventPattern='{"source": ["drill"]}')
    arn = f"arn:aws:sqs:{LOST}:{ACCOUNT}:events"
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": arn}])

    def put() -> None:
        events.put_events(Entries=[{"Source": "drill", "DetailType": "d", "Detail": "{}"}])

    controls = lose(extended)
    put()
    controls.restore_region()
    assert "Messages" not in extended.client("sqs", LOST).receive_message(QueueUrl=queue)
    put()
    assert len(extended.client("sqs", LOST).receive_message(QueueUrl=queue)["Messages"]) == 1


def test_a_reset_brings_all_back(extended: Aws) -> None:
    controls = lose(extended)
    lose(extended, ALIVE)
    extended.server.reset()
    assert controls.outages() == []
    extended.client("sqs", LOST).list_queues()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"mode": "refuse"}, "region has to be the name"),
        ({"region": 5}, "region has to be the name"),
        ({"region": LOST, "mode": "slow"}, "mode has to be one of refuse, hang, not 'slow'"),
        ({"region": LOST, "control_planes": 1}, "true or false"),
        ({"region": LOST, "for": 5}, r"unknown: \['for'\]"),
    ],
)
def test_what_is_no_outage_is_refused(extended: Aws, document: Any, said: str) -> None:
    controls = Controls(extended.server.endpoint)
    with pytest.raises(ValueError, match=said):
        controls._ask("POST", "regions", document)
    assert controls.lost_regions() == []


def test_a_region_is_lost_once(extended: Aws) -> None:
    controls = lose(extended)
    with pytest.raises(ValueError, match="us-east-1 is lost already"):
        controls.lose_region(LOST)
    controls.clear()
    assert controls.lost_regions() == []


def test_only_the_first_calls_are_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "KEPT_CALLS", 1)
    found = Outages()
    found.begin(Outage(region=LOST))
    for _ in range(3):
        outage = found.meets("rds", LOST)
        assert outage is not None
        found.count(outage, "rds", "DescribeEvents", "a")
    [shown] = found.shown()
    assert (shown["count"], len(shown["calls"])) == (3, 1)


def test_control_planes_come_back_before_the_region(extended: Aws) -> None:
    controls = lose(extended)
    iam, ec2 = extended.client("iam"), extended.client("ec2", LOST)
    with pytest.raises(BotoCoreError):
        iam.list_roles()
    controls.restore_control_planes(LOST)
    assert iam.list_roles()["Roles"] == []
    with pytest.raises(BotoCoreError):
        ec2.describe_vpcs()
    controls.restore_region()
    with pytest.raises(ValueError, match="us-east-1 is not lost"):
        controls.restore_control_planes(LOST)
