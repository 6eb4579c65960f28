"""Which tables a task's selection rules take, and what there is to know of each.

DMS user guide, "Selection rules and actions" (`%` stands for anything; an exclusion wins), "Using
PostgreSQL as a source": of a table without a primary key, updates and deletions are not captured, unless it
is `REPLICA IDENTITY FULL`; an unlogged table has no changes in the log at all.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
SELECT n.nspname, c.relname, c.relpersistence = 'p', c.relreplident,
       coalesce((SELECT array_agg(a.attname::text ORDER BY k.place)
                 FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place), pg_attribute a
                 WHERE i.indrelid = c.oid AND i.indisprimary
                   AND a.attrelid = c.oid AND a.attnum = k.number), '{}'),
       coalesce((SELECT array_agg(a.attname::text ORDER BY a.attnum)
                 FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0
                   AND NOT a.attisdropped AND a.attgenerated = ''), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the source."""

    schema: str
    name: str
    logged: bool
    identity: str
    """PostgreSQL's `relreplident`: `d` (primary key), `n` (nothing), `f` (full), `i` (an index)."""
    key: tuple[str, ...]
    """Columns of the primary key; none: it has none."""
    columns: tuple[str, ...]
    """Those that are stored, generated ones left out."""

    @property
    def full_name(self) -> str:
        """Return schema and name."""
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """Return the name for a statement."""
        return sql.Identifier(self.schema, self.name)

    @property
    def column_list(self) -> sql.Composed:
        """Return the columns for a statement."""
        return names(self.columns)

    @property
    def tells_rows_apart(self) -> bool:
        """Say whether an update or a deletion can be carried over."""
        return self.identity in {"f", "i"} or (self.identity == "d" and bool(self.key))


def names(columns: Sequence[str]) -> sql.Composed:
    """Return columns for a statement."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def of(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], Table]:
    """Return every table of a database."""
    return {
        (schema, name): Table(
            schema=schema,
            name=name,
            logged=logged,
            identity=identity,
            key=tuple(key),
            columns=tuple(columns),
        )
        for schema, name, logged, identity, key, columns in connection.execute(_TABLES).fetchall()
    }


def selected(connection: psycopg.Connection[Any], mappings: str) -> list[Table]:
    """Return the tables that the mappings (JSON) take, by schema and name."""
    rules = list(_rules(json.loads(mappings or "{}")))
    return [
        table
        for (schema, name), table in of(connection).items()
        if _taken(rules, "include", schema, name) and not _taken(rules, "exclude", schema, name)
    ]


def _rules(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for rule in document.get("rules", ()):
        if rule.get("rule-type") == "selection":
            where = rule["object-locator"]
            yield rule["rule-action"], _pattern(where["schema-name"]), _pattern(where["table-name"])


def _pattern(name: str) -> str:
    """Return a name with `%` as a pattern of `fnmatch`, in which nothing else has a meaning."""
    return "".join("*" if letter == "%" else f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _taken(rules: Sequence[tuple[str, str, str]], action: str, schema: str, name: str) -> bool:
    return any(
        kind == action and fnmatch.fnmatchcase(schema, ours) and fnmatch.fnmatchcase(name, its)
        for kind, ours, its in rules
    )
