"""Aurora's schema: everything of the source's that keeps rows right has to be there when it is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover.findings.finding import blocks, ok, some, warns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.reads.catalog import Catalog

_MAKE = "make them from pg_dump --schema-only, now that the tables are loaded"


def judge(source: Catalog, target: Catalog, sentinel: str) -> Iterator[Finding]:
    """Yield what is found; `sentinel`: the table of sentinel rows."""
    yield _tables(source, target)
    yield from structure(source, target)
    yield _indexes(source, target)
    if source.sentinel and target.sentinel:
        yield ok("sentinel", f"{sentinel} is in both databases")
    else:
        yield blocks(
            "sentinel",
            f"{sentinel} is not in both databases",
            why="without it nobody knows when the last row has arrived",
            remedy="`cutover.replicate` makes it, before the tables are loaded",
        )


def structure(source: Catalog, target: Catalog) -> Iterator[Finding]:
    """Yield what is missing of constraints and triggers."""
    keys = [name for name in source.foreign_keys if name not in target.foreign_keys]
    unvalidated = [name for name, valid in target.foreign_keys.items() if not valid]
    others = sorted(source.other_constraints - target.other_constraints)
    triggers = [name for name, fires in source.triggers.items() if fires and not target.triggers.get(name)]
    for code, what, names, remedy in (
        ("foreign-keys", "foreign keys that Aurora does not have", keys, _MAKE),
        ("constraints", "constraints that Aurora does not have", others, _MAKE),
        ("triggers", "triggers that do not fire in Aurora", triggers, f"{_MAKE}, or ENABLE TRIGGER"),
    ):
        if names:
            yield blocks(
                code,
                f"{what}: {some(names)}",
                why="rows are written that the source would have refused, or left as they are",
                remedy=remedy,
                acceptable=True,
            )
        else:
            yield ok(code, f"Aurora has the source's {code.replace('-', ' ')}")
    if unvalidated:
        yield warns(
            "unvalidated",
            f"foreign keys that were never checked: {some(unvalidated)}",
            why="rows from before may break them",
            remedy="ALTER TABLE ... VALIDATE CONSTRAINT",
        )


def missing_indexes(source: Catalog, target: Catalog) -> dict[str, str]:
    """Return name -> definition of the indexes that Aurora does not have."""
    return {name: text for name, text in source.indexes.items() if name not in target.indexes}


def _tables(source: Catalog, target: Catalog) -> Finding:
    theirs = {table.full_name for table in target.tables}
    missing = [table.full_name for table in source.tables if table.full_name not in theirs]
    if not missing:
        return ok("tables", f"Aurora has all {len(source.tables)} tables")
    return blocks(
        "tables",
        f"tables that Aurora does not have: {some(missing)}",
        why="DMS does not make their defaults, constraints and sequences",
        remedy="make the schema from pg_dump --schema-only before the tables are loaded",
    )


def _indexes(source: Catalog, target: Catalog) -> Finding:
    missing = missing_indexes(source, target)
    if not missing:
        return ok("indexes", "Aurora has the source's indexes")
    return blocks(
        "indexes",
        f"indexes that Aurora does not have: {some(missing)}",
        why="after the cutover every query that needs one reads whole tables",
        remedy="`cutover.replicate` makes them when the tables are loaded",
        acceptable=True,
    )
