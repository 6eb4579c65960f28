"""Rules that run by the clock."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.rehearsal.extensions import event_schedules
from tests.rehearsal.conftest import ACCOUNT, Aws, serve
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.waiting import until

REGION, ELSEWHERE = "us-west-2", "eu-west-1"


@pytest.fixture(scope="module")
def fast_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One in which a minute takes 0.6 seconds."""
    yield from serve(tmp_path_factory, "fast-clock", "--time-scale", "0.01")


@pytest.fixture
def fast(fast_server: Aws) -> Aws:
    fast_server.server.reset()
    return fast_server


def put_rule(aws: Aws, schedule: str = "rate(1 minute)", *, queue_in: str = REGION, **fields: Any) -> str:
    """Make a rule whose events go to a queue; return the queue."""
    queue = aws.client("sqs", queue_in).create_queue(QueueName="clock")["QueueUrl"]
    events = aws.client("events", REGION)
    events.put_rule(Name="deep", ScheduleExpression=schedule, **fields)
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{queue_in}:{ACCOUNT}:clock"}
    events.put_targets(Rule="deep", Targets=[target])
    return str(queue)


def received(aws: Aws, queue: str, region: str = REGION) -> list[dict[str, Any]]:
    found = aws.client("sqs", region).receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def test_a_rule_runs_again_and_again(fast: Aws) -> None:
    queue = put_rule(fast)
    [event, *_] = until(lambda: received(fast, queue))
    assert (event["detail-type"], event["source"], event["detail"]) == ("Scheduled Event", "aws.events", {})
    assert event["resources"] == [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/deep"]
    until(lambda: received(fast, queue))


def test_stock_moto_never_runs_one(stock_server: Aws) -> None:
    stock_server.server.reset()
    queue = put_rule(stock_server)
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: received(stock_server, queue), seconds=2)


@pytest.mark.parametrize(
    ("schedule", "fields"), [("rate(1 minute)", {"State": "DISABLED"}), ("cron(* * * * ? *)", {})]
)
def test_one_that_is_disabled_or_not_emulated_does_not_run(
    fast: Aws, schedule: str, fields: dict[str, str]
) -> None:
    queue = put_rule(fast, schedule, **fields)
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: received(fast, queue), seconds=2)


def test_a_lost_region_runs_none(fast: Aws) -> None:
    queue = put_rule(fast, queue_in=ELSEWHERE)
    controls = lose(fast, REGION)
    until(lambda: not received(fast, queue, ELSEWHERE))  # what was delivered before
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: received(fast, queue, ELSEWHERE), seconds=2)
    controls.restore_region()
    until(lambda: received(fast, queue, ELSEWHERE))


def test_intervals_are_as_they_are_written() -> None:
    found = [
        event_schedules.interval(text)
        for text in (
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(2 hours)",
            "rate(1 day)",
            "cron(0 0 * * ? *)",
            None,
        )
    ]
    assert found == [60, 300, 7200, 86_400, None, None]
