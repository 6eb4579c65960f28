"""Both databases of a migration: the same port, since a name has none, and the same logins.

    with Databases.started(database="payments") as databases:
        databases.on_premises.connect("payments")
        databases.login("dms")          # what a secret says: username and password

Logins: `dms` (what DMS logs in with: a superuser in the data centre, as DMS asks for; an rds_superuser in
Aurora, here one, too), `payments_admin` (people), `payments_app` (the application: no more than its
tables).
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from psycopg import sql

from shared.rehearsal.databases import programs
from shared.rehearsal.databases.certificates import Authority
from shared.rehearsal.databases.server import Server

ON_PREMISES, AURORA = "127.0.0.2", "127.0.0.3"
REPLICATION, PEOPLE, APPLICATION = "dms", "payments_admin", "payments_app"
_RIGHTS = {REPLICATION: "SUPERUSER REPLICATION", PEOPLE: "SUPERUSER", APPLICATION: "NOSUPERUSER"}


@dataclass(frozen=True, kw_only=True)
class Databases:
    """Two servers that run, each with the database, empty, and the logins."""

    on_premises: Server
    aurora: Server
    database: str
    port: int
    passwords: dict[str, str] = field(repr=False)
    """Login -> password, the same in both."""

    @classmethod
    @contextmanager
    def started(
        cls,
        *,
        database: str = "payments",
        port: int = 0,
        names: tuple[Sequence[str], Sequence[str]] = ((), ()),
        passwords: dict[str, str] | None = None,
        settings: dict[str, str] | None = None,
    ) -> Iterator[Databases]:
        """Start both, and stop both at the end.

        `port` 0 takes one that is free at both addresses. `names` are those of the two servers, for their
        certificates. `passwords` of logins that have one already. Raises UserError when one does not start.
        """
        found, authority = programs.find(), Authority()
        chosen = port or free_port((ON_PREMISES, AURORA))
        known = {login: secrets.token_urlsafe(24) for login in _RIGHTS} | (passwords or {})
        servers = [
            Server(
                programs=found,
                name=name,
                host=host,
                port=chosen,
                authority=authority,
                names=tuple(names[number]),
                settings=dict(settings or {}),
            )
            for number, (name, host) in enumerate((("on-premises", ON_PREMISES), ("aurora", AURORA)))
        ]
        with ExitStack() as running:
            for server in servers:
                server.start()
                running.callback(server.stop)
                _furnish(server, database, known)
            yield cls(
                on_premises=servers[0], aurora=servers[1], database=database, port=chosen, passwords=known
            )

    @property
    def servers(self) -> tuple[Server, Server]:
        """Return both, the data centre's first."""
        return self.on_premises, self.aurora

    @property
    def authority_pem(self) -> str:
        """Return the certificate of the authority that signed both servers' certificates."""
        return self.on_premises.authority.pem

    def secret(self, server: Server, login: str = REPLICATION) -> dict[str, str | int]:
        """Return what a secret says of a login: host, port, username and password."""
        return {
            "host": server.host,
            "port": server.port,
            "username": login,
            "password": self.passwords[login],
        }


def free_port(addresses: Sequence[str]) -> int:
    """Return a port that nobody listens on at any of the addresses."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.create_server((addresses[0], 0)))
            port = int(first.getsockname()[1])
            try:
                for address in addresses[1:]:
                    held.enter_context(socket.create_server((address, port)))
            except OSError:
                continue
            return port


def _furnish(server: Server, database: str, passwords: dict[str, str]) -> None:
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        for login, password in passwords.items():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(login), sql.SQL(_RIGHTS[login]), sql.Literal(password)
                )
            )
