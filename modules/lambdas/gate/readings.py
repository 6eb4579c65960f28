"""What AWS says about both regions: every call is made, and each that fails is remembered as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration, Region
from .question import Question

#: The load balancer's metrics that make an error rate (Application Load Balancer User Guide, "CloudWatch
#: metrics"): by the name of the count in `Traffic`.
_COUNTS = {
    "requests": "RequestCount",
    "target_errors": "HTTPCode_Target_5XX_Count",
    "balancer_errors": "HTTPCode_ELB_5XX_Count",
    "fixed_responses": "HTTP_Fixed_Response_Count",
}
_PERIOD_SECONDS = 60
#: What GetMetricData says of a metric that it could not or must not read.
_NOT_READ = ("InternalError", "Forbidden")

Window = tuple[datetime, datetime]
_Read = TypeVar("_Read")


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A call that failed."""

    why: str
    """`cloudwatch:GetMetricData in eu-west-1: Throttling: Rate exceeded`."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Counts of a load balancer over the window."""

    requests: int
    """Those for which a target was chosen."""
    target_errors: int
    """5xx of the targets."""
    balancer_errors: int
    """5xx of the load balancer itself."""
    fixed_responses: int
    """Answers without a target; the only rule that gives them is the pause of writes (503)."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one region says."""

    alarms: Mapping[str, str] | Unreadable
    """Name -> state of those asked for that exist."""
    healthy: int | Unreadable
    """Healthy targets."""
    traffic: Traffic | Unreadable
    lag_ms: float | Unreadable | None
    """Highest replication lag in the window; None without data, and where the database writes."""


def look(configuration: Configuration, question: Question, now: datetime) -> dict[str, Look]:
    """Return what each region says of the window that ends at `now`."""
    window = (now - timedelta(seconds=question.window_seconds), now)
    return {
        name: _look(name, region, window, reads=name != question.writer)
        for name, region in configuration.regions.items()
    }


def alarms_of(region: Region, *, reads: bool) -> tuple[str, ...]:
    """Return the alarms that count: the lag's only where the database is read, for only there it has data."""
    return (region.healthy_hosts_alarm, *((region.replication_lag_alarm,) if reads else ()))


def _look(name: str, region: Region, window: Window, *, reads: bool) -> Look:
    return Look(
        alarms=_try(
            f"cloudwatch:DescribeAlarms in {name}", lambda: _alarms(name, alarms_of(region, reads=reads))
        ),
        healthy=_try(
            f"elasticloadbalancing:DescribeTargetHealth in {name}",
            lambda: _healthy(name, region.target_group_arn),
        ),
        traffic=_try(
            f"cloudwatch:GetMetricData (traffic) in {name}",
            lambda: _traffic(name, region.load_balancer, window),
        ),
        lag_ms=_try(
            f"cloudwatch:GetMetricData (replication lag) in {name}",
            lambda: _lag(name, region.cluster, window),
        )
        if reads
        else None,
    )


class _NotReadError(Exception):
    """GetMetricData answered, but not about every metric."""


def _try(call: str, read: Callable[[], _Read]) -> _Read | Unreadable:
    try:
        return read()
    except (BotoCoreError, ClientError, _NotReadError) as error:
        return Unreadable(why=f"{call}: {error}")


def _alarms(region: str, names: tuple[str, ...]) -> dict[str, str]:
    answer = client("cloudwatch", region).describe_alarms(AlarmNames=list(names))
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer["MetricAlarms"]}


def _healthy(region: str, target_group_arn: str) -> int:
    answer = client("elbv2", region).describe_target_health(TargetGroupArn=target_group_arn)
    return sum(one["TargetHealth"]["State"] == "healthy" for one in answer["TargetHealthDescriptions"])


def _lag(region: str, cluster: str, window: Window) -> float | None:
    metric = _metric("AWS/RDS", "AuroraGlobalDBRPOLag", "DBClusterIdentifier", cluster)
    values = _values(region, {"lag": (metric, "Maximum")}, window)["lag"]
    return max(values, default=None)


def _traffic(region: str, load_balancer: str, window: Window) -> Traffic:
    asked = {
        name: (_metric("AWS/ApplicationELB", metric, "LoadBalancer", load_balancer), "Sum")
        for name, metric in _COUNTS.items()
    }
    values = _values(region, asked, window)
    return Traffic(**{name: round(sum(values[name])) for name in _COUNTS})


def _metric(namespace: str, name: str, dimension: str, value: str) -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": dimension, "Value": value}],
    }


def _values(
    region: str, asked: Mapping[str, tuple[dict[str, Any], str]], window: Window
) -> dict[str, list[float]]:
    """Return id -> the points of its metric in the window, over every page of the answer."""
    queries = [
        {"Id": name, "MetricStat": {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": statistic}}
        for name, (metric, statistic) in asked.items()
    ]
    values: dict[str, list[float]] = {name: [] for name in asked}
    pages = client("cloudwatch", region).get_paginator("get_metric_data")
    for page in pages.paginate(MetricDataQueries=queries, StartTime=window[0], EndTime=window[1]):
        for result in page["MetricDataResults"]:
            if result.get("StatusCode") in _NOT_READ:
                raise _NotReadError(f"{result['Id']}: {result['StatusCode']}")
            values[result["Id"]] += result["Values"]
    return values
