"""The lock of a state: who holds it, whether its holder lives, and how it is broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.deploy.states import LOCK_SUFFIX, ClientFactory, get_object
from shared.errors import Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.deploy.journal import EngineProcess
    from shared.deploy.manifest import StackEntry

#: A process takes the lock within moments of its start; journal and lock use the same clock.
_SLACK = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What Terraform wrote into the lock (internal/states/statemgr/locker.go, LockInfo)."""

    id: str
    who: str
    """`user@host`."""
    operation: str
    created: datetime
    version: str

    @property
    def host(self) -> str:
        """Host on which the holder runs."""
        return self.who.rpartition("@")[2]

    def __str__(self) -> str:
        return f"{self.who}, {self.operation}, since {self.created:%Y-%m-%d %H:%M:%S} UTC (lock {self.id})"


def parse(body: bytes) -> Holder:
    """Return the holder that a lock file names; fields that are missing become empty."""
    try:
        facts = json.loads(body)
    except ValueError:
        facts = {}
    try:
        # Go writes nanoseconds; Python reads six digits
        moment, _, zone = str(facts.get("Created", "")).rstrip("Z").partition("+")
        created = datetime.fromisoformat(f"{moment[:26]}+{zone or '00:00'}")
    except ValueError:
        created = datetime.fromtimestamp(0, UTC)
    return Holder(
        id=str(facts.get("ID", "")),
        who=str(facts.get("Who", "unknown")),
        operation=str(facts.get("Operation", "unknown operation")),
        created=created,
        version=str(facts.get("Version", "")),
    )


def holder(entry: StackEntry, clients: ClientFactory) -> Holder | None:
    """Return who holds the lock of the stack's state, None when nobody does."""
    body = get_object(entry, clients.client("s3", entry.state_region), entry.state_key + LOCK_SUFFIX)
    return None if body is None else parse(body)


def process_of(held: Holder, processes: Sequence[EngineProcess]) -> EngineProcess | None:
    """Return the process of ours that took the lock, None when none of ours can have.

    It is the stack's last process that was started before the lock was made and not seen to end
    before that, provided that it was started on the host that the lock names.
    """
    earlier = [p for p in processes if p.at <= held.created + _SLACK and p.host == held.host]
    last = earlier[-1] if earlier else None
    return None if last is None or (last.ended and last.ended < held.created) else last


def provably_dead(held: Holder, processes: Sequence[EngineProcess]) -> bool:
    """Tell whether the lock's holder is a process of ours, of this host, that is gone."""
    process = process_of(held, processes)
    return process is not None and process.dead


def describe(entry: StackEntry, held: Holder, processes: Sequence[EngineProcess]) -> Problem:
    """Return the problem that a held lock is, with what is known of its holder and what to do."""
    process = process_of(held, processes)
    if process is None:
        state = "it was not started from here: ask its owner whether it still runs"
    elif process.dead:
        state = f"its process {process.pid} on this host is gone"
    else:
        state = f"its process {process.pid} on this host still runs: let it finish"
    return Problem(
        where=entry.address,
        what=f"the state is locked by {held}; {state}",
        remedy=f"when nothing of it runs any more: `invoke unlock {entry.address}`",
    )


def break_lock(entry: StackEntry, clients: ClientFactory, lock_id: str) -> None:
    """Remove the lock with this id. Raises Refused when somebody else holds the lock by now."""
    held = holder(entry, clients)
    if held is None:
        return
    if held.id != lock_id:
        raise Refused(
            Problem(where=entry.address, what=f"the lock {lock_id} is gone; it is now held by {held}")
        )
    clients.client("s3", entry.state_region).delete_object(
        Bucket=entry.state_bucket, Key=entry.state_key + LOCK_SUFFIX
    )
