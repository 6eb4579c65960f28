"""DMS: a task that is started replicates, between the two PostgreSQL servers that its endpoints lead to.

moto 5.2.5 says `running` and does nothing. Where the secret's host does not answer as PostgreSQL, a task is
made and stays `ready`; starting it ends as `failed`.

AWS: DMS API reference, StartReplicationTask (`start-replication` is for the first time, but for tasks of
changes only, which it begins anew; `resume-processing` and `reload-target` are for later),
StopReplicationTask, DeleteReplicationTask (not while it runs), ReplicationTask (`Status`, `StopReason`,
`LastFailureMessage`); user guide, "Full-load task settings" (`StopTaskCachedChangesApplied`). The copying
itself: `shared/rehearsal/replication`.

Different from AWS: both directions at once are refused (the second one fails), where DMS would carry rows
in a circle; a start position is refused, since it needs a slot of one's own; a task that was stopped while it
loaded and goes on loads every table anew, where DMS leaves those that were complete.
"""

from __future__ import annotations

import hashlib
import json
import threading
from functools import partial
from typing import Any

from moto.core.utils import utcnow
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask
from moto.dms.responses import DatabaseMigrationServiceResponse

from shared.rehearsal.extensions import dms_events
from shared.rehearsal.extensions.dms_ends import NoEndError, end_of, settings_of
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.replication.link import Link
from shared.rehearsal.replication.runner import FAILED, STARTING, STOPPING, Plan, Runner

_reset = DatabaseMigrationServiceBackend.reset
_delete_replication_task = DatabaseMigrationServiceBackend.delete_replication_task

START, RESUME, RELOAD = "start-replication", "resume-processing", "reload-target"
KINDS = ("full-load-and-cdc", "cdc")
_LOCK = threading.Lock()


def install() -> None:
    """Replace starting and stopping, and wrap what ends a task."""
    DatabaseMigrationServiceResponse.start_replication_task = start_replication_task
    DatabaseMigrationServiceResponse.stop_replication_task = stop_replication_task
    DatabaseMigrationServiceBackend.delete_replication_task = delete_replication_task
    DatabaseMigrationServiceBackend.reset = reset


def runner_of(task: FakeReplicationTask) -> Runner | None:
    """Return what works for a task, or did; None before its first start, and when that failed at once."""
    found: Runner | None = task.__dict__.get("runner")
    return found


def start_replication_task(self: DatabaseMigrationServiceResponse) -> str:
    """Begin; the answer says `starting`, whatever becomes of it."""
    asked, backend = json.loads(self.body), self.dms_backend
    with _LOCK:
        task = _task(backend, asked["ReplicationTaskArn"])
        _allowed(task, asked)
        task.status, task.start_date, task.failure = STARTING, utcnow(), ""
        # the answer is made before anything else can happen to the status
        answer = json.dumps({"ReplicationTask": task.to_dict()})
        how = asked["StartReplicationTaskType"]
        try:
            _begin(backend, task, how)
        except (NoEndError, ValueError) as error:
            task.status, task.failure = FAILED, str(error)
            dms_events.record(backend, task, FAILED, str(error))
    return answer


def _allowed(task: FakeReplicationTask, asked: dict[str, Any]) -> None:
    how, first = asked["StartReplicationTaskType"], task.start_date is None
    if task.status in {STARTING, "running", STOPPING}:
        raise Fault("InvalidResourceStateFault", f"Replication Task cannot be started, it is {task.status}")
    if asked.get("CdcStartPosition") or asked.get("CdcStartTime"):
        raise Fault("InvalidParameterValueException", "A start position needs a slot of one's own")
    if how == START and not first and task.migration_type != "cdc":
        raise Fault(
            "InvalidParameterCombinationException",
            "Start Type : START_REPLICATION, valid only for tasks running for the first time",
        )
    if how != START and first:
        raise Fault(
            "InvalidParameterCombinationException",
            f"Start Type : {how}, valid only for tasks that ran before",
        )
    if how == RELOAD and task.migration_type == "cdc":
        raise Fault("InvalidParameterCombinationException", "A task of changes only loads nothing")


def _begin(backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask, how: str) -> None:
    """Start a runner. NoEndError, ValueError: it cannot be, and a task ends as failed for it."""
    if task.migration_type not in KINDS:
        raise ValueError(f"{task.migration_type} is not emulated; {', '.join(KINDS)} are")
    source = end_of(backend, task.source_endpoint_arn)
    target = end_of(backend, task.target_endpoint_arn)
    for other in backend.replication_tasks.values():
        found = runner_of(other)
        if found and found.working and found.link.source.place == target.place:
            raise ValueError(f"{other.id} runs the other way: rows would be carried in a circle")
    before = runner_of(task)
    name = f"dms_{hashlib.sha256(task.arn.encode()).hexdigest()[:12]}"
    goes_on = how == RESUME and before is not None and not before.loads_anew
    runner = Runner(
        link=Link(source, target, name),
        plan=_plan(backend, task),
        # what never ran has nothing to go on from
        fresh=not goes_on,
        told=partial(_told, backend, task),
        known=before.known if before and goes_on else {},
        loaded=before.loaded if before and goes_on else (None, None),
    )
    task.runner = runner
    runner.start()


def _plan(backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask) -> Plan:
    settings = json.loads(task.replication_task_settings or "{}")
    load = settings.get("FullLoadSettings", {})
    endpoint = next(e for e in backend.endpoints.values() if e.endpoint_arn == task.source_endpoint_arn)
    return Plan(
        kind=task.migration_type,
        mappings=task.table_mappings,
        # what DMS does when the settings do not say it
        preparation=load.get("TargetTablePrepMode", "DROP_AND_CREATE"),
        ignore_conflicts=bool(settings.get("ErrorBehavior", {}).get("FullLoadIgnoreConflicts", True)),
        stop_when_cached_are_applied=bool(load.get("StopTaskCachedChangesApplied", False)),
        validate=bool(settings.get("ValidationSettings", {}).get("EnableValidation", False)),
        follow_new_tables=bool(settings_of(endpoint).get("CaptureDdls", True)),
    )


def _told(backend: DatabaseMigrationServiceBackend, task: FakeReplicationTask, runner: Runner) -> None:
    """Show the status of the runner, and let EventBridge know; of one that was replaced, nothing."""
    if runner_of(task) is not runner:
        return
    with _LOCK:
        task.status, task.failure = runner.status, runner.failure
        if not runner.working:
            task.stop_date = utcnow()
    flag = "fresh start" if runner.fresh else "resume"
    said = runner.failure or runner.stop_reason or f"Replication task started, with flag = {flag}"
    dms_events.record(backend, task, runner.status, said)


def stop_replication_task(self: DatabaseMigrationServiceResponse) -> str:
    """Begin to stop one that runs."""
    with _LOCK:
        task = _task(self.dms_backend, json.loads(self.body)["ReplicationTaskArn"])
        runner = runner_of(task)
        if task.status != "running" or runner is None:
            raise Fault("InvalidResourceStateFault", f"Replication task is not running, it is {task.status}")
        task.status = STOPPING
        answer = json.dumps({"ReplicationTask": task.to_dict()})
        runner.stop()
    return answer


def delete_replication_task(
    self: DatabaseMigrationServiceBackend, replication_task_arn: str
) -> FakeReplicationTask:
    """Forget a task that does not run, and take its slot away, which would keep the source's log for ever."""
    task = _task(self, replication_task_arn)
    if task.status in {STARTING, "running", STOPPING}:
        raise Fault("InvalidResourceStateFault", f"Replication Task cannot be deleted, it is {task.status}")
    _clear(task)
    return _delete_replication_task(self, replication_task_arn)


def reset(self: DatabaseMigrationServiceBackend) -> None:
    """Empty the service: what runs is stopped, and nothing of it stays in the servers."""
    for task in list(self.replication_tasks.values()):
        _clear(task)
    _reset(self)


def _clear(task: FakeReplicationTask) -> None:
    runner = runner_of(task)
    if runner:
        # it is no task any more: nobody hears of its end
        task.runner = None
        runner.end()
        runner.link.drop()


def _task(backend: DatabaseMigrationServiceBackend, arn: str) -> FakeReplicationTask:
    task = backend.replication_tasks.get(arn)
    if task is None:
        raise Fault("ResourceNotFoundFault", f"Replication task {arn} could not be found.")
    return task
