"""What DMS and CloudWatch say now. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .aws import client
from .configuration import Configuration, Limits

METRICS = ("CDCLatencySource", "CDCLatencyTarget")
_PERIOD_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Task:
    """A replication task."""

    status: str
    """As DMS says it: `running`, `stopped`, `failed`; `missing` when there is none."""
    stop_reason: str = ""
    percent: int = 0
    errored: int = 0
    """Tables with errors."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the forward task."""

    name: str
    state: str
    validation: str
    pending: int
    failed: int
    suspended: int


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Everything that the verdict rests on."""

    forward: Task
    reverse: Task
    tables: tuple[Table, ...]
    latencies: Mapping[str, tuple[tuple[datetime, float], ...]]
    """Metric -> its values a minute, newest first."""
    alarms: Mapping[str, str]
    """Alarm -> its state; one that does not exist is absent."""


def look(configuration: Configuration, limits: Limits, now: datetime) -> Readings:
    """Return what there is. Lets botocore's errors pass: without an answer there is no verdict."""
    dms = client("dms", configuration.region)
    return Readings(
        forward=_task(dms, configuration.forward_task_arn),
        reverse=_task(dms, configuration.reverse_task_arn),
        tables=_tables(dms, configuration.forward_task_arn),
        latencies=_latencies(configuration, limits, now),
        alarms=_alarms(configuration),
    )


def _task(dms: Any, arn: str) -> Task:
    wanted = [{"Name": "replication-task-arn", "Values": [arn]}]
    try:
        found = dms.describe_replication_tasks(Filters=wanted, WithoutSettings=True)["ReplicationTasks"]
    except dms.exceptions.ResourceNotFoundFault:
        found = []
    if not found:
        return Task(status="missing")
    stats = found[0].get("ReplicationTaskStats", {})
    return Task(
        status=found[0]["Status"],
        stop_reason=found[0].get("StopReason", ""),
        percent=stats.get("FullLoadProgressPercent", 0),
        errored=stats.get("TablesErrored", 0),
    )


def _tables(dms: Any, arn: str) -> tuple[Table, ...]:
    pages = dms.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
    return tuple(
        Table(
            name=f"{one['SchemaName']}.{one['TableName']}",
            state=one.get("TableState", ""),
            validation=one.get("ValidationState", ""),
            pending=one.get("ValidationPendingRecords", 0),
            failed=one.get("ValidationFailedRecords", 0),
            suspended=one.get("ValidationSuspendedRecords", 0),
        )
        for page in pages
        for one in page["TableStatistics"]
    )


def _latencies(
    configuration: Configuration, limits: Limits, now: datetime
) -> dict[str, tuple[tuple[datetime, float], ...]]:
    """Return the values of the window, and of the time since the task was stopped."""
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": configuration.instance_id},
        {"Name": "ReplicationTaskIdentifier", "Value": configuration.forward_task_id},
    ]
    queries = [
        {
            "Id": metric.lower(),
            "MetricStat": {
                "Metric": {"Namespace": "AWS/DMS", "MetricName": metric, "Dimensions": dimensions},
                "Period": _PERIOD_SECONDS,
                "Stat": "Maximum",
            },
        }
        for metric in METRICS
    ]
    minutes = limits.lag_window_minutes + limits.drained_minutes
    answer = client("cloudwatch", configuration.region).get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - timedelta(minutes=minutes),
        EndTime=now,
        ScanBy="TimestampDescending",
    )
    found = {
        one["Id"]: tuple(zip(one["Timestamps"], one["Values"], strict=True))
        for one in answer["MetricDataResults"]
    }
    return {metric: found.get(metric.lower(), ()) for metric in METRICS}


def _alarms(configuration: Configuration) -> dict[str, str]:
    answer = client("cloudwatch", configuration.region).describe_alarms(
        AlarmNames=list(configuration.lag_alarms)
    )
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer["MetricAlarms"]}
