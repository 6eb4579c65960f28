"""The way of changes from one database to another: publications, a slot, a subscription, all of one name.

PostgreSQL refuses updates of a published table that has no identity, to the application that makes them. DMS
loses them instead. So such a table is published for its insertions only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from shared.rehearsal.replication.ends import End
from shared.rehearsal.replication.tables import Table

_PATIENCE_SECONDS = 10
_COPY_SECONDS = 60
_PAUSE_SECONDS = 0.02


class Link:
    """One direction between two databases."""

    def __init__(self, source: End, target: End, name: str) -> None:
        self.source, self.target, self.name = source, target, name
        self._all = sql.Identifier(name)
        self._inserts = sql.Identifier(f"{name}_inserts")

    def publish(self, tables: Sequence[Table]) -> None:
        """Make the publications, before the slot: what is decoded looks for them at its time in the log."""
        logged = [table for table in tables if table.logged]
        whole = [table for table in logged if table.tells_rows_apart]
        partly = [table for table in logged if not table.tells_rows_apart]
        with self.source.connect() as connection:
            for name, some, what in (
                (self._all, whole, "insert, update, delete, truncate"),
                (self._inserts, partly, "insert, truncate"),
            ):
                connection.execute(
                    sql.SQL("CREATE PUBLICATION {} {} WITH (publish = {})").format(
                        name, _tables("FOR TABLE", some), sql.Literal(what)
                    )
                )

    @contextmanager
    def slot(self) -> Iterator[str]:
        """Make the slot; until the block ends, its beginning can be read as the snapshot that is given.

        Waits for every transaction that is under way, as DMS does.
        """
        with self.source.connect(replication="database") as connection:
            command = f"CREATE_REPLICATION_SLOT \"{self.name}\" LOGICAL pgoutput (SNAPSHOT 'export')"
            # the replication protocol knows nothing but plain statements
            row = connection.execute(command.encode(), prepare=False).fetchone()
            assert row is not None  # noqa: S101 - the command answers with a row
            yield str(row[2])

    def subscribe(self) -> None:
        """Make the subscription, which does not run yet. psycopg.Error where a table is missing."""
        with self.target.connect() as connection:
            connection.execute(
                sql.SQL(
                    "CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {}, {} "
                    "WITH (create_slot = false, slot_name = {}, copy_data = false, enabled = false)"
                ).format(
                    self._all,
                    sql.Literal(self.source.conninfo()),
                    self._all,
                    self._inserts,
                    sql.Literal(self.name),
                )
            )

    def follow(self, table: Table) -> None:
        """Carry over one more table, and return when it has the source's rows and follows.

        psycopg.Error when that cannot be, TimeoutError when it is not done within a minute. To stop in
        between would leave a table that PostgreSQL lets nobody drop ("synchronization is in progress").
        """
        name = self._all if table.tells_rows_apart else self._inserts
        with self.source.connect() as connection:
            connection.execute(sql.SQL("ALTER PUBLICATION {} ADD TABLE {}").format(name, table.identifier))
        with self.target.connect() as connection:
            connection.execute(sql.SQL("ALTER SUBSCRIPTION {} REFRESH PUBLICATION").format(self._all))
            _until(
                connection,
                "SELECT NOT EXISTS (SELECT FROM pg_subscription_rel JOIN pg_subscription ON oid = srsubid "
                "WHERE subname = %s AND srsubstate <> 'r')",
                self.name,
                seconds=_COPY_SECONDS,
            )

    def enable(self) -> None:
        """Let changes flow."""
        with self.target.connect() as connection:
            connection.execute(sql.SQL("ALTER SUBSCRIPTION {} ENABLE").format(self._all))

    def disable(self) -> None:
        """Let no more changes flow; the slot keeps what comes. Returns when nothing is under way."""
        with self.target.connect(writable=True) as connection:
            connection.execute(sql.SQL("ALTER SUBSCRIPTION {} DISABLE").format(self._all))
            ours = "FROM pg_stat_subscription WHERE subname = %s AND pid IS NOT NULL"
            # it would see that within a second; a transaction that it is in the middle of comes again
            connection.execute(f"SELECT pg_terminate_backend(pid) {ours}", [self.name])
            _until(connection, f"SELECT NOT EXISTS (SELECT {ours})", self.name)

    def there(self) -> bool:
        """Say whether there is a subscription."""
        with self.target.connect() as connection:
            found = connection.execute("SELECT FROM pg_subscription WHERE subname = %s", [self.name])
            return found.fetchone() is not None

    def drop(self) -> None:
        """Take everything away that there is; a server that is gone has nothing that could be left."""
        for end, undo in ((self.target, self._drop_subscription), (self.source, self._drop_slot)):
            try:
                with end.connect(writable=True) as connection:
                    undo(connection)
            except psycopg.Error as error:
                sys.stderr.write(f"embedded AWS: {self.name} at {end.host}:{end.port}: {error}\n")

    def _drop_subscription(self, connection: psycopg.Connection[Any]) -> None:
        query = (
            "SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
            "WHERE s.subname = %s AND d.datname = current_database()"
        )
        if connection.execute(query, [self.name]).fetchone() is not None:
            connection.execute(sql.SQL("ALTER SUBSCRIPTION {} DISABLE").format(self._all))
            connection.execute(sql.SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(self._all))
            connection.execute(sql.SQL("DROP SUBSCRIPTION {}").format(self._all))

    def _drop_slot(self, connection: psycopg.Connection[Any]) -> None:
        """Drop the slot, and those of single tables that were being copied, with whoever reads them."""
        ours = "FROM pg_replication_slots WHERE slot_name = %s"
        connection.execute(f"SELECT pg_terminate_backend(active_pid) {ours} AND active", [self.name])
        _until(connection, f"SELECT NOT EXISTS (SELECT {ours} AND active)", self.name)
        connection.execute(f"SELECT pg_drop_replication_slot(slot_name) {ours}", [self.name])
        for name in (self._all, self._inserts):
            connection.execute(sql.SQL("DROP PUBLICATION IF EXISTS {}").format(name))


def _tables(words: str, tables: Sequence[Table]) -> sql.Composable:
    if not tables:
        return sql.SQL("")
    listed = sql.SQL(", ").join(sql.SQL("ONLY {}").format(table.identifier) for table in tables)
    return sql.SQL("{} {}").format(sql.SQL(words), listed)


def _until(
    connection: psycopg.Connection[Any], query: str, *values: str, seconds: float = _PATIENCE_SECONDS
) -> None:
    """Wait until the query says true. TimeoutError when it does not."""
    end = time.monotonic() + seconds
    while True:
        row = connection.execute(query, values).fetchone()
        if row and row[0]:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} seconds: {query}")
        time.sleep(_PAUSE_SECONDS)
