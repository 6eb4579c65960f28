"""Connections to the two databases. A password is in no message, argument or environment."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from shared.operations.cutover.facts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg.abc import QueryNoTemplate as Query

    from shared.operations.cutover.logins import Login

APPLICATION = "regionshift cutover"
"""Name of our sessions in pg_stat_activity."""
_CONNECT_SECONDS = 5
#: Of a server that takes no notice; one that refuses is not asked again. Writes may pause meanwhile.
_ATTEMPTS = 3


class DatabaseError(Exception):
    """A database refused or did not answer; the message has the database and why, and no secret."""

    def __init__(self, login: Login, why: object) -> None:
        self.place = WORDS[login.side]
        text = " ".join(str(why).split()).replace(login.password, "***")
        super().__init__(text)

    def __str__(self) -> str:
        """Return where it was, and what was said."""
        return f"{self.place}: {self.why}"

    @property
    def why(self) -> str:
        """Return what was said, without where."""
        return str(self.args[0])


class Database:
    """An open connection that commits each statement by itself."""

    def __init__(self, login: Login, connection: psycopg.Connection[Any]) -> None:
        self.login = login
        self._connection = connection

    def rows(self, query: Query, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query. Raises DatabaseError."""
        try:
            return self._connection.execute(query, values or None).fetchall()
        except psycopg.Error as error:
            raise DatabaseError(self.login, error) from None

    def value(self, query: Query, *values: object) -> Any:
        """Return the one value of a query; None without a row. Raises DatabaseError."""
        rows = self.rows(query, *values)
        return rows[0][0] if rows else None

    def do(self, statement: Query, *values: object) -> None:
        """Carry out a statement. Raises DatabaseError."""
        try:
            self._connection.execute(statement, values or None)
        except psycopg.Error as error:
            raise DatabaseError(self.login, error) from None

    def do_all(self, statements: Sequence[Query]) -> None:
        """Carry out statements in one transaction, all or none of them. Raises DatabaseError."""
        try:
            with self._connection.transaction():
                for statement in statements:
                    self._connection.execute(statement)
        except psycopg.Error as error:
            raise DatabaseError(self.login, error) from None


@contextmanager
def connected(login: Login, *, seconds: float = 60) -> Iterator[Database]:
    """Connect, and close at the end; no statement takes longer than `seconds`. Raises DatabaseError.

    Our own sessions may write also in a frozen database: what a session asks for when it begins goes before
    what the database and the role say (PostgreSQL, Setting Parameters).
    """
    settings = f"-c default_transaction_read_only=off -c statement_timeout={int(seconds * 1000)}"
    with tempfile.TemporaryDirectory(prefix="cutover-") as folder:
        try:
            connection = _connect(
                host=login.host,
                port=login.port,
                user=login.username,
                password=login.password,
                dbname=login.database,
                options=settings,
                **_encryption(login, Path(folder)),
            )
        except psycopg.Error as error:
            raise DatabaseError(login, error) from None
        with connection:
            yield Database(login, connection)


@retry(
    retry=retry_if_exception_type(psycopg.errors.ConnectionTimeout),
    stop=stop_after_attempt(_ATTEMPTS),
    reraise=True,
)
def _connect(**parameters: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(
        **parameters, connect_timeout=_CONNECT_SECONDS, application_name=APPLICATION, autocommit=True
    )


def identifier(*names: str) -> sql.Identifier:
    """Return a name, with its schema before it, in quotes."""
    return sql.Identifier(*names)


def _encryption(login: Login, folder: Path) -> dict[str, Any]:
    """Return libpq's options of a connection that is always encrypted; `prefer` would not be."""
    if login.ca_certificate is None:
        return {"sslmode": "require"}
    # libpq reads authorities from files only; a certificate is no secret
    file = folder / "authority.pem"
    file.write_text(login.ca_certificate)
    return {"sslmode": "verify-full", "sslrootcert": str(file)}
