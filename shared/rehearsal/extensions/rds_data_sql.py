"""A database that the Data API writes to, kept by SQLite in memory. Used by `rds_data`.

It speaks as much MySQL as SQLite does without translation: CREATE TABLE [IF NOT EXISTS], INSERT,
SELECT, UPDATE, DELETE, with parameters as `:name`. What it refuses it refuses in MySQL's words when it
is a table or a column that does not exist, else in SQLite's.

AWS: RDS Data API reference (SqlParameter, Field, ColumnMetadata); the messages are those of MySQL's
errors 1049, 1054, 1146 and 1062, with the code and the state that the Data API adds.
"""

from __future__ import annotations

import base64
import re
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from shared.rehearsal.extensions.faults import Fault

FAULT = "DatabaseErrorException"

#: SQLite's words -> MySQL's; {database} is filled in.
_WORDS = (
    (r"no such table: (\S+)", "Table '{database}.{0}' doesn't exist; Error code: 1146; SQLState: 42S02"),
    (
        r"(?:no such column: |has no column named )(\S+)",
        "Unknown column '{0}'; Error code: 1054; SQLState: 42S22",
    ),
    (r"UNIQUE constraint failed: (.+)", "Duplicate entry for key '{0}'; Error code: 1062; SQLState: 23000"),
)


class Database:
    """One cluster's, or one global cluster's; may be used by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)

    def copy(self) -> Database:
        """Return another one with the same tables: what a detached member goes on with."""
        made = Database()
        with self._lock:
            self._connection.backup(made._connection)
        return made

    def execute(self, sql: str, parameters: Sequence[dict[str, Any]], database: str) -> dict[str, Any]:
        """Return the answer's document. Raises Fault for what the database refuses."""
        values = {one["name"]: _value(one.get("value", {})) for one in parameters}
        try:
            with self._lock:
                cursor = self._connection.execute(sql, values)
                rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise Fault(FAULT, _in_mysqls_words(str(error), database)) from error
        if cursor.description is None:
            return {"numberOfRecordsUpdated": max(cursor.rowcount, 0), "generatedFields": []}
        return {
            "records": [[_field(value) for value in row] for row in rows],
            "columnMetadata": [{"name": column[0], "label": column[0]} for column in cursor.description],
            "numberOfRecordsUpdated": 0,
        }


def _in_mysqls_words(said: str, database: str) -> str:
    for pattern, words in _WORDS:
        found = re.search(pattern, said)
        if found:
            return words.format(*found.groups(), database=database)
    return f"{said}; Error code: 1064; SQLState: 42000"


def _value(field: dict[str, Any]) -> Any:
    if field.get("isNull"):
        return None
    if "blobValue" in field:
        return base64.b64decode(field["blobValue"])
    return next(iter(field.values()), None)


def _field(value: Any) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    if isinstance(value, bytes):
        return {"blobValue": base64.b64encode(value).decode()}
    if isinstance(value, int):
        return {"longValue": value}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}
