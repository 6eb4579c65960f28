"""How far the changes are: positions in the source's log, and the seconds that they stand for.

DMS user guide, "Replication task metrics": `CDCLatencySource` is the time between the last event read from
the source and now, and grows while a transaction stays open; `CDCLatencyTarget` is the same for the oldest
transaction that waits to be applied. Both are 0 when there is nothing to wait for.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from shared.rehearsal.replication.link import Link

_SOURCE = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
       (SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint
        FROM pg_replication_slots WHERE slot_name = %(name)s),
       (SELECT active FROM pg_replication_slots WHERE slot_name = %(name)s),
       coalesce((SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 FROM pg_stat_activity
                 WHERE backend_xid IS NOT NULL AND datname = current_database()), 0)
"""
_TARGET = """
SELECT coalesce((SELECT apply_error_count FROM pg_stat_subscription_stats WHERE subname = %(name)s), 0)
"""
_COUNTS = "SELECT schemaname, relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"
_NOTHING = (0, 0, 0)
#: Positions that are kept to tell the time by; with a look every 0.2 s, ten minutes of them.
_KEPT = 3000

Counts = Mapping[tuple[str, str], tuple[int, int, int]]
"""Table -> rows inserted, updated, deleted; PostgreSQL counts them within about a second."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One look."""

    written: int = 0
    """The source's log ends here."""
    applied: int = 0
    """All before it is in the target for good."""
    source_seconds: float = 0.0
    target_seconds: float = 0.0
    errors: int = 0
    """Attempts to apply that failed, since the subscription was made."""

    @property
    def behind(self) -> bool:
        """Say whether something was written that is not applied."""
        return self.applied < self.written


@dataclass
class Watch:
    """Looks at both ends of a link, over connections that it keeps."""

    link: Link
    _seen: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _ends: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)
    _first: dict[str, Counts] = field(default_factory=dict)

    def look(self) -> Reading:
        """Return how far it is. psycopg.Error: an end does not answer; the next look tries again."""
        try:
            row = self._end("source").execute(_SOURCE, {"name": self.link.name}).fetchone()
            errors = self._end("target").execute(_TARGET, {"name": self.link.name}).fetchone()
        except psycopg.Error:
            self.close()
            raise
        assert row is not None and errors is not None  # noqa: S101, PT018 - neither query has a condition
        return self._reading(row, int(errors[0]), time.monotonic())

    def _reading(self, row: tuple[Any, ...], errors: int, now: float) -> Reading:
        written, applied, active, open_seconds = int(row[0]), int(row[1] or 0), bool(row[2]), float(row[3])
        self._seen.append((now, written))
        while len(self._seen) > 1 and self._seen[1][1] <= applied:
            self._seen.popleft()
        # the first look that shows something which is not applied; the one before it is
        waits = next((moment for moment, position in self._seen if position > applied), now)
        late = now - waits
        return Reading(
            written=written,
            applied=applied,
            source_seconds=max(open_seconds, 0.0 if active else late),
            target_seconds=late,
            errors=errors,
        )

    def counts(self) -> tuple[Counts, Counts]:
        """Return what was done in the source and in the target since `begin`. psycopg.Error."""
        return self._since("source"), self._since("target")

    def begin(self, name: str) -> None:
        """Count from now on what is done in the `source` or the `target`. psycopg.Error."""
        self._first[name] = self._counted(name)

    def _since(self, name: str) -> Counts:
        first = self._first.get(name, {})
        found = {}
        for table, now in self._counted(name).items():
            then = first.get(table, _NOTHING)
            found[table] = (now[0] - then[0], now[1] - then[1], now[2] - then[2])
        return found

    def _counted(self, name: str) -> Counts:
        rows = self._end(name).execute(_COUNTS).fetchall()
        return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}

    def _end(self, name: str) -> psycopg.Connection[Any]:
        if name not in self._ends:
            self._ends[name] = getattr(self.link, name).connect()
        return self._ends[name]

    def close(self) -> None:
        """Close the connections; another look opens them again."""
        for connection in self._ends.values():
            connection.close()
        self._ends.clear()
