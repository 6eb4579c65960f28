"""Metric alarms are evaluated: their state follows the data, and their actions happen.

moto 5.2.5 never evaluates an alarm, never publishes its actions and puts no event: a rehearsal with a
broken database looks healthy. A state changes here when data arrive, and by the clock, at most once a
minute without data (AWS's frequency, `--time-scale` shortens it). A state that SetAlarmState sets
stays until the next evaluation by the clock, as in AWS. Nothing is configuration: no plan sees it.

AWS: CloudWatch user guide, "Alarm evaluation" and the pages that `alarm_states` and `alarm_actions`
name. Different from AWS: a period ends now, not at a full minute. Alarms on expressions, percentiles
and other alarms stay as they are.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.core.utils import utcnow

from shared.rehearsal.extensions import alarm_actions, clocks
from shared.rehearsal.extensions.alarm_states import COMPARISONS, FURTHER_POINTS, WORDS, Rule, state_of
from shared.rehearsal.extensions.metric_data import STATISTICS, data_of, seconds, value_of
from shared.rehearsal.extensions.outages import OUTAGES
from shared.rehearsal.extensions.pace import time_scale

_set_alarm_state = CloudWatchBackend.set_alarm_state

#: How often the clock looks, in seconds.
TICK = 0.5
#: How often AWS evaluates an alarm: each minute, each 10 s when its period is shorter than a minute.
MINUTE, HIGH_RESOLUTION = 60, 10

_LOCK = threading.RLock()


def install() -> None:
    """Wrap the writing of data and of states, and start the clock."""
    before = CloudWatchBackend.put_metric_data  # `metric_data` wrapped it

    def put_metric_data(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        before(self, namespace, metric_data)
        names = {datum["MetricName"] for datum in metric_data}
        for alarm in list(self.alarms.values()):
            if alarm.namespace == namespace and alarm.metric_name in names:
                on_data(self, alarm)

    CloudWatchBackend.put_metric_data = put_metric_data
    CloudWatchBackend.set_alarm_state = set_alarm_state
    clocks.start("alarms", TICK, tick)


def tick(now: float) -> None:
    """Evaluate every alarm that is due, where the region is not lost."""
    for account in list(cloudwatch_backends.values()):
        for backend in list(account.values()):
            if OUTAGES.dead(backend.region_name):
                continue
            for alarm in list(backend.alarms.values()):
                if "due" not in alarm.__dict__:
                    _hold(alarm, now)
                elif now >= alarm.due:
                    _hold(alarm, now)
                    alarm.__dict__.pop("held", None)
                    evaluate(backend, alarm)


def _hold(alarm: Alarm, now: float) -> None:
    """Let the clock look at the alarm again after AWS's interval."""
    interval = MINUTE if int(alarm.period or 0) >= MINUTE else HIGH_RESOLUTION
    alarm.due = now + interval * time_scale()


def on_data(backend: CloudWatchBackend, alarm: Alarm) -> None:
    """Evaluate an alarm whose metric has new data, unless somebody set its state just now."""
    if "held" not in alarm.__dict__:
        evaluate(backend, alarm)


def set_alarm_state(
    self: CloudWatchBackend, alarm_name: str, reason: str, reason_data: str, state_value: str
) -> None:
    """Set the state until the next evaluation, with the actions of a change."""
    alarm: Any = self.alarms.get(alarm_name)
    before = alarm_actions.state(alarm) if alarm else {}
    _set_alarm_state(self, alarm_name, reason, reason_data, state_value)  # refuses one that does not exist
    alarm.held = True
    _hold(alarm, time.monotonic())
    if before["value"] != state_value:
        alarm_actions.fire(self.account_id, alarm, before)


def evaluate(backend: CloudWatchBackend, alarm: Alarm) -> None:
    """Bring an alarm on one metric to the state that its data have it in."""
    if alarm.rule is not None or alarm.statistic not in STATISTICS or not alarm.metric_name:
        return
    with _LOCK:  # data and clock may come at once: one change, one message
        periods = int(alarm.evaluation_periods)
        rule = Rule(
            evaluation_periods=periods,
            datapoints_to_alarm=int(alarm.datapoints_to_alarm or periods),
            missing=alarm.treat_missing_data or "missing",
        )
        values = _values(backend, alarm, periods + FURTHER_POINTS)
        compare, threshold = COMPARISONS[alarm.comparison_operator], float(alarm.threshold)
        points = [None if value is None else compare(value, threshold) for value in values]
        found = state_of(points, rule)
        if found in (None, alarm.state_value):
            return
        before = alarm_actions.state(alarm)
        known = [value for value in values if value is not None][:periods]
        alarm.update_state(_reason(alarm, found, known), _reason_data(alarm, known), found)
        alarm_actions.fire(backend.account_id, alarm, before)


def _values(backend: CloudWatchBackend, alarm: Alarm, count: int) -> list[float | None]:
    """Return the statistic of the last periods, the newest first."""
    period, now = int(alarm.period) * time_scale(), time.time()
    periods: list[list[Any]] = [[] for _ in range(count)]
    for datum in data_of(backend, alarm, alarm.unit):
        age = max(now - seconds(datum.timestamp), 0)
        if age < period * count:
            periods[int(age // period)].append(datum)
    return [value_of(data, alarm.statistic) if data else None for data in periods]


def _reason(alarm: Alarm, state: str, known: list[float]) -> str:
    if not known:
        if state == "INSUFFICIENT_DATA":
            return f"Insufficient Data: {alarm.evaluation_periods} datapoints were unknown."
        treated = {"breaching": "Breaching", "notBreaching": "NonBreaching"}[alarm.treat_missing_data]
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.evaluation_periods} periods and "
            f"{alarm.evaluation_periods} missing datapoints were treated as [{treated}]."
        )
    plural = "datapoint" if len(known) == 1 else "datapoints"
    were = "was" if len(known) == 1 else "were"
    compared = ("" if state == "ALARM" else "not ") + WORDS[alarm.comparison_operator]
    return (
        f"Threshold Crossed: {len(known)} {plural} {known} {were} {compared} "
        f"the threshold ({float(alarm.threshold)})."
    )


def _reason_data(alarm: Alarm, known: list[float]) -> str:
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": f"{utcnow():%Y-%m-%dT%H:%M:%S}.000+0000",
            "statistic": alarm.statistic,
            "period": int(alarm.period),
            "recentDatapoints": known[::-1],
            "threshold": float(alarm.threshold),
        }
    )
