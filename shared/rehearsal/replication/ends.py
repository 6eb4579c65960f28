"""One end of a replication: where the server is, and what is logged in with."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

#: Rows look the same as text on both sides, whatever the servers' settings are.
_SAME = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}
#: A machine that is busy takes its time; one that is not there refuses at once.
_CONNECT_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class End:
    """A database, as an endpoint and its secret describe it."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    database: str
    tls: str = "require"
    """libpq's `sslmode`: `verify-full`, `verify-ca`, `require` or `disable`."""
    authority: str | None = None
    """PEM of the authority that signed the server's certificate."""
    script: str = ""
    """What is executed after connecting to write."""

    @property
    def place(self) -> tuple[str, int, str]:
        """Return what makes it the same database as another end."""
        return self.host, self.port, self.database

    def connect(self, *, writable: bool = False, **further: Any) -> psycopg.Connection[Any]:
        """Return a connection on which each statement is its own transaction. psycopg.Error if there is none.

        `writable`: although the database may say otherwise to whoever logs in.
        """
        options = [f"-c {key}={value}" for key, value in _SAME.items()]
        options += ["-c default_transaction_read_only=off"] if writable else []
        return psycopg.connect(
            **self._parameters(),
            options=" ".join(options),
            autocommit=True,
            application_name="dms",
            **further,
        )

    def conninfo(self) -> str:
        """Return the connection string for the other server, with the password in it."""
        return make_conninfo(**self._parameters())

    def _parameters(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.username,
            "password": self.password,
            "dbname": self.database,
            "sslmode": self.tls,
            "connect_timeout": _CONNECT_SECONDS,
        }
        if self.authority:
            found["sslrootcert"] = str(authority_file(self.authority))
        return found


@cache
def authority_file(pem: str) -> Path:
    """Return a file with this certificate, which PostgreSQL's user may read, too, until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    path = folder / f"{hashlib.sha256(pem.encode()).hexdigest()[:16]}.pem"
    path.write_text(pem)
    path.chmod(0o644)
    return path
