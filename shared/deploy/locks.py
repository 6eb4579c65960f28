"""Locks that are in the way of a run: waited for when their holder is ours and lives, broken when dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy import unlock
from shared.deploy.states import LOCK_SUFFIX, listing

if TYPE_CHECKING:
    from shared.deploy.run import Run
    from shared.deploy.work import Work

#: Seconds between two looks at a process that is waited for.
_LOOK = 0.5


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
        while not process.dead and not run.interrupts.stopping.wait(_LOOK):
            pass
        held = unlock.holder(work.entry, run.clients)
    if held and process.dead and unlock.process_of(held, run.history(work.address)) == process:
        unlock.break_lock(work.entry, run.clients, held.id)
        run.note(work, f"broke the lock of process {process.pid} on this host, which is gone: {held}")
    return True
