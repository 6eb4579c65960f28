"""What DMS says: tasks, tables, connections. Raises botocore's errors."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shared.operations.cutover.facts import Table, Task

if TYPE_CHECKING:
    from datetime import datetime

    from shared.operations.cutover.handles import Handles


def task(client: Any, arn: str) -> Task:
    """Return a task."""
    wanted = [{"Name": "replication-task-arn", "Values": [arn]}]
    try:
        found = client.describe_replication_tasks(Filters=wanted, WithoutSettings=True)["ReplicationTasks"]
    except client.exceptions.ResourceNotFoundFault:
        found = []
    if not found:
        return Task(status="missing")
    stats = found[0].get("ReplicationTaskStats", {})
    return Task(
        status=found[0]["Status"],
        stop_reason=found[0].get("StopReason", ""),
        failure=found[0].get("LastFailureMessage", ""),
        percent=stats.get("FullLoadProgressPercent", 0),
        errored=stats.get("TablesErrored", 0),
        begun=bool(found[0].get("ReplicationTaskStartDate") or stats.get("StartDate")),
        resumed=_later(stats.get("StartDate"), stats.get("FullLoadFinishDate")),
    )


def _later(start: datetime | None, end: datetime | None) -> bool:
    return start is not None and end is not None and start > end


def tables(client: Any, arn: str) -> tuple[Table, ...]:
    """Return the tables of a task."""
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
    return tuple(
        Table(
            name=f"{one['SchemaName']}.{one['TableName']}",
            state=one.get("TableState", ""),
            validation=one.get("ValidationState", ""),
            pending=one.get("ValidationPendingRecords", 0),
            failed=one.get("ValidationFailedRecords", 0),
            suspended=one.get("ValidationSuspendedRecords", 0),
        )
        for page in pages
        for one in page["TableStatistics"]
    )


def connection(client: Any, handles: Handles, endpoint: str) -> tuple[str, str]:
    """Return how the last test of a connection went (`successful`, `failed`, `testing`), and why.

    `untested` when there was none.
    """
    wanted = [
        {"Name": "endpoint-arn", "Values": [endpoint]},
        {"Name": "replication-instance-arn", "Values": [handles.instance_arn]},
    ]
    try:
        found = client.describe_connections(Filters=wanted)["Connections"]
    except client.exceptions.ResourceNotFoundFault:
        found = []
    # a filter is not everywhere what it says
    found = [one for one in found if one["EndpointArn"] == endpoint]
    if not found:
        return "untested", ""
    return str(found[0]["Status"]), str(found[0].get("LastFailureMessage", ""))


def ask_for_test(client: Any, handles: Handles, endpoint: str) -> None:
    """Ask for a test of a connection; one that is under way already is as good."""
    with suppress(client.exceptions.InvalidResourceStateFault):
        client.test_connection(ReplicationInstanceArn=handles.instance_arn, EndpointArn=endpoint)
