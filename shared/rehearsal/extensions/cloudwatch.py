"""CloudWatch alarms: DescribeAlarms ANDs its filters; an alarm starts and stays as AWS has it.

moto 5.2.5 uses only the first filter that it finds: `AlarmNames` with `StateValue = ALARM` returns
alarms that are OK, so a gate that asks so rolls a healthy migration back. It makes new alarms `OK`,
and sets the state back when an alarm is only changed.

AWS: API reference of DescribeAlarms (every given parameter narrows the result; without `AlarmTypes`
only metric alarms are returned) and PutMetricAlarm ("When you create an alarm, its state is
INSUFFICIENT_DATA ... when you update an existing alarm, its state is left unchanged").
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

_put_metric_alarm = CloudWatchBackend.put_metric_alarm

#: What an alarm's state consists of.
_STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")


def install() -> None:
    """Replace DescribeAlarms, wrap PutMetricAlarm."""
    CloudWatchResponse.describe_alarms = describe_alarms
    CloudWatchBackend.put_metric_alarm = put_metric_alarm


def describe_alarms(self: CloudWatchResponse) -> ActionResult:
    """Return the alarms that pass every filter of the request, by name."""
    types = self._get_param("AlarmTypes") or ["MetricAlarm"]
    alarms = sorted(self.cloudwatch_backend.describe_alarms(), key=lambda alarm: str(alarm.name))
    found = [alarm for alarm in alarms if _passes(self, alarm)]
    return ActionResult(
        {
            "MetricAlarms": [a for a in found if a.rule is None and "MetricAlarm" in types],
            "CompositeAlarms": [a for a in found if a.rule is not None and "CompositeAlarm" in types],
        }
    )


def _passes(response: CloudWatchResponse, alarm: Alarm) -> bool:
    names = response._get_param("AlarmNames")
    state = response._get_param("StateValue")
    action_prefix = response._get_param("ActionPrefix")
    return (
        (not names or alarm.name in names)
        and alarm.name.startswith(response._get_param("AlarmNamePrefix") or "")
        and (not state or alarm.state_value == state)
        and (not action_prefix or any(action.startswith(action_prefix) for action in alarm.alarm_actions))
    )


def put_metric_alarm(self: CloudWatchBackend, name: str, *args: Any, **kwargs: Any) -> Alarm:
    """Start a new alarm with INSUFFICIENT_DATA, leave a changed one in its state."""
    before = self.alarms.get(name)
    alarm = _put_metric_alarm(self, name, *args, **kwargs)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        for attribute in _STATE:
            setattr(alarm, attribute, getattr(before, attribute))
    return alarm
