"""The source's tables and columns: what DMS does not carry, or changes on the way.

What DMS takes and what not: DMS user guide, PostgreSQL as a source (limitations, data types, migration of
PostgreSQL to PostgreSQL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover.findings.finding import blocks, ok, some, warns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.reads.catalog import Catalog
    from shared.settings.landingsections import ReplicationSettings

#: The guide's table lists them as not migrated between two PostgreSQL.
_NOT_LISTED = {"inet", "macaddr", "macaddr8", "tsvector", "tsquery", "line", "lseg", "box", "path", "circle"}
_LARGE_OBJECT = {"oid", "lo"}
_CHANGED = {"interval", "xml", "timetz"}


def judge(source: Catalog, settings: ReplicationSettings) -> Iterator[Finding]:
    """Yield what is found."""
    yield _keys(source)
    yield _identities(source)
    yield _partitions(source)
    yield _unlogged(source)
    yield from _unique(source, settings)
    yield _numeric(source)
    yield _large_objects(source)
    yield _types(source)
    yield from _sizes(source, settings)


def _keys(source: Catalog) -> Finding:
    without = [table.full_name for table in source.tables if not (table.primary_key or table.partitioned)]
    if not without:
        return ok("primary-keys", "every table has a primary key")
    return blocks(
        "primary-keys",
        f"without a primary key: {some(without)}",
        why="DMS ignores updates and deletes of their rows, and cannot validate them",
        remedy="add a primary key to each, in both databases",
    )


def _identities(source: Catalog) -> Finding:
    nothing = [table.full_name for table in source.tables if table.replica_identity == "n"]
    if not nothing:
        return ok("replica-identity", "the log identifies the rows of every table")
    return blocks(
        "replica-identity",
        f"with REPLICA IDENTITY NOTHING: {some(nothing)}",
        why="the log does not say which row was updated or deleted",
        remedy="ALTER TABLE ... REPLICA IDENTITY DEFAULT",
    )


def _partitions(source: Catalog) -> Finding:
    parents = [table.full_name for table in source.tables if table.partitioned]
    if not parents:
        return ok("partitions", "no table is partitioned")
    return warns(
        "partitions",
        f"partitioned: {some(parents)}",
        why="DMS lists parents and partitions both, and copies rows twice where it takes both",
        remedy="map the partitions only, and make parent and partitions in Aurora before",
    )


def _unlogged(source: Catalog) -> Finding:
    names = [table.full_name for table in source.tables if table.unlogged]
    if not names:
        return ok("unlogged", "every table is in the log")
    return blocks(
        "unlogged",
        f"unlogged: {some(names)}",
        why="their changes are in no log, so Aurora never gets them",
        remedy="ALTER TABLE ... SET LOGGED",
        acceptable=True,
    )


def _unique(source: Catalog, settings: ReplicationSettings) -> Iterator[Finding]:
    if not settings.batch_apply:
        return
    names = [table.full_name for table in source.tables if table.primary_key and table.unique_indexes]
    if names:
        yield warns(
            "batch-apply",
            f"with a primary key and another unique index: {some(names)}",
            why="a batch may break the second one; DMS then applies one change after the other, slowly",
            remedy="replication.batch_apply = false",
        )
    else:
        yield ok("batch-apply", "changes may be applied in batches")


def _numeric(source: Catalog) -> Finding:
    names = [
        f"{one.table}.{one.name}"
        for one in source.columns
        if one.base == "numeric" and one.modifier == -1 and not one.array
    ]
    if not names:
        return ok("numeric", "every numeric column has its precision")
    return blocks(
        "numeric",
        f"numeric without precision: {some(names)}",
        why="DMS takes NUMERIC(28,6) for them: digits beyond are rounded away",
        remedy="give the columns a precision and a scale that hold every amount",
        acceptable=True,
    )


def _large_objects(source: Catalog) -> Finding:
    names = [f"{one.table}.{one.name}" for one in source.columns if one.base in _LARGE_OBJECT]
    if source.large_objects and names:
        return blocks(
            "large-objects",
            f"{source.large_objects} large objects, in {some(names)}",
            why="DMS copies the number of a large object and not the object",
            remedy="copy them by pg_dump --blobs while the source is frozen, or turn them into bytea",
            acceptable=True,
        )
    return ok("large-objects", "no column leads to large objects")


def _types(source: Catalog) -> Finding:
    strange = [
        f"{one.table}.{one.name} ({one.type})"
        for one in source.columns
        if one.kind in {"e", "c", "r", "m"} or one.base in _NOT_LISTED | _CHANGED
    ]
    if not strange:
        return ok("types", "DMS carries every type as it is")
    return warns(
        "types",
        f"types that DMS carries as texts, or does not promise to carry: {some(strange)}",
        why="what comes out in Aurora may differ",
        remedy="believe the validation of these tables only, and compare some rows of each",
    )


def _sizes(source: Catalog, settings: ReplicationSettings) -> Iterator[Finding]:
    if settings.lob_mode == "full":
        yield ok("lob-size", "values of any size are carried")
        return
    over = [
        f"{name}.{one.column} ({one.kilobytes:.0f} kB)"
        for name, one in source.measures.items()
        if one.kilobytes is not None and one.kilobytes > settings.lob_max_kb
    ]
    unknown = [name for name, one in source.measures.items() if one.kilobytes is None]
    if over:
        yield blocks(
            "lob-size",
            f"values above replication.lob_max_kb = {settings.lob_max_kb}: {some(over)}",
            why="the task stops at the first of them",
            remedy='raise replication.lob_max_kb, or set replication.lob_mode = "full"',
        )
    elif unknown:
        yield warns(
            "lob-size",
            f"too large to be read through for their largest value: {some(unknown)}",
            why=f"a value above {settings.lob_max_kb} kB stops the task",
            remedy="ask a replica: SELECT max(length(COLUMN)) * 2 / 1024 FROM TABLE",
        )
    else:
        yield ok("lob-size", f"no value is above {settings.lob_max_kb} kB")
