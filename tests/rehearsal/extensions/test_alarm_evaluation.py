"""Alarms that follow their metric."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rehearsal.conftest import Aws, serve
from tests.rehearsal.extensions import test_cloudwatch as alarms
from tests.rehearsal.waiting import until

CLUSTER = [{"Name": "DBClusterIdentifier", "Value": "eu"}]


@pytest.fixture(scope="module")
def fast_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One in which a minute of a metric lasts 0.6 s."""
    yield from serve(tmp_path_factory, "fast", "--time-scale", "0.01")


@pytest.fixture
def fast(fast_server: Aws) -> Aws:
    fast_server.server.reset()
    return fast_server


def lag(aws: Aws, *values: float, ago: int = 0, cluster: str = "eu") -> None:
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/RDS",
        MetricData=[
            {
                "MetricName": "AuroraGlobalDBRPOLag",
                "Dimensions": [{"Name": "DBClusterIdentifier", "Value": cluster}],
                "Value": value,
                "Timestamp": datetime.now(UTC) - timedelta(seconds=ago),
            }
            for value in values
        ],
    )


def put(aws: Aws, **arguments: Any) -> None:
    alarms.put(aws, "lag", **{"Dimensions": CLUSTER, "EvaluationPeriods": 1, **arguments})


def alarm(aws: Aws) -> Any:
    [found] = aws.client("cloudwatch").describe_alarms(AlarmNames=["lag"])["MetricAlarms"]
    return found


def state(aws: Aws) -> str:
    return str(alarm(aws)["StateValue"])


def listen(aws: Aws) -> tuple[str, str]:
    """Make a topic with a queue behind it; return the topic's ARN and the queue's URL."""
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic, queue = (
        sns.create_topic(Name="alarms")["TopicArn"],
        sqs.create_queue(QueueName="inbox")["QueueUrl"],
    )
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return str(topic), str(queue)


def only(received_: list[Any]) -> Any:
    assert len(received_) == 1
    return received_[0]


def received(aws: Aws, queue: str) -> list[Any]:
    found = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=0)
    return [json.loads(one["Body"]) for one in found.get("Messages", [])]


def test_the_state_follows_the_data(aws: Aws) -> None:
    put(aws)
    lag(aws, 100, 900)
    assert state(aws) == "OK"
    lag(aws, 1200)
    assert state(aws) == "ALARM"
    assert alarm(aws)["StateReason"] == (
        "Threshold Crossed: 1 datapoint [1200.0] was greater than the threshold (1000.0)."
    )


def test_every_period_has_to_breach_or_as_many_as_are_asked_for(aws: Aws) -> None:
    put(aws, EvaluationPeriods=2)
    lag(aws, 50, ago=70)
    lag(aws, 1200)
    assert state(aws) == "OK"
    put(aws, EvaluationPeriods=2, DatapointsToAlarm=1)
    lag(aws, 1200)
    assert state(aws) == "ALARM"


@pytest.mark.parametrize(
    ("operator", "statistic", "state_value"),
    [
        ("GreaterThanThreshold", "Maximum", "OK"),
        ("GreaterThanOrEqualToThreshold", "Maximum", "ALARM"),
        ("LessThanThreshold", "Minimum", "ALARM"),
        ("LessThanOrEqualToThreshold", "Maximum", "ALARM"),
        ("GreaterThanThreshold", "Sum", "ALARM"),
        ("GreaterThanThreshold", "Average", "OK"),
    ],
)
def test_operator_and_statistic_decide(
    extended: Aws, operator: str, statistic: str, state_value: str
) -> None:
    put(extended, ComparisonOperator=operator, Statistic=statistic, Threshold=900)
    lag(extended, 100, 900)
    assert state(extended) == state_value


def test_other_metrics_and_other_kinds_of_alarms_leave_it_alone(extended: Aws) -> None:
    put(extended)
    alarms.put(extended, "processor", MetricName="CPUUtilization")
    lag(extended, 2000, cluster="us")
    assert state(extended) == "INSUFFICIENT_DATA"
    extended.client("cloudwatch").put_metric_alarm(
        AlarmName="lag",
        Namespace="AWS/RDS",
        MetricName="AuroraGlobalDBRPOLag",
        Dimensions=CLUSTER,
        ExtendedStatistic="p99",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    lag(extended, 2000)
    assert state(extended) == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("missing", "state_value", "reason"),
    [
        ("breaching", "ALARM", "1 missing datapoints were treated as [Breaching]."),
        ("notBreaching", "OK", "1 missing datapoints were treated as [NonBreaching]."),
    ],
)
def test_silence_is_what_the_alarm_says(fast: Aws, missing: str, state_value: str, reason: str) -> None:
    put(fast, TreatMissingData=missing)
    assert state(fast) == "INSUFFICIENT_DATA"
    until(lambda: state(fast) == state_value)
    assert alarm(fast)["StateReason"].endswith(reason)


def test_data_that_stop_are_missed_and_a_set_state_stays_until_the_clock(fast: Aws) -> None:
    put(fast)
    lag(fast, 100)
    assert state(fast) == "OK"
    until(lambda: state(fast) == "INSUFFICIENT_DATA")
    assert alarm(fast)["StateReason"] == "Insufficient Data: 1 datapoints were unknown."
    alarms.set_state(fast, "lag", "ALARM")
    lag(fast, 100)
    assert state(fast) == "ALARM"
    until(lambda: state(fast) != "ALARM")


def test_a_change_is_told_to_the_topics_once(aws: Aws) -> None:
    topic, queue = listen(aws)
    put(aws, AlarmActions=[topic], OKActions=[topic], AlarmDescription="too far behind")
    lag(aws, 1200)
    lag(aws, 1300)
    note = only(received(aws, queue))
    assert note["Subject"] == 'ALARM: "lag" in US East (N. Virginia)'
    told = json.loads(note["Message"])
    assert (told["OldStateValue"], told["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert (told["AlarmName"], told["AlarmDescription"], told["AWSAccountId"]) == (
        "lag",
        "too far behind",
        "123456789012",
    )
    assert told["Trigger"]["Dimensions"] == [{"value": "eu", "name": "DBClusterIdentifier"}]
    assert (told["Trigger"]["Statistic"], told["Trigger"]["Threshold"]) == ("MAXIMUM", 1000.0)


def test_a_set_state_is_told_when_it_differs(aws: Aws) -> None:
    topic, queue = listen(aws)
    put(aws, AlarmActions=[topic], OKActions=[topic])
    for value in ("ALARM", "ALARM", "OK"):
        alarms.set_state(aws, "lag", value)
    told = [json.loads(note["Message"])["NewStateValue"] for note in received(aws, queue)]
    assert told == ["ALARM", "OK"]


def test_actions_may_be_off_gone_or_of_another_service(extended: Aws) -> None:
    topic, queue = listen(extended)
    put(extended, AlarmActions=[topic], ActionsEnabled=False)
    lag(extended, 1200)
    assert (state(extended), received(extended, queue)) == ("ALARM", [])
    gone = "arn:aws:sns:us-east-1:123456789012:nobody"
    other = "arn:aws:automate:us-east-1:ec2:stop"
    put(extended, OKActions=[gone, other, topic])
    alarms.set_state(extended, "lag", "OK")
    assert len(received(extended, queue)) == 1


def test_a_change_is_an_event_on_the_default_bus(aws: Aws) -> None:
    _, queue = listen(aws)
    events = aws.client("events")
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"state": {"value": ["ALARM"]}},
    }
    events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    arn = "arn:aws:sqs:us-east-1:123456789012:inbox"
    events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": arn}])
    put(aws, AlarmActions=[])
    lag(aws, 10)
    lag(aws, 1200)
    event = only(received(aws, queue))
    assert event["resources"] == [alarm(aws)["AlarmArn"]]
    assert event["detail"]["alarmName"] == "lag"
    assert event["detail"]["previousState"]["value"] == "OK"
    assert event["detail"]["configuration"]["metrics"][0]["metricStat"]["period"] == 60


def test_an_unknown_alarm_or_state_is_refused(extended: Aws) -> None:
    cloudwatch = extended.client("cloudwatch")
    with pytest.raises(cloudwatch.exceptions.ResourceNotFound):
        alarms.set_state(extended, "nobody", "OK")
