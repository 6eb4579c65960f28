"""What CloudWatch says of a region: its alarms, and how far its cluster is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.operations.common.facts import Alarm
from shared.operations.recovery.facts import LAG_WINDOW, Lag

if TYPE_CHECKING:
    from datetime import datetime

    from shared.operations.common.asking import Asking
    from shared.operations.recovery.handles import Side

_PERIOD_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class RegionFacts:
    """One region."""

    alarms: tuple[Alarm, ...]
    lag: Lag | None


def region(side: Side, asking: Asking, now: datetime) -> RegionFacts:
    """Return what the region says; what it does not say is missing."""
    place = f"CloudWatch in {side.region}"
    return RegionFacts(
        alarms=asking.ask(place, lambda: _alarms(side, asking)) or (),
        lag=asking.ask(place, lambda: _lag(side, asking, now)),
    )


def _alarms(side: Side, asking: Asking) -> tuple[Alarm, ...]:
    names = {
        "probe": side.probe_unwell_alarm,
        "probe asked": side.probe_unasked_alarm,
        "healthy hosts": side.healthy_hosts_alarm,
        "replication lag": side.replication_lag_alarm,
    }
    known = {measures: name for measures, name in names.items() if name}
    client = asking.client("cloudwatch", side.region)
    answer = client.describe_alarms(AlarmNames=list(known.values()))
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer["MetricAlarms"]}
    return tuple(
        Alarm(region=side.region, name=name, state=states.get(name, "missing"), measures=measures)
        for measures, name in known.items()
    )


def _lag(side: Side, asking: Asking, now: datetime) -> Lag | None:
    metric: dict[str, Any] = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBRPOLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": side.cluster_identifier}],
    }
    stat = {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": "Maximum"}
    (result,) = asking.client("cloudwatch", side.region).get_metric_data(
        MetricDataQueries=[{"Id": "lag", "MetricStat": stat}],
        StartTime=now - LAG_WINDOW,
        EndTime=now,
        ScanBy="TimestampDescending",
    )["MetricDataResults"]
    points = list(zip(result["Timestamps"], result["Values"], strict=True))
    if not points:
        return None
    at, value = max(points)
    return Lag(milliseconds=float(value), at=at)
