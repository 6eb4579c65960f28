"""CloudWatch alarms."""

from typing import Any

from tests.rehearsal.conftest import Aws


def put(aws: Aws, name: str, **arguments: Any) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "AWS/RDS",
            "MetricName": "AuroraGlobalDBRPOLag",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 1000,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
            **arguments,
        }
    )


def set_state(aws: Aws, name: str, state: str) -> None:
    aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a drill")


def names(aws: Aws, **filters: Any) -> list[str]:
    found = aws.client("cloudwatch").describe_alarms(**filters)["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in found]


def test_filters_are_anded_so_a_healthy_alarm_never_looks_like_a_firing_one(aws: Aws) -> None:
    for name in ("lag", "hosts"):
        put(aws, name)
        set_state(aws, name, "OK")
    set_state(aws, "hosts", "ALARM")
    assert names(aws, AlarmNames=["lag"], StateValue="ALARM") == []
    assert names(aws, AlarmNames=["lag", "hosts"], StateValue="ALARM") == ["hosts"]


def test_each_filter_narrows_the_result(extended: Aws) -> None:
    put(extended, "b-lag")
    put(extended, "a-hosts", AlarmActions=[])
    assert names(extended) == ["a-hosts", "b-lag"]
    assert names(extended, AlarmNamePrefix="b-") == ["b-lag"]
    assert names(extended, ActionPrefix="arn:aws:sns") == ["b-lag"]
    assert names(extended, AlarmTypes=["CompositeAlarm"]) == []


def test_a_new_alarm_has_insufficient_data(aws: Aws) -> None:
    put(aws, "lag")
    assert names(aws, StateValue="INSUFFICIENT_DATA") == ["lag"]


def test_a_changed_alarm_keeps_its_state(aws: Aws) -> None:
    put(aws, "lag")
    set_state(aws, "lag", "ALARM")
    put(aws, "lag", Threshold=2000)
    [alarm] = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (alarm["Threshold"], alarm["StateValue"], alarm["StateReason"]) == (2000, "ALARM", "a drill")
