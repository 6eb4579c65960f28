"""What happens when an alarm changes its state: a message to its topics, an event on the default bus.

Used by `alarm_evaluation`. AWS: CloudWatch user guide, "Notifying users on alarm changes" and "Alarm
events and EventBridge" (with the examples whose keys these are).
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import cache
from typing import Any

from botocore.session import Session
from moto.cloudwatch.models import Alarm
from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.events.models import events_backends
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

#: An alarm of ours has actions on topics; those on other services are none of this.
TOPICS = "sns"


def fire(account: str, alarm: Alarm, before: dict[str, str]) -> None:
    """Tell that `alarm` changed from the state `before` (value, reason, reasonData, timestamp)."""
    event = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm.alarm_arn],
        "Detail": json.dumps(detail(alarm, before)),
    }
    events_backends[account][alarm.region_name].put_events([event])
    if alarm.actions_enabled:
        body = json.dumps(message(account, alarm, before["value"]))
        subject = f'{alarm.state_value}: "{alarm.name}" in {region_name(alarm.region_name)}'
        for action in _actions(alarm):
            _publish(action, body, subject[:100])


def _actions(alarm: Alarm) -> list[str]:
    actions: list[str] = {
        "OK": alarm.ok_actions,
        "ALARM": alarm.alarm_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }[alarm.state_value]
    return actions or []


def _publish(arn: str, body: str, subject: str) -> None:
    where = parse_arn(arn)
    if where.service != TOPICS:
        return
    try:
        sns_backends[where.account][where.region].publish(message=body, arn=arn, subject=subject)
    except ServiceException as error:  # the topic is gone: AWS notes it in the alarm's history
        sys.stderr.write(f"embedded AWS: the alarm's action {arn} failed: {error}\n")


def state(alarm: Alarm) -> dict[str, str]:
    """Return the present state as events have it."""
    return {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "reasonData": alarm.state_reason_data or "{}",
        "timestamp": _time(alarm.state_updated_timestamp),
    }


def detail(alarm: Alarm, before: dict[str, str]) -> dict[str, Any]:
    """Return the event's `detail`."""
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": {dimension.name: dimension.value for dimension in alarm.dimensions},
    }
    stat = {"metric": metric, "period": int(alarm.period or 0), "stat": alarm.statistic}
    metrics = [{"id": "m1", "metricStat": stat, "returnData": True}] if alarm.metric_name else []
    return {
        "alarmName": alarm.name,
        "configuration": {"description": alarm.description, "metrics": metrics},
        "previousState": before,
        "state": state(alarm),
    }


def message(account: str, alarm: Alarm, before: str) -> dict[str, Any]:
    """Return what a topic's subscribers get."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": _time(alarm.configuration_updated_timestamp),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _time(utcnow()),
        "Region": region_name(alarm.region_name),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "StatisticType": "Statistic",
            "Statistic": (alarm.statistic or "").upper(),
            "Unit": alarm.unit,
            "Dimensions": [{"value": one.value, "name": one.name} for one in alarm.dimensions],
            "Period": int(alarm.period or 0),
            "EvaluationPeriods": int(alarm.evaluation_periods or 0),
            "DatapointsToAlarm": int(alarm.datapoints_to_alarm or alarm.evaluation_periods or 0),
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": float(alarm.threshold or 0),
            "TreatMissingData": alarm.treat_missing_data or "missing",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


@cache
def region_name(region: str) -> str:
    """Return a region as CloudWatch writes it: `EU (Ireland)`."""
    known = Session().get_data("endpoints")["partitions"][0]["regions"]
    return str(known.get(region, {"description": region})["description"]).replace("Europe", "EU")
