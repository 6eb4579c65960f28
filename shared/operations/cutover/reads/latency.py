"""The forward task's latency over the window that counts, as CloudWatch has it. Raises botocore's errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.operations.cutover.facts import Lag

if TYPE_CHECKING:
    from datetime import datetime

    from shared.operations.cutover.handles import Handles

METRICS = ("CDCLatencySource", "CDCLatencyTarget")
_PERIOD_SECONDS = 60


def lag(client: Any, handles: Handles, *, minutes: int, now: datetime) -> Lag:
    """Return the worst of the newest values of `minutes` minutes, and how many there are."""
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": handles.instance_id},
        {"Name": "ReplicationTaskIdentifier", "Value": handles.forward_id},
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
    # the newest minute is not over, and its value may come late
    answer = client.get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - timedelta(minutes=minutes + 2),
        EndTime=now,
        ScanBy="TimestampDescending",
    )
    values = [one["Values"][:minutes] for one in answer["MetricDataResults"]]
    return Lag(
        worst_seconds=sum(max(some, default=0.0) for some in values),
        samples=min((len(some) for some in values), default=0),
    )


def alarms(client: Any, handles: Handles) -> dict[str, str]:
    """Return lag alarm -> its state; one that does not exist is absent."""
    found = client.describe_alarms(AlarmNames=list(handles.lag_alarms))["MetricAlarms"]
    return {one["AlarmName"]: one["StateValue"] for one in found}
