"""DMS: tasks and instances as the provider and the SDKs can read them.

moto 5.2.5 writes times as texts (SDKs in Go refuse them: "expected TStamp to be a JSON Number"), leaves a
task `creating` for ever, does not know `ResourceIdentifier`, and has no ModifyReplicationTask.

AWS: DMS API reference, CreateReplicationTask (`ResourceIdentifier` is the end of the ARN; a task is `ready`
when it was made), ReplicationTask; times are numbers in the protocol (AWS JSON 1.1).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.dms.models import (
    DatabaseMigrationServiceBackend,
    FakeReplicationInstance,
    FakeReplicationTask,
)
from moto.dms.responses import DatabaseMigrationServiceResponse

from shared.rehearsal.extensions.faults import Fault

_task_to_dict = FakeReplicationTask.to_dict
_instance_to_dict = FakeReplicationInstance.to_dict
_create_replication_task = DatabaseMigrationServiceResponse.create_replication_task

_CHANGEABLE = {
    "TableMappings": "table_mappings",
    "ReplicationTaskSettings": "replication_task_settings",
    "MigrationType": "migration_type",
}


def install() -> None:
    """Wrap what is described, and add the missing actions."""
    FakeReplicationTask.to_dict = task_to_dict
    FakeReplicationInstance.to_dict = instance_to_dict
    DatabaseMigrationServiceResponse.create_replication_task = create_replication_task
    DatabaseMigrationServiceResponse.modify_replication_task = modify_replication_task


def task_to_dict(self: FakeReplicationTask) -> dict[str, Any]:
    """Return the task with times as numbers, and without those that are not known."""
    found: dict[str, Any] = _timed(_task_to_dict(self))
    return found


def instance_to_dict(self: FakeReplicationInstance) -> dict[str, Any]:
    """Return the instance in the same way."""
    found: dict[str, Any] = _timed(_instance_to_dict(self))
    return found


def create_replication_task(self: DatabaseMigrationServiceResponse) -> str:
    """Make a task that is ready, under the ARN that was asked for."""
    made = json.loads(_create_replication_task(self))["ReplicationTask"]
    backend, wanted = self.dms_backend, json.loads(self.body).get("ResourceIdentifier")
    task = backend.replication_tasks.pop(made["ReplicationTaskArn"])
    if wanted:
        _rename(backend, task, f"{task.arn.rpartition(':')[0]}:{wanted}")
    backend.replication_tasks[task.arn] = task.ready()
    return _answer(task)


def _rename(backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask, arn: str) -> None:
    tags = backend.tagger.get_tag_dict_for_resource(task.arn)
    backend.tagger.delete_all_tags_for_resource(task.arn)
    task.arn = arn
    backend.tag_resource(arn, tags)


def modify_replication_task(self: DatabaseMigrationServiceResponse) -> str:
    """Change a task that does not run. AWS refuses it for one that does."""
    asked = json.loads(self.body)
    task = _task(self, asked["ReplicationTaskArn"])
    if task.status in {"starting", "running", "stopping"}:
        raise Fault("InvalidResourceStateFault", f"A task that is {task.status} cannot be modified")
    for key, attribute in _CHANGEABLE.items():
        if asked.get(key):
            setattr(task, attribute, asked[key])
    return _answer(task)


def _task(response: DatabaseMigrationServiceResponse, arn: str) -> FakeReplicationTask:
    task = response.dms_backend.replication_tasks.get(arn)
    if task is None:
        raise Fault("ResourceNotFoundFault", f"Replication task {arn} could not be found.")
    return task


def _answer(task: FakeReplicationTask) -> str:
    return json.dumps({"ReplicationTask": task.to_dict()})


def _timed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with every time as seconds since 1970 (UTC), at any depth."""
    return {
        key: _timed(value) if isinstance(value, dict) else _seconds(key, value)
        for key, value in document.items()
        if value is not None
    }


def _seconds(key: str, value: Any) -> Any:
    if not (isinstance(value, str) and key.endswith(("Date", "Time"))):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
