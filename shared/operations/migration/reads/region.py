"""What one region's alarms, load balancer and database's metrics say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.operations.common.facts import Alarm
from shared.operations.migration.facts import Targets

if TYPE_CHECKING:
    from datetime import datetime

    from shared.operations.common.asking import Asking
    from shared.operations.migration.handles import Side

WRITE_PAUSE = {"Key": "regionshift:purpose", "Value": "write-pause"}
"""Tag of the listener's rule that answers writes with 503."""
#: The latest value of a metric that has one each minute, with some time for CloudWatch to show it.
_WINDOW = timedelta(minutes=10)
_PERIOD_SECONDS = 60
#: Elastic Load Balancing, DescribeTags: resources a call.
_TAGS_A_CALL = 20


@dataclass(frozen=True, kw_only=True)
class RegionFacts:
    """One region."""

    alarms: tuple[Alarm, ...]
    targets: Targets | None
    paused: bool
    lag_ms: float | None
    """Latest replication lag of this region's cluster; only a secondary has one."""


def region(side: Side, asking: Asking, now: datetime) -> RegionFacts:
    """Return what the region says; what it does not say is missing."""
    return RegionFacts(
        alarms=asking.ask(side.region, lambda: _alarms(side, asking)) or (),
        targets=asking.ask(side.region, lambda: _targets(side, asking)),
        paused=bool(asking.ask(side.region, lambda: _paused(side, asking))),
        lag_ms=asking.ask(side.region, lambda: _lag(side, asking, now)),
    )


def _alarms(side: Side, asking: Asking) -> tuple[Alarm, ...]:
    names = {"healthy hosts": side.healthy_hosts_alarm, "replication lag": side.replication_lag_alarm}
    answer = asking.client("cloudwatch", side.region).describe_alarms(AlarmNames=list(names.values()))
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer["MetricAlarms"]}
    return tuple(
        Alarm(region=side.region, name=name, state=states.get(name, "missing"), measures=measures)
        for measures, name in names.items()
    )


def _targets(side: Side, asking: Asking) -> Targets:
    answer = asking.client("elbv2", side.region).describe_target_health(TargetGroupArn=side.target_group_arn)
    found = [target["TargetHealth"]["State"] for target in answer["TargetHealthDescriptions"]]
    return Targets(region=side.region, healthy=found.count("healthy"), registered=len(found))


def _paused(side: Side, asking: Asking) -> bool:
    elbv2 = asking.client("elbv2", side.region)
    pages = elbv2.get_paginator("describe_rules").paginate(ListenerArn=side.https_listener_arn)
    arns = [rule["RuleArn"] for page in pages for rule in page["Rules"] if not rule["IsDefault"]]
    groups = [arns[start : start + _TAGS_A_CALL] for start in range(0, len(arns), _TAGS_A_CALL)]
    return any(
        WRITE_PAUSE in rule["Tags"]
        for group in groups
        for rule in elbv2.describe_tags(ResourceArns=group)["TagDescriptions"]
    )


def _lag(side: Side, asking: Asking, now: datetime) -> float | None:
    metric: dict[str, Any] = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBRPOLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": side.cluster_identifier}],
    }
    stat = {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": "Maximum"}
    (result,) = asking.client("cloudwatch", side.region).get_metric_data(
        MetricDataQueries=[{"Id": "lag", "MetricStat": stat}],
        StartTime=now - _WINDOW,
        EndTime=now,
        ScanBy="TimestampDescending",
    )["MetricDataResults"]
    points = zip(result["Timestamps"], result["Values"], strict=True)
    return float(max(points)[1]) if result["Values"] else None
