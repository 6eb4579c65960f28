"""Whether the source can be frozen and drained: rights, open transactions, who could go on writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.cutover.facts import AURORA, ON_PREMISES, WORDS
from shared.operations.cutover.findings.finding import blocks, ok, some, warns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.reads.catalog import Catalog
    from shared.settings.landingsections import CutoverSettings

_FULL = 0.9


def judge(source: Catalog, target: Catalog, settings: CutoverSettings) -> Iterator[Finding]:
    """Yield what is found."""
    yield _rights("rights", ON_PREMISES, source)
    yield _rights("rights-aurora", AURORA, target)
    yield _replicator("replicator", ON_PREMISES, source)
    yield _replicator("replicator-aurora", AURORA, target)
    yield _transactions(source, settings)
    yield _prepared(source)
    yield _superusers(source)
    yield _overriding(source)
    yield _workers(source)
    yield from _sequences(source, target, settings)


def _rights(code: str, side: str, catalog: Catalog) -> Finding:
    rights = catalog.rights
    missing = []
    if not (rights.superuser or rights.owns_database):
        missing.append("own the database")
    if not (rights.superuser or rights.ends_sessions):
        missing.append("end sessions (pg_signal_backend)")
    if not (rights.superuser or rights.sees_sessions):
        missing.append("see what others' sessions do (pg_read_all_stats)")
    if not rights.exempts:
        missing.append("change what DMS's role begins with (CREATEROLE)")
    if rights.not_owned:
        missing.append(f"set the sequences {some(rights.not_owned)}")
    if not missing:
        return ok(code, f"the login freezes {WORDS[side]} and sets its sequences")
    setting = "on_premises" if side == ON_PREMISES else "database"
    return blocks(
        code,
        f"the login may not do in {WORDS[side]}: {', '.join(missing)}",
        why="the cutover, or the way back, would stop in its middle",
        remedy=f"name the owner's secret: {setting}.operator_secret_name",
    )


def _replicator(code: str, side: str, catalog: Catalog) -> Finding:
    """Judge DMS's role: in one direction it reads a database, in the other it writes there."""
    rights = catalog.rights
    if not rights.replicator_replicates:
        return blocks(
            code,
            f"DMS's role may not replicate in {WORDS[side]}",
            why="DMS cannot read the log",
            remedy="ALTER ROLE ... REPLICATION" if side == ON_PREMISES else "GRANT rds_replication TO ...",
        )
    for verb, tables, privileges in (
        ("read", rights.replicator_unread, "SELECT"),
        ("write", rights.replicator_unwritten, "INSERT, UPDATE, DELETE"),
    ):
        if tables and not rights.replicator_superuser:
            return blocks(
                code,
                f"DMS's role may not {verb} {some(tables)} of {WORDS[side]}",
                why="these tables would not be carried, there or back",
                remedy=f"GRANT USAGE ON SCHEMA ..., GRANT {privileges} ON ALL TABLES IN SCHEMA ...",
            )
    return ok(code, f"DMS's role reads and writes every table of {WORDS[side]}, and reads the log")


def _transactions(source: Catalog, settings: CutoverSettings) -> Finding:
    limit = settings.transaction_seconds
    old = [
        f"{one.role} (pid {one.pid}, {one.seconds:.0f} s, {one.state})"
        for one in source.transactions
        if one.seconds > limit
    ]
    if not old:
        return ok("transactions", f"no transaction of the source is older than {limit} s")
    return blocks(
        "transactions",
        f"transactions older than {limit} s: {some(old)}",
        why="the freeze would end them, with everything that they did; until then DMS waits for them",
        remedy="wait for them, or end them: SELECT pg_terminate_backend(PID)",
        acceptable=True,
    )


def _prepared(source: Catalog) -> Finding:
    if not source.prepared:
        return ok("prepared", "no transaction is prepared")
    return blocks(
        "prepared",
        f"prepared transactions: {some(source.prepared)}",
        why="they outlive every session: one that is committed later is in the source only",
        remedy="COMMIT PREPARED or ROLLBACK PREPARED each",
    )


def _superusers(source: Catalog) -> Finding:
    if not source.superusers:
        return ok("superusers", "no other superuser is connected to the source")
    return blocks(
        "superusers",
        f"superusers are connected to the source: {some(source.superusers)}",
        why="no freeze holds for a superuser: it may write after the last row was carried",
        remedy="let applications use roles that are no superusers",
        acceptable=True,
    )


def _overriding(source: Catalog) -> Finding:
    if not source.overriding:
        return ok("overriding", "no role of the source sets itself writable")
    return warns(
        "overriding",
        f"roles that set themselves writable: {some(source.overriding)}",
        why="of the freeze only that they may not connect holds for them",
        remedy="ALTER ROLE ... RESET default_transaction_read_only",
    )


def _workers(source: Catalog) -> Finding:
    if not source.workers:
        return ok("workers", "no program of the server's own works in the source")
    return warns(
        "workers",
        f"programs of the server work in the source: {some(source.workers)}",
        why="the freeze does not end them, and they may write",
        remedy="stop their jobs before the cutover, and make them in Aurora",
    )


def _sequences(source: Catalog, target: Catalog, settings: CutoverSettings) -> Iterator[Finding]:
    missing = [name for name in source.sequences if name not in target.sequences]
    if missing:
        yield blocks(
            "sequences",
            f"Aurora does not have the sequences {some(missing)}",
            why="what takes its numbers from them fails after the cutover",
            remedy="make them from pg_dump --schema-only",
        )
        return
    fixed = [one for one in source.sequences.values() if not one.cycles]
    short = [
        one.full_name
        for one in fixed
        if not target.sequences[one.full_name].fits(one.ahead(settings.sequence_gap))
    ]
    if short:
        yield blocks(
            "sequences",
            f"no room for {settings.sequence_gap} more steps: {some(short)}",
            why="Aurora's sequence cannot be set beyond the source's",
            remedy="ALTER SEQUENCE ... AS bigint, or a smaller cutover.sequence_gap",
        )
        return
    near = [f"{one.full_name} ({one.used:.0%})" for one in fixed if one.used > _FULL]
    if near:
        yield warns(
            "sequences",
            f"near their end: {some(near)}",
            why="numbers run out soon, in Aurora as in the source",
            remedy="ALTER SEQUENCE ... AS bigint, with the columns",
        )
        return
    yield ok("sequences", f"Aurora has all {len(source.sequences)} sequences, with room in each")
