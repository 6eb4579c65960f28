"""What CloudWatch says: how far a cluster is behind, and whether alarms are OK. One region a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .topology import Member

WINDOW = timedelta(minutes=10)
_PERIOD_SECONDS = 60
#: What GetMetricData says of a metric that it could not or must not read.
_NOT_READ = ("InternalError", "Forbidden")


@dataclass(frozen=True, kw_only=True)
class Lag:
    """The newest sample of a cluster's replication lag, of the last ten minutes."""

    ms: float | None = None
    """None when it is not known."""
    at: datetime | None = None
    """Begin of the minute that it is of."""
    why: str = ""
    """Why it is not known."""

    def age_seconds(self, now: datetime) -> float:
        """Return how old the sample is; infinite without one."""
        return (now - self.at).total_seconds() if self.at else float("inf")

    def said(self, now: datetime) -> str:
        """Return it as a sentence."""
        if self.ms is None or self.at is None:
            return f"the lag is not known: {self.why}"
        return (
            f"the last known lag is {self.ms:g} ms, of {self.at:%H:%M:%S} (UTC), "
            f"{self.age_seconds(now):.0f} s before"
        )


def lag_of(member: Member, now: datetime) -> Lag:
    """Return how far a secondary is behind.

    The metric exists in the secondary's region only, on the secondary's identifier (Aurora user guide,
    cluster-level metrics).
    """
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBRPOLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": member.cluster}],
    }
    query = {"Id": "lag", "MetricStat": {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": "Maximum"}}
    try:
        answer = client("cloudwatch", member.region).get_metric_data(
            MetricDataQueries=[query],
            StartTime=now - WINDOW,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
    except (BotoCoreError, ClientError) as error:
        return Lag(why=f"cloudwatch:GetMetricData in {member.region}: {error}")
    return _newest(answer["MetricDataResults"][0])


def _newest(result: dict[str, Any]) -> Lag:
    if result.get("StatusCode") in _NOT_READ:
        return Lag(why=f"cloudwatch:GetMetricData says {result['StatusCode']}")
    if not result["Values"]:
        return Lag(why=f"no sample in {WINDOW.total_seconds() / 60:.0f} minutes")
    moment = result["Timestamps"][0]
    return Lag(ms=float(result["Values"][0]), at=moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def alarms_against(region: str, names: Sequence[str]) -> list[str]:
    """Return a sentence for each of these alarms that is not OK, or is not there."""
    if not names:
        return []
    try:
        answer = client("cloudwatch", region).describe_alarms(AlarmNames=list(names))
    except (BotoCoreError, ClientError) as error:
        return [f"nobody knows whether {region} is well: cloudwatch:DescribeAlarms: {error}"]
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer["MetricAlarms"]}
    said = {name: f"is {states[name]}" if name in states else "does not exist" for name in names}
    return [f"the alarm {name} in {region} {how}" for name, how in said.items() if how != "is OK"]
