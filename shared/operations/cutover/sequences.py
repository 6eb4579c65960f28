"""Sequences: nothing that replicates rows carries them, so the first new row would take an old number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from shared.operations.cutover.database import DatabaseError, identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.operations.cutover.database import Database

_LIST = """
SELECT n.nspname, c.relname, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relpersistence <> 't' ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """One sequence, and how far it is."""

    schema: str
    name: str
    last: int
    called: bool
    """Whether `last` was given out."""
    step: int
    least: int
    most: int
    cycles: bool

    @property
    def full_name(self) -> str:
        """Return the name with its schema."""
        return f"{self.schema}.{self.name}"

    @property
    def used(self) -> float:
        """Return how much of its range is used up, from 0 to 1."""
        span = self.most - self.least
        gone = self.last - self.least if self.step > 0 else self.most - self.last
        return gone / span if span else 1.0

    def ahead(self, gap: int) -> int:
        """Return the value that is `gap` steps beyond the last one."""
        return self.last + gap * self.step

    def fits(self, value: int) -> bool:
        """Return whether the sequence can have a value."""
        return self.least <= value <= self.most


def read(database: Database, schemas: Iterable[str]) -> dict[str, Sequence]:
    """Return name -> sequence, of some schemas. Raises DatabaseError."""
    found = {}
    for schema, name, step, least, most, cycles in database.rows(_LIST, list(schemas)):
        ((last, called),) = database.rows(
            sql.SQL("SELECT last_value, is_called FROM {}").format(identifier(schema, name))
        )
        sequence = Sequence(
            schema=schema,
            name=name,
            last=last,
            called=called,
            step=step,
            least=least,
            most=most,
            cycles=cycles,
        )
        found[sequence.full_name] = sequence
    return found


def carry(source: Database, target: Database, schemas: tuple[str, ...], gap: int) -> list[str]:
    """Set the target's sequences beyond the source's, and return a line for each that was set.

    A sequence that is ahead stays, so this may be done again. Raises DatabaseError when one is missing
    or has no room left; nothing is set then.
    """
    theirs, ours = read(source, schemas), read(target, schemas)
    problems = [f"there is no sequence {name}" for name in theirs if name not in ours]
    wanted: dict[str, int] = {}
    for name, sequence in theirs.items():
        value = sequence.ahead(gap)
        own = ours.get(name)
        if own and not sequence.cycles and not own.fits(value):
            problems.append(f"the sequence {name} has no room for {gap} steps after {sequence.last}")
        elif own and own.fits(value) and not (own.called and _reached(own, value)):
            wanted[name] = value
    if problems:
        raise DatabaseError(target.login, "; ".join(problems))
    for name, value in wanted.items():
        own = ours[name]
        target.rows("SELECT setval(%s::regclass, %s, true)", _quoted(own), value)
    return [f"{name} goes on after {value}" for name, value in wanted.items()]


def _reached(sequence: Sequence, value: int) -> bool:
    return sequence.last >= value if sequence.step > 0 else sequence.last <= value


def _quoted(sequence: Sequence) -> str:
    return identifier(sequence.schema, sequence.name).as_string(None)
