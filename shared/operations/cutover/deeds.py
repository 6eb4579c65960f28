"""What each step does. Every deed may be done again: after a kill it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.operations.common.calls import told
from shared.operations.cutover import draining, gates, naming, replication, sequences, slots
from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.findings.target import structure
from shared.operations.cutover.reads import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.operations.cutover.database import Database
    from shared.operations.cutover.work import Work

_SNAPSHOT_SECONDS, _ANALYZE_SECONDS = 3600, 3600
_PROOF, _PROOF_SECONDS = "proof", 10
"""After so long another row is written: the reverse task may have begun behind the first one."""


def prepare(work: Work) -> None:
    """Have Aurora count its rows: right after the move its queries are planned by that."""
    with work.database(AURORA, seconds=_ANALYZE_SECONDS) as database:
        database.do("ANALYZE")


def snapshot(work: Work) -> None:
    """Take a snapshot of Aurora, and wait for it."""
    name = work.kept("snapshot")
    if not name:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        name = f"before-cutover-{work.environment.environment_suffix}-{stamp}"
        work.keep(snapshot=name)
    client, limit = work.client("rds"), work.now() + _SNAPSHOT_SECONDS
    with told("the snapshot cannot be taken", "look at the cluster's events in RDS"):
        while True:
            try:
                found = client.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=name)
                status = found["DBClusterSnapshots"][0]["Status"]
            except client.exceptions.DBClusterSnapshotNotFoundFault:
                client.create_db_cluster_snapshot(
                    DBClusterSnapshotIdentifier=name, DBClusterIdentifier=work.handles.cluster_identifier
                )
                status = "creating"
            if status == "available":
                work.say(f"snapshot {name}")
                return
            if status == "failed" or work.now() > limit:
                raise StepFailedError(f"the snapshot {name} is {status}")
            work.pause()


def freeze_source(work: Work) -> None:
    """Freeze the source."""
    _freeze(work, ON_PREMISES)


def freeze_aurora(work: Work) -> None:
    """Freeze Aurora."""
    _freeze(work, AURORA)


def open_source(work: Work) -> None:
    """Open the source."""
    _open(work, ON_PREMISES)


def open_aurora(work: Work) -> None:
    """Open Aurora."""
    _open(work, AURORA)


def open_aurora_for_writes(work: Work) -> None:
    """Open Aurora, after a look whether it refuses what the source refuses."""
    schemas, sentinel = work.environment.replication.schemas, work.sentinels.name
    with work.database(ON_PREMISES) as source, work.database(AURORA) as target:
        found = structure(catalog.read(source, schemas, sentinel), catalog.read(target, schemas, sentinel))
    accepted = work.kept("accepted") or ()
    missing = [one.what for one in found if one.verdict == "blocks" and one.code not in accepted]
    if missing:
        raise StepFailedError("; ".join(missing))
    _open(work, AURORA)


def drain(work: Work) -> None:
    """Wait until all is in Aurora."""
    draining.drain(work)


def drain_back(work: Work) -> None:
    """Wait until all is in the source."""
    draining.drain(work, back=True)


def stop_forward(work: Work) -> None:
    """Stop the forward task."""
    replication.stop(work, work.handles.forward_task)


def stop_reverse(work: Work) -> None:
    """Stop the reverse task."""
    replication.stop(work, work.handles.reverse_task)


def stop_reverse_for_good(work: Work) -> None:
    """Stop the reverse task, and say what it leaves behind."""
    stop_reverse(work)
    slots.tell(work)


def resume_forward(work: Work) -> None:
    """Let the forward task go on from where it was stopped."""
    replication.start(work, work.handles.forward_task, how=replication.RESUME)


def resume_reverse(work: Work) -> None:
    """Let the reverse task go on from where it was stopped."""
    replication.start(work, work.handles.reverse_task, how=replication.RESUME)


def start_reverse(work: Work) -> None:
    """Start the reverse task anew, from now on: what it read before an earlier cutover is old."""
    replication.start(work, work.handles.reverse_task, how=replication.START)


def set_sequences(work: Work) -> None:
    """Set Aurora's sequences."""
    _sequences(work, ON_PREMISES, AURORA)


def set_sequences_back(work: Work) -> None:
    """Set the source's sequences."""
    _sequences(work, AURORA, ON_PREMISES)


def prove_reverse(work: Work) -> None:
    """Write into Aurora and see it in the source, before anybody depends on it."""
    _carried_back(work, _PROOF)


def forget_proofs(work: Work) -> None:
    """Delete this attempt's proofs from Aurora: the source has them, too, and the forward task brings them.

    Those of an attempt before were brought already: without them the table would not be valid any more.
    """
    attempt = work.kept("attempt")
    if attempt:
        with work.database(AURORA) as database:
            work.sentinels.forget(database, f"{attempt}-{_PROOF}-")


def move(work: Work) -> None:
    """Have the name moved to Aurora."""
    naming.move(work, "cutover")


def move_back(work: Work) -> None:
    """Have the name moved to the source."""
    naming.move(work, "rollback")


def settle(work: Work) -> None:
    """Wait until the old answer is forgotten."""
    naming.settle(work)


def canary(work: Work) -> None:
    """Write into Aurora and see it in the source."""
    _carried_back(work, "canary")


def canary_back(work: Work) -> None:
    """Write into the source."""
    name = f"{work.kept('attempt')}-canary-back"
    with work.database(ON_PREMISES) as database:
        work.sentinels.write(database, name, "canary")
        if not work.sentinels.seen(database, name):
            raise StepFailedError("a row that was written to the source is not there")


def _freeze(work: Work, side: str) -> None:
    key = f"connect_{side}"
    with work.database(side) as database:
        _none_prepared(database, side)
        if work.kept(key) is None:
            # before anything is taken away: after a kill nobody else knows whom to give it back
            work.keep(**{key: gates.grants(database)}, frozen_at=datetime.now(UTC).isoformat())
        gates.freeze(database)
        # one may have been prepared until its session was ended
        _none_prepared(database, side)
    work.say(f"{WORDS[side]} is frozen")


def _none_prepared(database: Database, side: str) -> None:
    prepared = catalog.prepared(database)
    if prepared:
        raise StepFailedError(f"{WORDS[side]} has prepared transactions: {', '.join(prepared)}")


def _open(work: Work, side: str) -> None:
    key = f"connect_{side}"
    with work.database(side) as database:
        gates.thaw(database, work.kept(key) or ())
        closed = not gates.look(database).connect
    if work.kept(key) is not None:
        work.keep(**{key: None})
    work.say(f"{WORDS[side]} is open")
    if closed:
        work.say("nobody else may connect, and who could is not noted: GRANT CONNECT ON DATABASE ...")


def _sequences(work: Work, first: str, second: str) -> None:
    environment = work.environment
    with work.database(first) as ours, work.database(second) as theirs:
        lines = sequences.carry(
            ours, theirs, environment.replication.schemas, environment.cutover.sequence_gap
        )
    for line in lines:
        work.say(f"{WORDS[second]}: {line}")


def _carried_back(work: Work, purpose: str) -> None:
    """Write rows into Aurora until one is seen in the source. Raises StepFailedError when none is."""
    limit = work.now() + work.environment.cutover.drain_seconds
    number, again = 0, work.now()
    with work.database(AURORA) as database:
        while True:
            if work.now() >= again:
                number, again = number + 1, work.now() + _PROOF_SECONDS
                name = f"{work.kept('attempt')}-{purpose}-{number}"
                work.sentinels.write(database, name, purpose)
            if draining.arrived(work, ON_PREMISES, name):
                work.say("a row that was written to Aurora is in the source")
                return
            if work.now() > limit:
                raise StepFailedError("a row that was written to Aurora does not come back to the source")
            work.pause()


DEEDS: Mapping[tuple[str, str], Callable[[Work], None]] = {
    ("start", "prepare"): prepare,
    ("start", "snapshot"): snapshot,
    ("start", "freeze"): freeze_source,
    ("start", "drain"): drain,
    ("start", "stop-forward"): stop_forward,
    ("start", "sequences"): set_sequences,
    ("start", "open-aurora"): open_aurora_for_writes,
    ("start", "start-reverse"): start_reverse,
    ("start", "prove-reverse"): prove_reverse,
    ("start", "move"): move,
    ("start", "settle"): settle,
    ("start", "canary"): canary,
    ("unwind", "open-source"): open_source,
    ("unwind", "stop-reverse"): stop_reverse,
    ("unwind", "forget-proofs"): forget_proofs,
    ("unwind", "resume-forward"): resume_forward,
    ("rollback", "freeze-aurora"): freeze_aurora,
    ("rollback", "drain-back"): drain_back,
    ("rollback", "stop-reverse"): stop_reverse,
    ("rollback", "sequences-back"): set_sequences_back,
    ("rollback", "open-source"): open_source,
    ("rollback", "return"): move_back,
    ("rollback", "settle-back"): settle,
    ("rollback", "canary-back"): canary_back,
    ("unwind-back", "freeze-source"): freeze_source,
    ("unwind-back", "resume-reverse"): resume_reverse,
    ("unwind-back", "open-aurora"): open_aurora,
    ("finish", "stop-reverse-for-good"): stop_reverse_for_good,
}
"""Way and step -> what is done."""
