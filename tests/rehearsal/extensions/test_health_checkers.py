"""Function URLs are asked by health checkers, and what they answer is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.rehearsal.conftest import Aws, serve
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_function_urls import NAME, ask, by_url, invoke, url
from tests.rehearsal.extensions.test_health_checks import ANSWER, check
from tests.rehearsal.waiting import until

DIMENSIONS = [{"Name": "FunctionName", "Value": NAME}]
COUNTS = ("UrlRequestCount", "Url4xxCount", "Url5xxCount")


@pytest.fixture(scope="module")
def fast_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One in which ten seconds between two requests last half of one."""
    yield from serve(tmp_path_factory, "checkers", "--time-scale", "0.05")


@pytest.fixture
def fast(fast_server: Aws) -> Aws:
    fast_server.server.reset()
    return fast_server


def counted(aws: Aws, name: str, statistic: str = "Sum") -> float:
    now = datetime.now(UTC)
    found = aws.client("cloudwatch", REGION).get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=DIMENSIONS,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=[statistic],
    )["Datapoints"]
    return float(sum(point[statistic] for point in found))


def test_a_url_counts_what_it_is_asked_and_how_it_answers(extended: Aws) -> None:
    address = url(extended, ANSWER, permissions=False)
    ask(extended, f"{address}200")
    by_url(extended)
    invoke(extended)
    for path in ("200", "404", "503", "x"):
        ask(extended, f"{address}{path}")
    assert [counted(extended, name) for name in COUNTS] == [5, 2, 2]
    assert counted(extended, "UrlRequestLatency", "Maximum") > 0
    ask(extended, "https://nobody.lambda-url.eu-west-1.on.aws/")
    assert counted(extended, "UrlRequestCount") == 5


def unasked(aws: Aws) -> Any:
    """Make the alarm that nobody asks, and return what looks at its state."""
    cloudwatch = aws.client("cloudwatch", REGION)
    cloudwatch.put_metric_alarm(
        AlarmName="unasked",
        Namespace="AWS/Lambda",
        MetricName="UrlRequestCount",
        Dimensions=DIMENSIONS,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    return lambda: cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"]


def test_a_url_with_a_health_check_is_asked_while_nobody_looks(fast: Aws) -> None:
    state = unasked(fast)
    name = check(fast, urlsplit(url(fast, ANSWER)).netloc, ResourcePath="/503", RequestInterval=10)
    check(fast, "nobody.example.com")
    until(lambda: state() == "OK", seconds=60)
    until(lambda: counted(fast, "Url5xxCount") >= 3, seconds=60)
    fast.client("route53").update_health_check(HealthCheckId=name, Disabled=True)
    until(lambda: state() == "ALARM", seconds=60)


def test_a_url_without_one_is_not_asked(fast: Aws) -> None:
    url(fast, ANSWER)
    state = unasked(fast)
    until(lambda: state() == "ALARM", seconds=60)
    assert counted(fast, "UrlRequestCount") == 0
