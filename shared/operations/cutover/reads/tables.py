"""The tables of some schemas. Raises DatabaseError."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from psycopg import sql

from shared.operations.cutover.database import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.operations.cutover.database import Database

_TABLES = """
SELECT n.nspname, c.relname, c.relkind = 'p', c.relispartition, c.relpersistence = 'u', c.relreplident::text,
    EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary),
    (SELECT count(*) FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique AND NOT x.indisprimary),
    c.reltuples::bigint, pg_total_relation_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """One table. The fields are in the order of the query's columns."""

    schema: str
    name: str
    partitioned: bool
    """It has no rows of its own; its partitions do."""
    partition: bool
    unlogged: bool
    replica_identity: str
    """As in pg_class: `d` default, `n` nothing, `f` full, `i` an index."""
    primary_key: bool
    unique_indexes: int
    """Beside the primary key."""
    rows: int
    """An estimate; -1 when nobody counted yet."""
    bytes: int

    @property
    def full_name(self) -> str:
        """Return the name with its schema."""
        return f"{self.schema}.{self.name}"


def tables(database: Database, schemas: Iterable[str]) -> tuple[TableFacts, ...]:
    """Return the tables of the schemas."""
    names = [field.name for field in fields(TableFacts)]
    rows = database.rows(_TABLES, list(schemas))
    return tuple(TableFacts(**dict(zip(names, row, strict=True))) for row in rows)


def count(database: Database, table: TableFacts) -> int:
    """Return how many rows a table has now."""
    query = sql.SQL("SELECT count(*) FROM {}").format(identifier(table.schema, table.name))
    return int(database.value(query))
