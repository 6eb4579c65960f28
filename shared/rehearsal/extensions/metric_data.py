"""CloudWatch metrics: GetMetricData returns the metric that was asked for, in whole periods.

moto 5.2.5 mixes up metrics of one name in two namespaces, compares dimensions after a sort that is
none (two metrics with two dimensions each are not found, depending on their values), returns every
metric of the name when no dimension is given, and begins a period at any second, so that the same
moment counts in one answer and not in the next. It looks through everything that was ever put.

AWS: "CloudWatch concepts" (a metric is its namespace, name and dimensions, exactly); API reference of
GetMetricData (`StartTime` is rounded down to the whole minute, values stand at the start of their
period; the newest first unless `ScanBy` says otherwise).

With `--time-scale` periods are shorter in proportion, here as in alarms. Queries with expressions and
percentiles are still moto's.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatumBase, Statistics

from shared.rehearsal.extensions.pace import time_scale

_put_metric_data = CloudWatchBackend.put_metric_data
_get_metric_data = CloudWatchBackend.get_metric_data

#: What a period is made of (`Statistics` of moto); others are percentiles.
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

#: `StartTime` of the last 15 days is rounded down to a minute, or to a shorter period (API reference).
ROUNDING = 60

_LOCK = threading.Lock()

Dimensions = Iterable[dict[str, str]]


def install() -> None:
    """Keep what is put by its metric, and replace the reading of it."""
    CloudWatchBackend.put_metric_data = put_metric_data
    CloudWatchBackend.get_metric_data = get_metric_data


def put_metric_data(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """Store the data, and list the new ones under their metric."""
    with _LOCK:
        before = len(self.metric_data)
        _put_metric_data(self, namespace, metric_data)
        kept = _kept(self)
        for datum in self.metric_data[before:]:
            kept.setdefault(_key(namespace, datum.name, _pairs(datum)), []).append(datum)


def _kept(backend: CloudWatchBackend) -> dict[Any, list[MetricDatumBase]]:
    kept: dict[Any, list[MetricDatumBase]] = backend.__dict__.setdefault("metric_data_by_metric", {})
    return kept


def _key(namespace: str, name: str, dimensions: Iterable[tuple[str, str]]) -> Any:
    return namespace, name, frozenset(dimensions)


def _pairs(of: Any) -> list[tuple[str, str]]:
    return [(dimension.name, dimension.value) for dimension in of.dimensions]


def data_of(backend: CloudWatchBackend, metric: Any, unit: str | None = None) -> Sequence[MetricDatumBase]:
    """Return what was put for a metric (an alarm is one: namespace, metric_name, dimensions)."""
    found = list(_kept(backend).get(_key(metric.namespace, metric.metric_name, _pairs(metric)), ()))
    return [datum for datum in found if unit in (None, datum.unit)]


def seconds(moment: datetime) -> float:
    """Return seconds since 1970; moto's moments without a zone are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def value_of(data: Sequence[MetricDatumBase], statistic: str) -> float:
    """Return one of STATISTICS over data, of which there has to be some."""
    statistics = Statistics([statistic], data[0].timestamp)
    statistics.metric_data = list(data)
    return float(statistics.get_statistics_for_type(statistic))


def get_metric_data(
    self: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Return the values of each query's metric, period by period."""
    ours = all(query.get("MetricStat", {}).get("Stat") in STATISTICS for query in queries)
    if not ours or start_time >= end_time:  # moto has the words of the refusal
        moto: list[dict[str, Any]] = _get_metric_data(self, queries, start_time, end_time, scan_by)
        return moto
    window = (seconds(start_time), seconds(end_time))
    answers = [_answer(self, query, window) for query in queries if query.get("ReturnData", True)]
    if scan_by == "TimestampDescending":
        for answer in answers:
            answer["values"].reverse()
            answer["timestamps"].reverse()
    return answers


def _answer(backend: CloudWatchBackend, query: dict[str, Any], window: tuple[float, float]) -> dict[str, Any]:
    asked, period = query["MetricStat"], int(query["MetricStat"]["Period"])
    metric = asked["Metric"]
    key = _key(
        metric["Namespace"],
        metric["MetricName"],
        [(dimension["Name"], dimension["Value"]) for dimension in metric.get("Dimensions", ())],
    )
    scale = time_scale()
    step, rounding = period * scale, min(period, ROUNDING) * scale
    first = math.floor(window[0] / rounding) * rounding
    periods: dict[int, list[MetricDatumBase]] = {}
    for datum in list(_kept(backend).get(key, ())):
        number = math.floor((seconds(datum.timestamp) - first) / step)
        if number >= 0 and first + number * step < window[1] and asked.get("Unit") in (None, datum.unit):
            periods.setdefault(number, []).append(datum)
    start = datetime.fromtimestamp(first, UTC).replace(tzinfo=None)
    return {
        "id": query["Id"],
        "label": query.get("Label") or metric["MetricName"],
        "timestamps": [start + timedelta(seconds=number * step) for number in sorted(periods)],
        "values": [value_of(periods[number], asked["Stat"]) for number in sorted(periods)],
        "status_code": "Complete",
    }
