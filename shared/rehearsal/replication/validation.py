"""Every row of a table in both databases is compared, while both are written to.

DMS user guide, "Data validation": rows are compared by their primary key; one that differs is looked at
again, because it may have changed meanwhile; what stays different has failed. Without a primary key nothing
is compared.

The servers sum rows up in buckets by the hash of their key, so that only keys of buckets that differ are
fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from shared.rehearsal.replication.tables import Table

_BUCKETS = 1024
_ATTEMPTS = 4

NOT_ENABLED, PENDING, NO_KEY = "Not enabled", "Pending validation", "No primary key"
VALID, WAITS, WRONG, ERROR = "Validated", "Pending records", "Mismatched records", "Error"

Rows = Mapping[str, int]
"""Key as text -> hash of the row."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one comparison, in DMS's words."""

    state: str = PENDING
    pending: int = 0
    failed: int = 0
    details: str = ""


def compare(
    source: psycopg.Connection[Any],
    target: psycopg.Connection[Any],
    table: Table,
    drained: Callable[[], bool],
) -> Verdict:
    """Compare a table. `drained` waits until what the source has written by now is applied; False: it is not.

    Raises psycopg.Error when an end does not answer, or a table is gone.
    """
    ours = _buckets(source, table)
    arrived = drained()
    theirs = _buckets(target, table)
    differing = [bucket for bucket in {*ours, *theirs} if ours.get(bucket) != theirs.get(bucket)]
    if not differing:
        return Verdict(state=VALID)
    doubtful: dict[str, tuple[int | None, int | None]] = {}
    for attempt in range(_ATTEMPTS):
        rows = _rows(source, table, differing)
        arrived = drained() and arrived
        copies = _rows(target, table, differing)
        # what was written in between is in the target, and in the source's rows only by now
        later = _rows(source, table, differing)
        found = {
            key: (rows.get(key), copies.get(key))
            for key in {*rows, *copies}
            if copies.get(key) != later.get(key)
        }
        # only what was in doubt from the first: what was written since is for the next comparison
        known = found if attempt == 0 else {key: found[key] for key in doubtful if key in found}
        now = {key: pair for key, pair in known.items() if pair[0] != pair[1]}
        if not now:
            return Verdict(state=VALID)
        wrong = [key for key, pair in now.items() if doubtful.get(key) == pair]
        if arrived and len(wrong) == len(now):
            return Verdict(state=WRONG, failed=len(wrong), details=f"keys: {', '.join(sorted(wrong)[:5])}")
        doubtful = now
    return Verdict(state=WAITS, pending=len(doubtful))


def _buckets(connection: psycopg.Connection[Any], table: Table) -> dict[int, tuple[int, int]]:
    query = sql.SQL("SELECT {}, count(*), bit_xor({}) FROM ONLY {} GROUP BY 1").format(
        _bucket(table), _hash(table.columns), table.identifier
    )
    return {bucket: (number, summed) for bucket, number, summed in connection.execute(query)}


def _rows(connection: psycopg.Connection[Any], table: Table, buckets: Collection[int]) -> Rows:
    query = sql.SQL("SELECT ROW({})::text, {} FROM ONLY {} WHERE {} = ANY(%s)").format(
        sql.SQL(", ").join(map(sql.Identifier, table.key)),
        _hash(table.columns),
        table.identifier,
        _bucket(table),
    )
    return dict(connection.execute(query, [list(buckets)]).fetchall())


def _hash(columns: Collection[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("hashtextextended(ROW({})::text, 0)").format(listed)


def _bucket(table: Table) -> sql.Composed:
    return sql.SQL("({} & {})::int").format(_hash(table.key), sql.Literal(_BUCKETS - 1))
