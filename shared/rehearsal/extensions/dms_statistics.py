"""DMS: what a task says of its full load and of each table, and the metrics of its latency.

moto 5.2.5 has no DescribeTableStatistics, and the same made-up statistics for every task.

AWS: DMS API reference, ReplicationTaskStats, TableStatistics, DescribeTableStatistics (`MaxRecords` and
`Marker`; filters by schema, table and state); user guide, "Replication task metrics" (dimensions
ReplicationInstanceIdentifier and ReplicationTaskIdentifier, the last part of the task's ARN;
CDCLatencySource and CDCLatencyTarget in seconds, CDCIncomingChanges in rows). A metric comes once a minute
there; here three times, and `--time-scale` shortens the minute.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask, dms_backends
from moto.dms.responses import DatabaseMigrationServiceResponse

from shared.rehearsal.extensions import clocks
from shared.rehearsal.extensions.dms_replication import runner_of
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.pace import time_scale
from shared.rehearsal.replication import state as words
from shared.rehearsal.replication.runner import Runner
from shared.rehearsal.replication.state import TableState
from shared.rehearsal.replication.validation import NOT_ENABLED

_to_dict = FakeReplicationTask.to_dict
_TICK = 0.2
_A_MINUTE = 3
_PAGE = 100
_ALL = 100
_FILTERS = {"schema-name": "SchemaName", "table-name": "TableName", "table-state": "TableState"}
#: On a task: when its metrics are put next, on the monotonic clock.
_NEXT = "metrics_next"


def install() -> None:
    """Wrap what is described, and start the clock."""
    FakeReplicationTask.to_dict = to_dict
    DatabaseMigrationServiceResponse.describe_table_statistics = describe_table_statistics
    clocks.start("dms metrics", _TICK, tick)


def to_dict(self: FakeReplicationTask) -> dict[str, Any]:
    """Return the task with what it did."""
    runner = runner_of(self)
    document = {**_to_dict(self), "ReplicationTaskStats": _stats(self, runner)}
    if self.__dict__.get("failure"):
        document["LastFailureMessage"] = self.failure
    if runner and not runner.working and runner.stop_reason:
        document["StopReason"] = runner.stop_reason
    return document


def _stats(task: FakeReplicationTask, runner: Runner | None) -> dict[str, Any]:
    if task.start_date is None:
        return {}
    states = list(runner.known.values()) if runner else []
    of = {
        name: sum(one.state == name for one in states)
        for name in (words.BEFORE, words.LOADING, words.COMPLETED, words.ERROR)
    }
    loads = task.migration_type != "cdc"
    moments = {
        "StartDate": _seconds(task.start_date),
        "StopDate": _seconds(task.stop_date),
        "FullLoadStartDate": _seconds(runner.loaded[0]) if runner else None,
        "FullLoadFinishDate": _seconds(runner.loaded[1]) if runner else None,
    }
    return {
        "FullLoadProgressPercent": _ALL * of[words.COMPLETED] // len(states) if states and loads else 0,
        "ElapsedTimeMillis": 0,
        "TablesLoaded": of[words.COMPLETED],
        "TablesLoading": of[words.LOADING],
        "TablesQueued": of[words.BEFORE],
        "TablesErrored": of[words.ERROR],
        **{name: moment for name, moment in moments.items() if moment is not None},
    }


def _seconds(moment: datetime | None) -> float | None:
    """Return seconds since 1970; moto's moments without a zone are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() if moment else None


def describe_table_statistics(self: DatabaseMigrationServiceResponse) -> str:
    """Return what is known of each table, a page at a time."""
    asked = json.loads(self.body)
    task = self.dms_backend.replication_tasks.get(asked["ReplicationTaskArn"])
    if task is None:
        raise Fault(
            "ResourceNotFoundFault", f"Replication task {asked['ReplicationTaskArn']} could not be found."
        )
    runner = runner_of(task)
    found = [_table(runner, one) for _, one in sorted(runner.known.items())] if runner else []
    for one in asked.get("Filters") or ():
        found = [table for table in found if table[_FILTERS[one["Name"]]] in one["Values"]]
    first, size = int(asked.get("Marker") or 0), int(asked.get("MaxRecords") or _PAGE)
    answer: dict[str, Any] = {"ReplicationTaskArn": task.arn, "TableStatistics": found[first : first + size]}
    if first + size < len(found):
        answer["Marker"] = str(first + size)
    return json.dumps(answer)


def _table(runner: Runner, one: TableState) -> dict[str, Any]:
    place = (one.table.schema, one.table.name)
    captured, applied = (counts.get(place, (0, 0, 0)) for counts in runner.counts)
    verdict = one.verdict
    document = {
        "SchemaName": one.table.schema,
        "TableName": one.table.name,
        "Inserts": captured[0],
        "Updates": captured[1],
        "Deletes": captured[2],
        "Ddls": 0,
        "AppliedInserts": applied[0],
        "AppliedUpdates": applied[1],
        "AppliedDeletes": applied[2],
        "AppliedDdls": 0,
        "FullLoadRows": one.rows,
        "FullLoadCondtnlChkFailedRows": 0,
        "FullLoadErrorRows": 0,
        "FullLoadStartTime": _seconds(one.began),
        "FullLoadEndTime": _seconds(one.ended),
        "LastUpdateTime": _seconds(one.updated),
        "TableState": one.state,
        "ValidationPendingRecords": verdict.pending,
        "ValidationFailedRecords": verdict.failed,
        "ValidationSuspendedRecords": 0,
        "ValidationState": verdict.state if runner.plan.validate else NOT_ENABLED,
        "ValidationStateDetails": one.failure or verdict.details,
    }
    return {key: value for key, value in document.items() if value not in (None, "")}


def tick(now: float) -> None:
    """Put the metrics of every task that runs and is due."""
    for account in list(dms_backends.values()):
        for backend in list(account.values()):
            for task in list(backend.replication_tasks.values()):
                runner = runner_of(task)
                if runner and runner.status == "running" and now >= task.__dict__.get(_NEXT, 0.0):
                    setattr(task, _NEXT, now + 60 * time_scale() / _A_MINUTE)
                    _put(backend, task, runner)


def _put(backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask, runner: Runner) -> None:
    instance = backend.replication_instances.get(task.replication_instance_arn)
    dimensions = [
        {
            "Name": "ReplicationInstanceIdentifier",
            "Value": instance.id if instance else task.replication_instance_arn.rpartition(":")[2],
        },
        {"Name": "ReplicationTaskIdentifier", "Value": task.arn.rpartition(":")[2]},
    ]
    reading = runner.reading
    captured, applied = (sum(map(sum, counts.values())) for counts in runner.counts)
    waiting = max(captured - applied, 1) if reading.behind else 0
    values = {
        "CDCLatencySource": reading.source_seconds,
        "CDCLatencyTarget": reading.target_seconds,
        "CDCIncomingChanges": waiting,
    }
    cloudwatch_backends[backend.account_id][backend.region_name].put_metric_data(
        "AWS/DMS",
        [{"MetricName": name, "Dimensions": dimensions, "Value": value} for name, value in values.items()],
    )
