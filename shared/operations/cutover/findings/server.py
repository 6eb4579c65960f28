"""The source's server: what logical replication needs of it (DMS user guide, PostgreSQL as a source)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover.findings.finding import blocks, ok, size, some, warns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.reads.catalog import Catalog

_PLAIN_VERSION = 10_000
_LEAST_TIMEOUT_MS = 10_000
_MOST_SKEW_SECONDS = 1.0
#: A rule of thumb for one replication instance; the first tables that are loaded say more.
_BYTES_A_SECOND = 20 * 1024 * 1024


def judge(source: Catalog, target: Catalog, *, replicating: bool) -> Iterator[Finding]:
    """Yield what is found; `replicating`: DMS reads the source already, so it has its slot."""
    yield _level("wal-level", "the source", source)
    yield _level("wal-level-aurora", "Aurora", target)
    yield from _slots(source, target, replicating=replicating)
    yield _timeout(source)
    yield _version(source, target)
    yield _clocks(source, target)
    yield from _encodings(source, target)
    yield _extensions(source, target)
    yield _size(source)


def _level(code: str, place: str, catalog: Catalog) -> Finding:
    level = catalog.settings.get("wal_level", "")
    if level == "logical":
        return ok(code, f"{place} writes its log for logical replication")
    aurora = code.endswith("aurora")
    return blocks(
        code,
        f"wal_level of {place} is {level}",
        why="there is no way back without loss" if aurora else "DMS cannot read changes from the log",
        remedy="set rds.logical_replication = 1 in the cluster's parameters, and restart the writer"
        if aurora
        else "set wal_level = logical and restart the server",
    )


def _slots(source: Catalog, target: Catalog, *, replicating: bool) -> Iterator[Finding]:
    for place, catalog, free in (("the source", source, not replicating), ("Aurora", target, True)):
        word = "" if place == "the source" else "-aurora"
        for code, name, used in (
            (f"slots{word}", "max_replication_slots", catalog.slots),
            (f"senders{word}", "max_wal_senders", catalog.senders),
        ):
            most = int(catalog.settings.get(name, "0"))
            if free and used >= most:
                yield blocks(
                    code,
                    f"{place} has {name} = {most}, and {used} are used",
                    why="the task would not start",
                    remedy=f"raise {name} and restart the server, or drop what nobody reads",
                )
            else:
                yield ok(code, f"{place} has {name} = {most}, of which {used} are used")


def _timeout(source: Catalog) -> Finding:
    value = int(source.settings.get("wal_sender_timeout", "0"))
    if value == 0 or value >= _LEAST_TIMEOUT_MS:
        return ok("wal-sender-timeout", f"wal_sender_timeout of the source is {value} ms")
    return warns(
        "wal-sender-timeout",
        f"wal_sender_timeout of the source is {value} ms",
        why="the server would end DMS's connection while DMS is busy",
        remedy=f"0 (never), or at least {_LEAST_TIMEOUT_MS}",
    )


def _version(source: Catalog, target: Catalog) -> Finding:
    ours, theirs = (int(one.settings["server_version_num"]) // _PLAIN_VERSION for one in (source, target))
    what = f"the source is PostgreSQL {ours}, Aurora is {theirs}"
    if ours > theirs:
        return warns(
            "version",
            what,
            why="what the newer version can do may be missing in the older one",
            remedy="compare the schema: pg_dump --schema-only of both",
        )
    return ok("version", what)


def _clocks(source: Catalog, target: Catalog) -> Finding:
    apart = abs(source.skew_seconds - target.skew_seconds)
    what = f"the clocks of the source and of Aurora are {apart:.1f} s apart"
    if apart <= _MOST_SKEW_SECONDS:
        return ok("clocks", what)
    return warns(
        "clocks",
        what,
        why="latencies are wrong by as much, and times of rows go back at the cutover",
        remedy="set the source's clock (NTP)",
    )


def _encodings(source: Catalog, target: Catalog) -> Iterator[Finding]:
    if source.encoding == target.encoding:
        yield ok("encoding", f"both databases are in {source.encoding}")
    else:
        yield blocks(
            "encoding",
            f"the source is in {source.encoding}, Aurora in {target.encoding}",
            why="texts that one of them cannot hold stop the task",
            remedy=f"make the database in Aurora with ENCODING '{source.encoding}'",
            acceptable=True,
        )
    ours = (source.collation, source.character_type)
    theirs = (target.collation, target.character_type)
    if ours == theirs:
        yield ok("collation", f"both databases are sorted by {ours[0]}")
    else:
        yield warns(
            "collation",
            f"the source is sorted by {' and '.join(dict.fromkeys(ours))}, "
            f"Aurora by {' and '.join(dict.fromkeys(theirs))}",
            why="rows come in another order, and the validation compares in another order",
            remedy="make the database in Aurora with the same LC_COLLATE and LC_CTYPE, if Aurora has them",
        )


def _extensions(source: Catalog, target: Catalog) -> Finding:
    missing = [name for name in source.extensions if name not in target.available]
    absent = [name for name in source.extensions if name not in target.extensions and name not in missing]
    if missing:
        return blocks(
            "extensions",
            f"Aurora does not have the extensions {some(missing)}",
            why="what is built on them does not work there",
            remedy="do without them before the cutover",
            acceptable=True,
        )
    if absent:
        return blocks(
            "extensions",
            f"the extensions {some(absent)} are not made in Aurora's database",
            why="what is built on them does not work there",
            remedy=f"in Aurora: {'; '.join(f'CREATE EXTENSION {name}' for name in absent)}",
            acceptable=True,
        )
    return ok("extensions", f"Aurora has the source's extensions: {some(source.extensions)}")


def _size(source: Catalog) -> Finding:
    minutes = source.bytes / _BYTES_A_SECOND / 60
    return ok(
        "size",
        f"the source has {size(source.bytes)} in {len(source.tables)} tables; at 20 MB/s, which is a guess, "
        f"they are loaded in {max(minutes, 1):.0f} minutes",
    )
