"""The deep probe: what the shallow one does not wait for, put as metrics of the region."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .errors import ProbeError
from .reach import Reached, everything

#: The lag is a metric of a minute, which arrives late.
_WINDOW = timedelta(minutes=5)
_PERIOD_SECONDS = 60


def deep(configuration: Configuration) -> dict[str, float]:
    """Put what was found and return it: metric -> value.

    `ServiceReachable` and `DatabaseReachable` (1 or 0), `ServiceLatency` (ms, when it is reached),
    `HealthyTargets` (count), `ReplicationLag` (ms; only where the cluster is a secondary). What cannot be
    read is left out and logged: an alarm on missing data tells. ProbeError when nothing can be put.
    """
    reached = everything(configuration.service, configuration.database)
    values = {
        **_of_service(reached["service"]),
        "DatabaseReachable": float(reached["database"].ok),
        "HealthyTargets": _try("elasticloadbalancing:DescribeTargetHealth", lambda: _targets(configuration)),
        "ReplicationLag": _try("cloudwatch:GetMetricData", lambda: _lag(configuration)),
    }
    known = {name: value for name, value in values.items() if value is not None}
    _put(configuration, known)
    return known


def _of_service(reached: Reached) -> dict[str, float | None]:
    latency = round(reached.seconds * 1000, 1) if reached.ok else None
    return {"ServiceReachable": float(reached.ok), "ServiceLatency": latency}


def _try(call: str, read: Callable[[], float | None]) -> float | None:
    try:
        return read()
    except (BotoCoreError, ClientError) as error:
        sys.stdout.write(f"not read: {call}: {error}\n")
        return None


def _targets(configuration: Configuration) -> float:
    elbv2 = client("elbv2", configuration.region)
    found = elbv2.describe_target_health(TargetGroupArn=configuration.target_group_arn)
    states = [one["TargetHealth"]["State"] for one in found["TargetHealthDescriptions"]]
    return float(states.count("healthy"))


def _lag(configuration: Configuration) -> float | None:
    """Return the newest lag; None without data, as where the database writes."""
    now = datetime.now(UTC)
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBRPOLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": configuration.cluster}],
    }
    answer = client("cloudwatch", configuration.region).get_metric_data(
        MetricDataQueries=[
            {"Id": "lag", "MetricStat": {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": "Maximum"}}
        ],
        StartTime=now - _WINDOW,
        EndTime=now,
        ScanBy="TimestampDescending",
    )
    values = answer["MetricDataResults"][0]["Values"]
    return float(values[0]) if values else None


def _put(configuration: Configuration, values: dict[str, float]) -> None:
    dimensions = [{"Name": "Region", "Value": configuration.region}]
    units = {"ServiceLatency": "Milliseconds", "ReplicationLag": "Milliseconds"}
    data: list[dict[str, Any]] = [
        {
            "MetricName": name,
            "Dimensions": dimensions,
            "Value": value,
            "Unit": units.get(name, "Count"),
        }
        for name, value in values.items()
    ]
    try:
        cloudwatch = client("cloudwatch", configuration.region)
        cloudwatch.put_metric_data(Namespace=configuration.namespace, MetricData=data)
    except (BotoCoreError, ClientError) as error:
        raise ProbeError(f"cloudwatch:PutMetricData in {configuration.region}: {error}") from error
