"""The lock of a state: who holds it, whether its holder lives, and how it is broken."""

from __future__ import annotations

import json
import os
import pwd
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.deploy import journal
from shared.deploy.log import safe
from shared.deploy.options import Options
from shared.deploy.states import LOCK_SUFFIX, ClientFactory, get_object, get_tagged
from shared.errors import Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.deploy.journal import EngineProcess
    from shared.deploy.manifest import StackEntry

#: A process takes the lock within moments of its start; journal and lock use the same clock.
_SLACK = timedelta(seconds=1)
#: A process that has to wait for the lock gives up after this long.
_PATIENCE = timedelta(seconds=Options.lock_timeout)
#: Phases of the engine that take the lock; `init` does not.
_LOCKING = frozenset({"plan", "apply", "destroy", "import", "push"})
#: S3 answers so when the object is another one by now, or when it is written at the same time.
_MOVED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


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

    @property
    def ours(self) -> bool:
        """Whether the holder is a process of this user."""
        return self.who.rpartition("@")[0] == _me()

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
    """Return the process of ours that took the lock, None when none of ours provably did.

    That is the process of which the journal knows this very lock. Of a process that was gone before
    its lock was noted, circumstances have to prove it: same host, same user, a phase that takes the
    lock, made while the process could wait for it and (once it is gone) while it still wrote.
    """
    known = {process: lock for process in processes if (lock := _noted(process))}
    for process, lock in known.items():
        if held.id and lock == held.id:
            return process
    fitting = [p for p in processes if p not in known and _may_have_taken(p, held)]
    return fitting[-1] if fitting else None


def _may_have_taken(process: EngineProcess, held: Holder) -> bool:
    return (
        process.phase in _LOCKING
        and process.host == held.host
        and held.ours
        and process.at - _SLACK <= held.created <= process.at + _PATIENCE + _SLACK
        and (process.ended is None or process.ended >= held.created)
        # else somebody else's, on a host of the same name: ours was gone before the lock was made
        and (not process.dead or _wrote_after(process, held.created))
    )


def _noted(process: EngineProcess) -> str | None:
    """Return the lock that the process was seen to hold, as its run's journal says."""
    events = (e for e in journal.read(process.folder) if e["event"] == "lock")
    found = [e["id"] for e in events if (e["stack"], e["pid"]) == (process.address, process.pid)]
    return found[-1] if found else None


def _wrote_after(process: EngineProcess, moment: datetime) -> bool:
    """Return whether the process, as this user, wrote into its log after this moment: it lived then."""
    path = process.folder / "logs" / f"{safe(process.address)}.{process.phase}.jsonl"
    if not path.is_file() or path.stat().st_uid != os.getuid():
        return False
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) + _SLACK >= moment


def _me() -> str:
    """Return this user's name as the engine writes it into a lock (Go's os/user, Username)."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return os.environ.get("USER", "")


def provably_dead(held: Holder, processes: Sequence[EngineProcess]) -> bool:
    """Tell whether the lock's holder is a process of ours, of this host, that is gone."""
    process = process_of(held, processes)
    return process is not None and process.dead


def describe(
    entry: StackEntry, held: Holder, processes: Sequence[EngineProcess], *, place: str = ""
) -> Problem:
    """Return the problem that a held lock is, with what is known of its holder and what to do.

    `place` is the manifest's: the command that breaks the lock ends so.
    """
    process = process_of(held, processes)
    if process is None or not process.here:
        state = "it was not started from here: ask its owner whether it still runs"
    elif process.dead:
        state = f"its process {process.pid} on this host is gone"
    else:
        state = f"its process {process.pid} on this host still runs: let it finish"
    return Problem(
        where=entry.address,
        what=f"the state is locked by {held}; {state}",
        remedy=f"when nothing of it runs any more: `invoke unlock {entry.address}{place}`",
    )


def break_lock(entry: StackEntry, clients: ClientFactory, lock_id: str) -> None:
    """Remove the lock with this id. Raises Refused when somebody else holds the lock by now."""
    client = clients.client("s3", entry.state_region)
    place = {"Bucket": entry.state_bucket, "Key": entry.state_key + LOCK_SUFFIX}
    found = get_tagged(entry, client, place["Key"])
    if found is None:
        return
    held, tag = parse(found[0]), found[1]
    if held.id == lock_id:
        try:
            # exactly the object that was looked at: another one may be there a moment later
            client.delete_object(**place, IfMatch=tag)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MOVED:
                raise
            now = holder(entry, clients)
            if now is None:
                return
            held = now
        else:
            return
    raise Refused(Problem(where=entry.address, what=f"the lock {lock_id} is gone; it is now held by {held}"))
