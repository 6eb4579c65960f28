"""Slots that nobody reads any more: a stopped DMS task keeps its own, and a slot keeps the log behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shared.operations.cutover.database import DatabaseError
from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS

if TYPE_CHECKING:
    from shared.operations.cutover.database import Database
    from shared.operations.cutover.work import Work

_MEGABYTE = 1024 * 1024
_UNREAD = """
SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)
FROM pg_replication_slots
WHERE slot_type = 'logical' AND NOT active AND database = current_database() ORDER BY slot_name
"""


class Slot(NamedTuple):
    """A logical slot of a database that nobody reads."""

    name: str
    megabytes: float
    """Of the log, kept for it."""


def unread(database: Database) -> list[Slot]:
    """Return the slots that nobody reads. Raises DatabaseError."""
    return [Slot(str(name), float(size or 0) / _MEGABYTE) for name, size in database.rows(_UNREAD)]


def tell(work: Work) -> None:
    """Say which slots keep the log of a database, and how they go; name a database that does not answer."""
    for side in (AURORA, ON_PREMISES):
        try:
            with work.database(side) as database:
                found = unread(database)
        except DatabaseError as error:
            work.say(f"{WORDS[side]}: whether slots are left is not known: {error.why}")
            continue
        for slot in found:
            work.say(
                f"{WORDS[side]}: nobody reads the slot {slot.name} any more, and {slot.megabytes:.1f} MB of "
                "the log are kept for it, more with every write, until the disk is full. The slots of DMS go "
                f"when its tasks are deleted; this one also by SELECT pg_drop_replication_slot('{slot.name}')"
            )
