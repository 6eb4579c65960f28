"""Reading metrics as the migration's gate does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws

NOON = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=10)


def put(aws: Aws, name: str, *values: float, at: datetime = NOON, **dimensions: str) -> None:
    aws.client("cloudwatch").put_metric_data(
        Namespace=dimensions.pop("namespace", "AWS/ApplicationELB"),
        MetricData=[
            {
                "MetricName": name,
                "Value": value,
                "Timestamp": at,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
            }
            for value in values
        ],
    )


def query(name: str, stat: str = "Sum", **dimensions: str) -> dict[str, Any]:
    namespace = dimensions.pop("namespace", "AWS/ApplicationELB")
    pairs = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}
    return {
        "Id": f"{name[0].lower()}{stat.lower()}{len(dimensions)}",
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat},
    }


def get(aws: Aws, *queries: dict[str, Any], start: datetime = NOON, minutes: float = 5) -> list[list[float]]:
    found = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=list(queries),
        StartTime=start,
        EndTime=start + timedelta(minutes=minutes),
    )
    return [result["Values"] for result in found["MetricDataResults"]]


def test_a_metric_is_its_namespace_name_and_dimensions(aws: Aws) -> None:
    put(aws, "RequestCount", 1, 2, LoadBalancer="app/a/1")
    put(aws, "RequestCount", 10, LoadBalancer="app/a/1", TargetGroup="targetgroup/a/1")
    put(aws, "RequestCount", 100, LoadBalancer="app/b/1")
    put(aws, "RequestCount", 1000, LoadBalancer="app/a/1", namespace="Other")
    put(aws, "RequestCount", 10000)
    both = {"TargetGroup": "targetgroup/a/1", "LoadBalancer": "app/a/1"}
    queries = [query("RequestCount", **named) for named in ({"LoadBalancer": "app/a/1"}, both, {})]
    assert get(aws, *queries) == [[3], [10], [10000]]
    assert get(aws, query("RequestCount", LoadBalancer="app/c/1")) == [[]]


def test_a_period_begins_at_the_full_minute(aws: Aws) -> None:
    put(aws, "RequestCount", 1, at=NOON + timedelta(seconds=5))
    put(aws, "RequestCount", 2, at=NOON + timedelta(seconds=55))
    put(aws, "RequestCount", 4, at=NOON + timedelta(seconds=65))
    assert get(aws, query("RequestCount"), start=NOON + timedelta(seconds=50), minutes=0.1) == [[3]]
    assert get(aws, query("RequestCount")) == [[4, 3]]
    found = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[query("RequestCount")],
        StartTime=NOON + timedelta(seconds=50),
        EndTime=NOON + timedelta(seconds=70),
        ScanBy="TimestampAscending",
    )
    assert found["MetricDataResults"][0]["Timestamps"] == [NOON, NOON + timedelta(minutes=1)]


def test_each_statistic_is_over_the_period(extended: Aws) -> None:
    put(extended, "Lag", 10, 20, 60)
    extended.client("cloudwatch").put_metric_data(
        Namespace="AWS/ApplicationELB",
        MetricData=[
            {
                "MetricName": "Lag",
                "Timestamp": NOON,
                "StatisticValues": {"SampleCount": 2, "Sum": 110, "Minimum": 5, "Maximum": 105},
            }
        ],
    )
    wanted = {"Sum": 200, "Maximum": 105, "Minimum": 5, "Average": 40, "SampleCount": 5}
    assert get(extended, *(query("Lag", stat) for stat in wanted)) == [[value] for value in wanted.values()]


def test_regions_have_their_own_metrics(extended: Aws) -> None:
    put(extended, "Lag", 1)
    found = extended.client("cloudwatch", "eu-west-1").get_metric_data(
        MetricDataQueries=[query("Lag")], StartTime=NOON, EndTime=NOON + timedelta(minutes=1)
    )
    assert found["MetricDataResults"][0]["Values"] == []


def test_a_query_may_be_hidden_or_an_expression_and_a_window_has_to_be_one(extended: Aws) -> None:
    put(extended, "Lag", 1)
    hidden = {**query("Lag"), "ReturnData": False}
    assert get(extended, hidden) == []
    assert get(extended, hidden, {"Id": "e", "Expression": hidden["Id"]}) == [[1]]
    with pytest.raises(ClientError, match="must not equal"):
        get(extended, query("Lag"), minutes=0)
