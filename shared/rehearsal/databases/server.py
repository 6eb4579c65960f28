"""One PostgreSQL server on an address of this machine, encrypted, with passwords, gone when it is stopped.

Its folder lies in the system's temporary folder, since it belongs to another user than root, whom PostgreSQL
refuses. It is ended with the thread that started it, whatever ends that.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from shared.errors import UserError
from shared.rehearsal.databases.certificates import Authority
from shared.rehearsal.databases.programs import Programs

#: Who owns everything in a new server.
ADMINISTRATOR = "postgres"
_START_SECONDS = 60
_STOP_SECONDS = 20
_PAUSE_SECONDS = 0.05

#: Encrypted connections with a password, or none: as `rds.force_ssl` has it.
_ACCESS = "hostssl all all 127.0.0.0/8 scram-sha-256\nhostssl replication all 127.0.0.0/8 scram-sha-256\n"
_SETTINGS = {
    "unix_socket_directories": "",
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    "password_encryption": "scram-sha-256",
    "wal_level": "logical",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
    "max_connections": "60",
    "shared_buffers": "64MB",
    # A subscription says how far it is when its own log is on disk: in 20 ms instead of 200.
    "wal_writer_delay": "20ms",
    "wal_retrieve_retry_interval": "1s",
    # A statement with a password in it is not repeated in the log.
    "log_min_error_statement": "panic",
    "jit": "off",
}


@dataclass(kw_only=True)
class Server:
    """A server; `start` before anything else."""

    programs: Programs
    name: str
    host: str
    """Its address: 127.0.0.2."""
    port: int
    authority: Authority
    names: tuple[str, ...] = ()
    """Names in its certificate beside the address."""
    settings: dict[str, str] = field(default_factory=dict)
    """Of postgresql.conf, beside the usual ones."""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """The administrator's."""
    folder: Path = field(init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Make its folder, start it, and return when it answers. UserError when it does not."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"rehearsal-{self.name}-"))
        self.folder.chmod(0o755)
        try:
            self._make()
            self._run()
        except BaseException:
            self.stop()
            raise

    @property
    def data(self) -> Path:
        """Return the folder with its data."""
        return self.folder / "data"

    @property
    def authority_file(self) -> Path:
        """Return the authority's certificate, readable for everybody."""
        return self.folder / "ca.pem"

    def connect(self, database: str = "postgres", **further: Any) -> psycopg.Connection[Any]:
        """Return a connection as administrator, each statement its own transaction. psycopg.Error if none."""
        usual: dict[str, Any] = {
            "user": ADMINISTRATOR,
            "password": self.password,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority_file),
            "connect_timeout": 30,
        }
        return psycopg.connect(
            host=self.host, port=self.port, dbname=database, autocommit=True, **{**usual, **further}
        )

    def stop(self) -> None:
        """End it and remove its folder; nothing happens when it was stopped before."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                # its children end with it, unlike by SIGKILL
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        self.programs.give(self.folder)
        word = self._write(self.folder / "password", self.password, 0o600)
        self.programs.run(
            "initdb",
            *("-D", str(self.data), "-U", ADMINISTRATOR, "--pwfile", str(word)),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        word.unlink()
        issued = self.authority.issue([self.host], self.names)
        self._write(self.authority_file, self.authority.pem, 0o644)
        self._write(self.data / "server.crt", issued.certificate, 0o600)
        self._write(self.data / "server.key", issued.key, 0o600)
        self._write(self.data / "pg_hba.conf", _ACCESS, 0o600)
        settings = {"listen_addresses": self.host, "port": str(self.port), **_SETTINGS, **self.settings}
        lines = "".join(f"{key} = '{value}'\n" for key, value in settings.items())
        self._write(self.data / "postgresql.auto.conf", lines, 0o600)

    def _write(self, path: Path, text: str, mode: int) -> Path:
        path.touch(mode=0o600)
        path.write_text(text)
        path.chmod(mode)
        self.programs.give(path)
        return path

    def _run(self) -> None:
        command = self.programs.command("postgres", "-D", str(self.data), mortal=True)
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # a subscription is a client, too: it would look for certificates in our home
                env={"PATH": os.defpath, "HOME": str(self.folder), "LANG": "C.UTF-8"},
                start_new_session=True,
            )
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                said = (self.folder / "log").read_text(errors="replace").strip().splitlines()[-3:]
                raise UserError(f"PostgreSQL did not start on {self.host}:{self.port}: {' | '.join(said)}")
            time.sleep(_PAUSE_SECONDS)

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), self.connect():
            return True
        return False
