"""Rows that show how far a task is: written into one database, waited for in the other.

A metric proves nothing: DMS's latency is 0 also when nothing happens. A row that was written after the freeze
has everything from before the freeze ahead of it.

With changes applied in batches, tables of one batch have no order among each other. So two rows are written,
the second when the first has arrived: it is in a later batch, and what was before the first is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from shared.operations.cutover.database import identifier

if TYPE_CHECKING:
    from shared.operations.cutover.database import Database
    from shared.settings import DatabaseMigration


class Sentinels:
    """The table, in whichever database."""

    def __init__(self, environment: DatabaseMigration) -> None:
        schema, table = environment.replication.sentinel_table
        self._schema, self._table = identifier(schema), identifier(schema, table)
        self.name = f"{schema}.{table}"

    def make(self, database: Database) -> None:
        """Make the table where it is missing. Raises DatabaseError."""
        if database.value("SELECT to_regclass(%s) IS NOT NULL", self.name):
            return
        database.do_all(
            [
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(self._schema),
                sql.SQL(
                    "CREATE TABLE IF NOT EXISTS {} (id varchar(80) PRIMARY KEY, purpose varchar(20) NOT NULL,"
                    " written_at timestamptz NOT NULL DEFAULT now())"
                ).format(self._table),
            ]
        )
        # DMS reads it, and writes it in the other direction
        database.do_all(
            [
                # for the table of its own heartbeat as well
                sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(
                    self._schema, identifier(database.login.replicator)
                ),
                sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON {} TO {}").format(
                    self._table, identifier(database.login.replicator)
                ),
            ]
        )

    def write(self, database: Database, name: str, purpose: str) -> str:
        """Write a row, if it is not there; return the position of the log behind it. Raises DatabaseError."""
        database.do(
            sql.SQL("INSERT INTO {} (id, purpose) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING").format(
                self._table
            ),
            name,
            purpose,
        )
        return str(database.value("SELECT pg_current_wal_lsn()"))

    def seen(self, database: Database, name: str) -> bool:
        """Return whether a row has arrived. Raises DatabaseError."""
        return bool(
            database.value(sql.SQL("SELECT count(*) FROM {} WHERE id = %s").format(self._table), name)
        )

    def forget(self, database: Database, beginning: str) -> None:
        """Delete the rows whose names begin so. Raises DatabaseError."""
        database.do(sql.SQL("DELETE FROM {} WHERE starts_with(id, %s)").format(self._table), beginning)


def confirmed(database: Database, position: str) -> bool:
    """Return whether every slot that is read in this database is confirmed to a position of the log.

    False also when none is read: then nobody gets what is written. Raises DatabaseError.
    """
    return bool(
        database.value(
            "SELECT coalesce(bool_and(confirmed_flush_lsn >= %s::pg_lsn), false) FROM pg_replication_slots "
            "WHERE slot_type = 'logical' AND active AND database = current_database()",
            position,
        )
    )
