"""What a database says of itself: everything that an assessment judges. Raises DatabaseError."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.operations.cutover import gates, sequences
from shared.operations.cutover.reads import columns, rights, tables
from shared.operations.cutover.reads.columns import Column, Measure
from shared.operations.cutover.reads.rights import Rights
from shared.operations.cutover.reads.tables import TableFacts

if TYPE_CHECKING:
    from shared.operations.cutover.database import Database
    from shared.operations.cutover.facts import Gate
    from shared.operations.cutover.sequences import Sequence

SETTINGS = (
    "server_version_num",
    "wal_level",
    "max_replication_slots",
    "max_wal_senders",
    "wal_sender_timeout",
)


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """A transaction of somebody else's that is open."""

    pid: int
    role: str
    seconds: float
    state: str


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """One database."""

    settings: dict[str, str]
    slots: int
    senders: int
    encoding: str
    collation: str
    character_type: str
    bytes: int
    skew_seconds: float
    """Its clock before ours; less what the question took."""
    tables: tuple[TableFacts, ...]
    columns: tuple[Column, ...]
    measures: dict[str, Measure]
    sequences: dict[str, Sequence]
    extensions: dict[str, str]
    available: frozenset[str]
    """Extensions that the server has, installed or not."""
    foreign_keys: dict[str, bool]
    """`table.constraint` -> whether it is validated."""
    other_constraints: frozenset[str]
    triggers: dict[str, bool]
    """`table.trigger` -> whether it fires."""
    indexes: dict[str, str]
    """Name -> definition; without those that belong to constraints."""
    transactions: tuple[Transaction, ...]
    prepared: tuple[str, ...]
    large_objects: int
    superusers: tuple[str, ...]
    """Superusers, other than the operator and DMS, that have sessions."""
    overriding: tuple[str, ...]
    """Roles that set themselves writable, whatever the database says."""
    workers: tuple[str, ...]
    """Other programs of the server that are connected to the database."""
    rights: Rights
    gate: Gate
    sentinel: bool
    """Whether the table of sentinel rows is there."""


def read(database: Database, schemas: tuple[str, ...], sentinel: str, *, measure: bool = False) -> Catalog:
    """Return everything of one database; `measure`: also how large its large values are."""
    found = tables.tables(database, schemas)
    known = columns.columns(database, schemas)
    (encoding, collation, character_type, size), *_ = database.rows(_DATABASE)
    exempt = list(database.login.exempt)
    return Catalog(
        settings={name: str(value) for name, value in database.rows(_SETTINGS, list(SETTINGS))},
        slots=int(database.value("SELECT count(*) FROM pg_replication_slots")),
        senders=int(database.value("SELECT count(*) FROM pg_stat_replication")),
        encoding=str(encoding),
        collation=str(collation),
        character_type=str(character_type),
        bytes=int(size),
        skew_seconds=_skew(database),
        tables=found,
        columns=known,
        measures=columns.measures(database, found, known) if measure else {},
        sequences=sequences.read(database, schemas),
        extensions={str(name): str(version) for name, version in database.rows(_EXTENSIONS)},
        available=frozenset(str(name) for (name,) in database.rows(_AVAILABLE)),
        foreign_keys={str(n): bool(ok) for n, ok in database.rows(_FOREIGN_KEYS, list(schemas))},
        other_constraints=frozenset(str(n) for (n,) in database.rows(_CONSTRAINTS, list(schemas))),
        triggers={str(n): bool(ok) for n, ok in database.rows(_TRIGGERS, list(schemas))},
        indexes={str(n): str(text) for n, text in database.rows(_INDEXES, list(schemas))},
        transactions=tuple(
            Transaction(pid=int(pid), role=str(role), seconds=float(age), state=str(state))
            for pid, role, age, state in database.rows(_TRANSACTIONS, exempt)
        ),
        prepared=prepared(database),
        large_objects=int(database.value("SELECT count(*) FROM pg_largeobject_metadata")),
        superusers=tuple(str(name) for (name,) in database.rows(_SUPERUSERS, exempt)),
        overriding=tuple(str(name) for (name,) in database.rows(_OVERRIDING, exempt)),
        workers=tuple(str(kind) for (kind,) in database.rows(_WORKERS)),
        rights=rights.read(database, schemas),
        gate=gates.look(database),
        sentinel=bool(database.value("SELECT to_regclass(%s) IS NOT NULL", sentinel)),
    )


def prepared(database: Database) -> tuple[str, ...]:
    """Return the names of the transactions that are prepared, oldest first. Raises DatabaseError."""
    return tuple(str(gid) for (gid,) in database.rows(_PREPARED))


def _skew(database: Database) -> float:
    before = datetime.now(UTC)
    theirs: datetime = database.value("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    middle = before + (after - before) / 2
    return (theirs - middle).total_seconds()


_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
_DATABASE = """
SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_database_size(oid)
FROM pg_database WHERE datname = current_database()
"""
_EXTENSIONS = "SELECT extname, extversion FROM pg_extension ORDER BY 1"
_AVAILABLE = "SELECT name FROM pg_available_extensions"
_FOREIGN_KEYS = """
SELECT n.nspname || '.' || c.relname || '.' || k.conname, bool_and(k.convalidated)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND n.nspname = ANY(%s) GROUP BY 1 ORDER BY 1
"""
_CONSTRAINTS = """
SELECT n.nspname || '.' || c.relname || '.' || k.conname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'c', 'x') AND n.nspname = ANY(%s) ORDER BY 1
"""
#: A trigger that fires in the mode `replica` only does not fire for applications.
_TRIGGERS = """
SELECT n.nspname || '.' || c.relname || '.' || t.tgname, bool_and(t.tgenabled IN ('O', 'A'))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = ANY(%s) GROUP BY 1 ORDER BY 1
"""
_INDEXES = """
SELECT n.nspname || '.' || i.relname, pg_get_indexdef(x.indexrelid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE n.nspname = ANY(%s) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
ORDER BY 1
"""
_TRANSACTIONS = """
SELECT pid, coalesce(usename, ''), extract(epoch FROM clock_timestamp() - xact_start), coalesce(state, '')
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL
AND pid <> pg_backend_pid() AND NOT usename = ANY(%s)
ORDER BY xact_start
"""
_PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared"
_SUPERUSERS = """
SELECT DISTINCT r.rolname FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
WHERE a.datname = current_database() AND r.rolsuper AND NOT r.rolname = ANY(%s)
AND a.backend_type = 'client backend' ORDER BY 1
"""
_OVERRIDING = """
SELECT DISTINCT r.rolname FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole,
unnest(s.setconfig) option
WHERE option = 'default_transaction_read_only=off' AND NOT r.rolname = ANY(%s) ORDER BY 1
"""
_WORKERS = """
SELECT DISTINCT backend_type FROM pg_stat_activity
WHERE datname = current_database() AND backend_type NOT IN (
    'client backend', 'walsender', 'autovacuum worker', 'parallel worker', 'logical replication worker')
ORDER BY 1
"""
