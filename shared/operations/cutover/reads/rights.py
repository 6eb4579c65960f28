"""What the operator's login, and DMS's role, may do in a database. Raises DatabaseError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.operations.cutover.database import Database


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What the operator's login, and DMS's, may do."""

    superuser: bool
    owns_database: bool
    ends_sessions: bool
    sees_sessions: bool
    """It is shown what others' sessions do."""
    replicator_superuser: bool
    replicator_replicates: bool
    replicator_unread: tuple[str, ...]
    """Tables that DMS's role may not read."""
    replicator_unwritten: tuple[str, ...]
    """Tables that it may not write."""
    exempts: bool
    """The login may set what DMS's role begins its sessions with."""
    not_owned: tuple[str, ...]
    """Sequences that the login may not set."""


def read(database: Database, schemas: tuple[str, ...]) -> Rights:
    """Return them. Raises DatabaseError."""
    replicator = database.login.replicator
    ((superuser, owns, ends, sees, exempts),) = database.rows(_OWN_RIGHTS, replicator)
    unread = database.rows(_UNREAD, list(schemas), replicator, replicator)
    unwritten = database.rows(_UNWRITTEN, list(schemas), replicator, replicator, replicator)
    ((their_superuser, replicates),) = database.rows(_REPLICATOR_RIGHTS, replicator)
    return Rights(
        superuser=bool(superuser),
        owns_database=bool(owns),
        ends_sessions=bool(ends),
        sees_sessions=bool(sees),
        replicator_superuser=bool(their_superuser),
        replicator_replicates=bool(replicates),
        replicator_unread=tuple(str(n) for (n,) in unread),
        replicator_unwritten=tuple(str(n) for (n,) in unwritten),
        exempts=bool(exempts),
        not_owned=tuple(str(n) for (n,) in database.rows(_NOT_OWNED, list(schemas))),
    )


_OWN_RIGHTS = """
SELECT r.rolsuper, pg_has_role(r.oid, d.datdba, 'USAGE'),
    pg_has_role(r.oid, 'pg_signal_backend', 'USAGE'), pg_has_role(r.oid, 'pg_read_all_stats', 'USAGE'),
    r.rolsuper OR r.rolname = t.rolname OR (r.rolcreaterole AND NOT t.rolsuper
        AND (current_setting('server_version_num')::int < 160000 OR EXISTS (
            SELECT FROM pg_auth_members m WHERE m.roleid = t.oid AND m.admin_option
            AND pg_has_role(r.oid, m.member, 'USAGE'))))
FROM pg_roles r, pg_database d, pg_roles t
WHERE r.rolname = current_user AND d.datname = current_database() AND t.rolname = %s
"""
#: In Aurora the right to replicate is a role (Aurora user guide, PostgreSQL logical replication).
_REPLICATOR_RIGHTS = """
SELECT rolsuper, rolsuper OR rolreplication OR EXISTS (
    SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    WHERE m.member = r.oid AND g.rolname IN ('rds_replication', 'rds_superuser'))
FROM pg_roles r WHERE rolname = %s
"""
_UNREAD = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p')
AND NOT (has_schema_privilege(%s, n.oid, 'USAGE') AND has_table_privilege(%s, c.oid, 'SELECT')) ORDER BY 1
"""
_UNWRITTEN = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p')
AND NOT (has_table_privilege(%s, c.oid, 'INSERT') AND has_table_privilege(%s, c.oid, 'UPDATE')
    AND has_table_privilege(%s, c.oid, 'DELETE')) ORDER BY 1
"""
_NOT_OWNED = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'UPDATE') END
ORDER BY 1
"""
