"""What speaks against moving the write name: a pure judgement, with a sentence for each reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from .configuration import Limits
from .readings import METRICS, Readings, Table
from .state import DRAINED, MOVING, State

_COMPLETE, _VALID = "Table completed", "Validated"
_ALL = 100
#: The answer travels in a message of SNS and in the logs.
_MOST_TABLES = 20


def against_cutover(readings: Readings, limits: Limits, state: State) -> list[str]:
    """Return every reason against a cutover, or, before the freeze, against beginning one."""
    frozen = state.stage in {DRAINED, MOVING}
    return [
        *_forward(readings, frozen=frozen),
        *_reverse(readings, frozen=frozen),
        *_tables(readings.tables),
        *_lag(readings, limits),
        *(f"the alarm {name} is in ALARM" for name, value in readings.alarms.items() if value == "ALARM"),
    ]


def against_rollback(readings: Readings) -> list[str]:
    """Return every reason against the way back."""
    status = readings.reverse.status
    if status in {"running", "stopped"} and not readings.reverse.errored:
        return []
    errored = f", with errors in {readings.reverse.errored} tables" if readings.reverse.errored else ""
    return [f"the reverse task is {status}{errored}: what was written to Aurora may be missing on premises"]


def not_fresh(state: State, limits: Limits, now: datetime) -> list[str]:
    """Return why the note that everything is drained does not count, if it does not."""
    if state.at is None:
        return ["the state does not say when everything was drained"]
    if state.at - now > timedelta(minutes=1):
        return [f"the state is of {state.at:%Y-%m-%d %H:%M:%S} UTC, which is yet to come"]
    age = now - state.at
    if age > timedelta(minutes=limits.drained_minutes):
        return [f"everything was drained {age.total_seconds() / 60:.0f} minutes ago: drain it again"]
    return []


def _forward(readings: Readings, *, frozen: bool) -> Iterator[str]:
    task = readings.forward
    if frozen and task.status == "running":
        yield "the forward task still runs: with the reverse task it would carry Aurora's rows in a circle"
    elif task.status != ("stopped" if frozen else "running"):
        reason = f" ({task.stop_reason})" if task.stop_reason else ""
        yield f"the forward task is {task.status}{reason}"
    if task.percent != _ALL:
        yield f"the full load is at {task.percent} %"
    if task.errored:
        yield f"{task.errored} tables have errors"


def _reverse(readings: Readings, *, frozen: bool) -> Iterator[str]:
    if frozen and readings.reverse.status != "running":
        yield f"the reverse task is {readings.reverse.status}: there would be no way back without loss"


def _tables(tables: tuple[Table, ...]) -> Iterator[str]:
    if not tables:
        yield "DMS knows of no table"
    bad = [reason for table in tables if (reason := _table(table))]
    yield from bad[:_MOST_TABLES]
    if len(bad) > _MOST_TABLES:
        yield f"{len(bad) - _MOST_TABLES} more tables are not valid"


def _table(table: Table) -> str:
    counts = {"pending": table.pending, "failed": table.failed, "suspended": table.suspended}
    left = ", ".join(f"{count} rows {what}" for what, count in counts.items() if count)
    if table.state == _COMPLETE and table.validation == _VALID and not left:
        return ""
    return f"{table.name}: {table.state or 'no state'}, {table.validation or 'not validated'}" + (
        f", {left}" if left else ""
    )


def _lag(readings: Readings, limits: Limits) -> Iterator[str]:
    """Yield what is wrong with the last values: they have to be there, and to be low, all of them.

    A value that is missing is no low one: DMS sets the latency to 0 when nothing happens, so a task that
    is well always has values.
    """
    worst = 0.0
    for metric in METRICS:
        values = [value for _, value in readings.latencies[metric][: limits.lag_window_minutes]]
        if len(values) < limits.lag_window_minutes:
            yield f"{metric} has {len(values)} values, and {limits.lag_window_minutes} minutes are needed"
        worst += max(values, default=0.0)
    if worst > limits.lag_limit_seconds:
        yield f"the latency was {worst:g} s, above {limits.lag_limit_seconds} s"
