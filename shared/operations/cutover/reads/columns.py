"""The columns of some schemas, and how large their large values are. Raises DatabaseError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from shared.operations.cutover.database import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.operations.cutover.database import Database
    from shared.operations.cutover.reads.tables import TableFacts

_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typtype::text,
    a.atttypmod, t.typelem <> 0 AND t.typlen = -1
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 2, a.attnum
"""
LARGE = {"text", "json", "jsonb", "bytea", "xml", "tsvector", "tsquery", "hstore", "path", "polygon"}
"""DMS takes these for large objects; arrays and composites, too (its user guide, PostgreSQL as a source)."""
MEASURED_ROWS = 1_000_000
"""A larger table is not read through to find its largest value."""
_BYTES_OF_A_CHARACTER = 2
"""DMS counts each character double."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column."""

    table: str
    """With its schema."""
    name: str
    type: str
    """As PostgreSQL writes it: `numeric(12,2)`."""
    base: str
    """Name of the type without a domain around it: `numeric`."""
    kind: str
    """Of the type, as in pg_type: `b` base, `c` composite, `e` enum, `r` range, `m` multirange."""
    modifier: int
    """-1: without precision or length."""
    array: bool

    @property
    def large(self) -> bool:
        """Return whether DMS takes it for a large object."""
        unbounded = self.base == "varchar" and self.modifier == -1
        return self.array or self.kind == "c" or self.base in LARGE or unbounded


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The largest value of a table's large columns."""

    kilobytes: float | None
    """As DMS counts; None when the table is too large to be read through."""
    column: str = ""


def columns(database: Database, schemas: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of the schemas' tables."""
    return tuple(
        Column(
            table=f"{schema}.{table}",
            name=name,
            type=text,
            base=base,
            kind=kind,
            modifier=modifier,
            array=array,
        )
        for schema, table, name, text, base, kind, modifier, array in database.rows(_COLUMNS, list(schemas))
    )


def measures(database: Database, tables: Iterable[TableFacts], known: Iterable[Column]) -> dict[str, Measure]:
    """Return table -> its largest value, of tables that have large columns."""
    large: dict[str, list[Column]] = {}
    for column in known:
        if column.large:
            large.setdefault(column.table, []).append(column)
    found = {}
    for table in tables:
        wanted = large.get(table.full_name)
        if wanted and not table.partitioned:
            found[table.full_name] = _measure(database, table, wanted)
    return found


def _measure(database: Database, table: TableFacts, wanted: list[Column]) -> Measure:
    if table.rows > MEASURED_ROWS:
        return Measure(kilobytes=None)
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(_largest(column) for column in wanted), identifier(table.schema, table.name)
    )
    (row,) = database.rows(query)
    sizes = {column.name: float(size or 0) / 1024 for column, size in zip(wanted, row, strict=True)}
    worst = max(sizes, key=lambda name: sizes[name])
    return Measure(kilobytes=sizes[worst], column=worst)


def _largest(column: Column) -> sql.Composable:
    name = identifier(column.name)
    if column.base == "bytea" and not column.array:
        return sql.SQL("max(octet_length({}))").format(name)
    return sql.SQL("max(length({}::text)) * {}").format(name, sql.Literal(_BYTES_OF_A_CHARACTER))
