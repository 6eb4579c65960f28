"""Locks that are in the way of a run: waited for when their holder is ours and lives, broken when dead."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.deploy import unlock
from shared.deploy.log import StackLog
from shared.deploy.states import LOCK_SUFFIX, listing

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.journal import Journal
    from shared.deploy.log import Event
    from shared.deploy.manifest import StackEntry
    from shared.deploy.run import Run
    from shared.deploy.states import ClientFactory
    from shared.deploy.work import Work

#: Seconds between two looks at a process that is waited for.
_LOOK = 0.5
#: Longest wait for a process that a killed run left behind; creating an Aurora cluster takes minutes.
LONGEST_WAIT_SECONDS = 3600.0
#: Phases whose process is known to hold the lock from its first `apply_start` on.
_WRITING = frozenset({"apply", "destroy"})


class Witness(StackLog):
    """A stack's log that also notes which lock a process holds that changes something.

    After a kill the noted lock is the proof that it is ours and may be broken. It is a proof only:
    when S3 does not answer, the run goes on without it.
    """

    def __init__(self, folder: Path, entry: StackEntry, clients: ClientFactory, journal: Journal) -> None:
        super().__init__(folder, entry.address)
        self._entry, self._clients, self._journal = entry, clients, journal
        self.writing = False
        """Whether the process whose output comes now, or came last, changes something."""
        self._open = False
        self._pid = 0

    def started(self, phase: str, pid: int) -> None:
        """Record the process whose output comes now."""
        self._journal.started(self._entry.address, self._entry.state_key, phase, pid)
        self.writing = self._open = phase in _WRITING
        self._pid = pid

    def receive(self, line: str) -> Event:
        """Log one line of the engine's output and return it as an event."""
        event = super().receive(line)
        if self._open and event.get("type") == "apply_start":
            self._open = False
            self._note()
        return event

    def _note(self) -> None:
        try:
            held = unlock.holder(self._entry, self._clients)
        except (BotoCoreError, ClientError):
            return
        if held and held.ours:
            self._journal.write("lock", self._entry.address, pid=self._pid, id=held.id)


def clear(run: Run) -> bool:
    """Deal with the locks that processes of earlier runs left; return whether there were any.

    A lock of a process that is gone for certain is broken, and that is said. One of a process that
    still runs (its run was killed, Terraform goes on) is waited for. All others are left alone:
    Terraform waits for them as long as `lock_timeout`, then the holder is named.
    """
    cleared = [_clear_one(run, work) for work in run.works.values() if _locked(run, work)]
    return any(cleared)


def _locked(run: Run, work: Work) -> bool:
    entry = work.entry
    place = (entry.state_region, entry.state_bucket)
    keys = run.listings.get(place)
    if keys is None:
        # one listing tells which of all stacks are locked: mostly none
        keys = listing(run.clients, *place, prefix=f"{run.manifest.system}/{run.manifest.suffix}/")
        run.listings[place] = keys
    return entry.state_key + LOCK_SUFFIX in keys


def _clear_one(run: Run, work: Work) -> bool:
    held = unlock.holder(work.entry, run.clients)
    process = unlock.process_of(held, run.history(work.address)) if held else None
    if held is None or process is None or not process.here:
        return False
    if not process.dead:
        run.note(
            work, f"waits for {process.phase} of an earlier run, process {process.pid}, which still runs"
        )
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while not process.dead and time.monotonic() < until and not run.interrupts.stopping.wait(_LOOK):
            pass
        held = unlock.holder(work.entry, run.clients)
    if held and process.dead and unlock.process_of(held, run.history(work.address)) == process:
        unlock.break_lock(work.entry, run.clients, held.id)
        run.note(work, f"broke the lock of process {process.pid} on this host, which is gone: {held}")
    return True
