"""DMS's events of a task, for EventBridge.

moto 5.2.5 has none. AWS: DMS user guide, "Working with Amazon EventBridge events" (the sample event, the
categories and ids). The document and the events that people receive do not agree on `detail.type` and
`eventId`; these are as received.
"""

from __future__ import annotations

import json
import sys

from moto.core.exceptions import ServiceException
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask
from moto.events.models import events_backends

#: Status -> category, `eventType`, `eventId`; of the rest nobody is told.
EVENTS = {
    "running": ("StateChange", "REPLICATION_TASK_STARTED", "DMS-EVENT-0069"),
    "stopped": ("StateChange", "REPLICATION_TASK_STOPPED", "DMS-EVENT-0079"),
    "failed": ("Failure", "REPLICATION_TASK_FAILED", "DMS-EVENT-0078"),
}


def record(
    backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask, status: str, message: str
) -> None:
    """Tell EventBridge that a task has this status now."""
    if status not in EVENTS:
        return
    category, kind, number = EVENTS[status]
    region = backend.region_name
    console = f"https://console.aws.amazon.com/dms/v2/home?region={region}"
    entry = {
        "Source": "aws.dms",
        "DetailType": "DMS Replication Task State Change",
        "Resources": [task.arn],
        "Detail": json.dumps(
            {
                "type": "REPLICATION_TASK",
                "category": category,
                "eventType": kind,
                "eventId": number,
                "resourceLink": f"{console}#taskDetails/{task.id}",
                "detailMessage": message,
            }
        ),
    }
    try:
        events_backends[backend.account_id][region].put_events([entry])
    except ServiceException as error:
        sys.stderr.write(f"embedded AWS: an event of {task.id} was lost: {error}\n")
