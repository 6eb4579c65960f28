"""Starts and stops DMS's tasks, and waits until they do. Every call may be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common.calls import told
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.reads import dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.cutover.facts import Task
    from shared.operations.cutover.work import Work

START, RESUME, RELOAD = "start-replication", "resume-processing", "reload-target"
"""DMS API reference, StartReplicationTask: the first run of a task is always `start-replication`; a task of
changes only begins anew with it, from now on; the others go on, or load everything anew."""
_LONGEST, _LATE = 600, 15
"""Seconds."""


def start(work: Work, arn: str, *, how: str) -> None:
    """Start a task that does not run, and wait until it runs.

    Raises StepFailedError when it fails, or does not run within ten minutes.
    """
    begin(work, arn, how=how)
    # what is described may be from a moment before
    patience = work.now() + _LATE
    task = _until(work, arn, lambda one: one.status in _final(work.now() > patience), "run")
    if task.status != "running":
        why = task.failure or task.stop_reason or "DMS does not say why"
        raise StepFailedError(f"the task {_name(arn)} is {task.status}: {why}")


def begin(work: Work, arn: str, *, how: str) -> None:
    """Start a task that does not run. Raises StepFailedError, and UserError when DMS refuses."""
    task = _until(work, arn, lambda one: one.status not in {"stopping", "modifying", "creating"}, "be still")
    if not task.running:
        with told("the task could not be started", f"look: `{work.handles.command('status')}`"):
            work.client("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType=how)


def stop(work: Work, arn: str) -> None:
    """Stop a task that runs, and wait until it has. Raises StepFailedError when it does not."""
    client = work.client("dms")
    task = _until(work, arn, lambda one: one.status not in {"starting", "resuming"}, "be still")
    if task.status == "running":
        with told("the task could not be stopped", f"look: `{work.handles.command('status')}`"):
            client.stop_replication_task(ReplicationTaskArn=arn)
    _until(work, arn, lambda one: one.status not in {"running", "stopping"}, "stop")


def look(work: Work, arn: str) -> Task:
    """Return a task. Raises UserError when DMS does not say."""
    with told(f"DMS does not say how {_name(arn)} is", f"look: `{work.handles.command('status')}`"):
        return dms.task(work.client("dms"), arn)


def _final(late: bool) -> set[str]:
    return {"running", "failed", "missing", *(("stopped", "ready") if late else ())}


def _until(work: Work, arn: str, wanted: Callable[[Task], bool], what: str) -> Task:
    limit = work.now() + _LONGEST
    while not wanted(task := look(work, arn)):
        if work.now() > limit:
            raise StepFailedError(f"the task {_name(arn)} does not {what}: it is {task.status}")
        work.pause()
    return task


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
