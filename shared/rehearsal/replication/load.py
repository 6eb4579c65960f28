"""The full load: every table is copied as it was at one moment, into tables prepared as DMS prepares them.

DMS user guide, "Full-load task settings": `TargetTablePrepMode` DO_NOTHING (a table that is missing is
made), TRUNCATE_BEFORE_LOAD, DROP_AND_CREATE (not emulated: it is refused); "Error handling":
`FullLoadIgnoreConflicts` keeps a row of the target whose key is copied again. Without it, the load of a
table that is not empty fails at the first such row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import sql

from shared.rehearsal.replication import tables as tables_of
from shared.rehearsal.replication.ends import End
from shared.rehearsal.replication.tables import Table

PREPARATIONS = ("DO_NOTHING", "TRUNCATE_BEFORE_LOAD")
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""


def prepare(source: End, target: End, tables: Sequence[Table], preparation: str) -> None:
    """Make what is missing in the target, and empty the rest if that is wanted. psycopg.Error, ValueError."""
    if preparation not in PREPARATIONS:
        raise ValueError(f"TargetTablePrepMode {preparation} is not emulated; {', '.join(PREPARATIONS)} are")
    with target.connect() as connection:
        there = tables_of.of(connection)
        for table in tables:
            if (table.schema, table.name) not in there:
                create(source, connection, table)
        if tables and preparation == "TRUNCATE_BEFORE_LOAD":
            every = sql.SQL(", ").join(table.identifier for table in tables)
            connection.execute(sql.SQL("TRUNCATE {}").format(every))


def create(source: End, target: psycopg.Connection[Any], table: Table) -> None:
    """Make a table as DMS makes it: columns and the primary key, nothing else."""
    with source.connect() as connection:
        name = table.identifier.as_string(connection)
        columns = connection.execute(_COLUMNS, [name]).fetchall()
    parts: list[sql.Composable] = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column), sql.SQL(kind), sql.SQL(" NOT NULL" if needed else "")
        )
        for column, kind, needed in columns
    ]
    if table.key:
        parts.append(sql.SQL("PRIMARY KEY ({})").format(tables_of.names(table.key)))
    target.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(table.schema)))
    target.execute(sql.SQL("CREATE TABLE {} ({})").format(table.identifier, sql.SQL(", ").join(parts)))


def copy(
    source: End,
    target: End,
    table: Table,
    snapshot: str,
    *,
    ignore_conflicts: bool,
    seen: Callable[[int], None],
) -> None:
    """Copy a table as the snapshot has it; `seen` is told how many rows there are now. psycopg.Error."""
    with source.connect() as reader, target.connect() as writer:
        if target.script:
            writer.execute(target.script.encode())
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        reader.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        into = table.identifier
        with writer.transaction():
            row = writer.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(into)).fetchone()
            filled = bool(row and row[0]) and ignore_conflicts and bool(table.key)
            if filled:
                into = sql.Identifier("being_loaded")
                writer.execute(
                    sql.SQL("CREATE TEMPORARY TABLE being_loaded (LIKE {}) ON COMMIT DROP").format(
                        table.identifier
                    )
                )
            number = _stream(reader, writer, table, into)
            if filled:
                number = _keep_what_is_there(writer, table)
        reader.execute("COMMIT")
    seen(number)


def _stream(
    reader: psycopg.Connection[Any], writer: psycopg.Connection[Any], table: Table, into: sql.Identifier
) -> int:
    columns = table.column_list
    outwards = sql.SQL("COPY (SELECT {} FROM ONLY {}) TO STDOUT").format(columns, table.identifier)
    inwards = sql.SQL("COPY {} ({}) FROM STDIN").format(into, columns)
    cursor = writer.cursor()
    with reader.cursor().copy(outwards) as rows, cursor.copy(inwards) as sink:
        for block in rows:
            sink.write(block)
    return cursor.rowcount


def _keep_what_is_there(writer: psycopg.Connection[Any], table: Table) -> int:
    columns = table.column_list
    done = writer.execute(
        sql.SQL(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM being_loaded ON CONFLICT DO NOTHING"
        ).format(table.identifier, columns, columns)
    )
    return done.rowcount
