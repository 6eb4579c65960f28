"""What DMS would take for a large object is measured, where reading it through is no harm."""

from __future__ import annotations

from typing import Any

from shared.operations.cutover.reads.columns import MEASURED_ROWS, Column, Measure, measures
from shared.operations.cutover.reads.tables import TableFacts

TEXT = {"type": "text", "base": "text", "kind": "b", "modifier": -1, "array": False}


class Database:
    """One whose answers are given, and which counts the questions."""

    def __init__(self) -> None:
        self.asked = 0

    def rows(self, _query: Any) -> list[tuple[int]]:
        self.asked += 1
        return [(3 * 1024,)]


def table(name: str, **changes: Any) -> TableFacts:
    values: dict[str, Any] = {
        "schema": "public",
        "name": name,
        "partitioned": False,
        "partition": False,
        "unlogged": False,
        "replica_identity": "d",
        "primary_key": True,
        "unique_indexes": 0,
        "rows": 10,
        "bytes": 8192,
    }
    return TableFacts(**{**values, **changes})


def test_a_table_that_is_too_large_is_not_read_through() -> None:
    database: Any = Database()
    tables = [
        table("small"),
        table("large", rows=MEASURED_ROWS + 1),
        table("plain"),
        table("parts", partitioned=True),
    ]
    columns = [Column(table=f"public.{name}", name="said", **TEXT) for name in ("small", "large", "parts")]

    found = measures(database, tables, columns)

    assert set(found) == {"public.small", "public.large"}
    assert found["public.large"] == Measure(kilobytes=None)
    assert found["public.small"].column == "said"
    assert database.asked == 1
