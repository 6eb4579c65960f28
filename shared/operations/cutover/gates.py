"""Freezes a database for applications, and opens it again.

`default_transaction_read_only` is only what a session begins with; an application can change it for itself.
So nobody but DMS's role and the operator's may connect either, and sessions are ended. Superusers pass every
check: the assessment refuses when others have sessions.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from psycopg import sql

from shared.operations.cutover.database import APPLICATION, DatabaseError, identifier
from shared.operations.cutover.facts import Gate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from psycopg.abc import QueryNoTemplate as Query

    from shared.operations.cutover.database import Database

PUBLIC = "PUBLIC"
Grant = list[Any]
"""`[role, with the right to pass it on]`, as it is noted."""
_ENDING_SECONDS = 30
_LOOK_SECONDS = 0.1
_READ_ONLY = "default_transaction_read_only"

_GRANTS = """
SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END, bool_or(a.is_grantable)
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT'
GROUP BY 1 ORDER BY 1
"""
_SETTING = """
SELECT coalesce(bool_or(option = 'default_transaction_read_only=on'), false)
FROM pg_db_role_setting s, unnest(s.setconfig) option
WHERE s.setrole = 0 AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
#: Walsenders serve DMS; parallel workers end with their leader. Who has not pg_read_all_stats is shown only
#: role and program of another role's session.
_SESSIONS = """
SELECT {what} FROM pg_stat_activity
WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
AND pid <> pg_backend_pid() AND NOT usename = ANY(%s) AND application_name <> %s
"""
#: Of the operator's own role: what began before the freeze may write. What begins later is read-only.
_OWN_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
AND usename = current_user AND usename <> %s AND application_name <> %s AND backend_start < %s
"""
#: Who begins a session holds a lock on the database from before its right to connect is checked until it is
#: in pg_stat_activity (InitPostgres in PostgreSQL's postinit.c).
_COMING = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'object' AND classid = 'pg_database'::regclass AND pid <> pg_backend_pid()
AND objid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def look(database: Database) -> Gate:
    """Return how the gate stands. Raises DatabaseError."""
    exempt = list(database.login.exempt)
    count = sql.SQL(_SESSIONS).format(what=sql.SQL("count(*)"))
    return Gate(
        read_only=bool(database.value(_SETTING)),
        connect=tuple(role for role, _ in grants(database) if role not in exempt),
        sessions=int(database.value(count, exempt, APPLICATION)),
    )


def grants(database: Database) -> list[Grant]:
    """Return every role that may connect, with the right to let others. Raises DatabaseError."""
    return [[str(role), bool(passes_on)] for role, passes_on in database.rows(_GRANTS)]


def freeze(database: Database) -> None:
    """Let nobody write any more, and return when nobody does. May be done again.

    Raises DatabaseError when the login may not, and when sessions do not end.
    """
    login, name = database.login, identifier(database.login.database)
    others = [role for role, _ in grants(database) if role not in login.exempt]
    database.do_all(
        [
            *(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, identifier(role))
                for role in login.exempt
            ),
            # DMS writes into a frozen database on the way back
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = off").format(
                identifier(login.replicator), name, sql.SQL(_READ_ONLY)
            ),
            sql.SQL("ALTER DATABASE {} SET {} = on").format(name, sql.SQL(_READ_ONLY)),
            *(_revoke(name, role) for role in others),
        ]
    )
    _end_sessions(database, database.value("SELECT clock_timestamp()"))
    left = look(database)
    if not left.frozen:
        raise DatabaseError(login, f"it is not frozen: {', '.join(left.connect) or 'sessions'} left")


def thaw(database: Database, noted: Iterable[Sequence[Any]]) -> None:
    """Open the gate for those who were noted when it was closed. May be done again. Raises DatabaseError.

    Without a note whoever may connect now is all: nobody is let in who was not before.
    """
    login, name = database.login, identifier(database.login.database)
    before = [(str(role), bool(passes_on)) for role, passes_on in noted]
    known = {role for role, _ in before}
    statements: list[Query] = [
        sql.SQL("ALTER DATABASE {} RESET {}").format(name, sql.SQL(_READ_ONLY)),
        sql.SQL("ALTER ROLE {} IN DATABASE {} RESET {}").format(
            identifier(login.replicator), name, sql.SQL(_READ_ONLY)
        ),
        *(_grant(name, role, passes_on=passes_on) for role, passes_on in before),
    ]
    if known:
        # what the freeze gave, so that DMS stays in
        statements += [_revoke(name, role) for role in login.exempt if role not in known]
    database.do_all(statements)


def _end_sessions(database: Database, frozen_at: datetime) -> None:
    exempt, replicator = list(database.login.exempt), database.login.replicator
    end = sql.SQL(_SESSIONS).format(what=sql.SQL("pg_terminate_backend(pid)"))
    limit = time.monotonic() + _ENDING_SECONDS
    while True:
        # in this order: who is coming in while we look is in the list afterwards
        coming = database.value(_COMING)
        ended = database.rows(end, exempt, APPLICATION)
        ended += database.rows(_OWN_SESSIONS, replicator, APPLICATION, frozen_at)
        if not ended and not coming:
            return
        if time.monotonic() > limit:
            raise DatabaseError(database.login, f"sessions do not end within {_ENDING_SECONDS} s")
        time.sleep(_LOOK_SECONDS)


def _revoke(name: sql.Identifier, role: str) -> Query:
    # whom such a role let in by itself is noted, too, and gets it back from the owner
    return sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {} CASCADE").format(name, _role(role))


def _grant(name: sql.Identifier, role: str, *, passes_on: bool) -> Query:
    statement = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, _role(role))
    return statement + sql.SQL(" WITH GRANT OPTION") if passes_on and role != PUBLIC else statement


def _role(role: str) -> sql.Composable:
    return sql.SQL(PUBLIC) if role == PUBLIC else identifier(role)
