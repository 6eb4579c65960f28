"""Two servers, encrypted, with passwords, and gone when they are stopped."""

import os
import pwd
import socket

import psycopg
import pytest

from shared.errors import UserError
from shared.rehearsal.databases import pair, programs
from shared.rehearsal.databases.certificates import Authority
from shared.rehearsal.databases.pair import APPLICATION, AURORA, ON_PREMISES
from shared.rehearsal.databases.programs import Programs
from shared.rehearsal.databases.server import Server


def test_both_answer_at_one_port_and_say_who_they_are(both):
    for server, host in zip(both.servers, (ON_PREMISES, AURORA), strict=True):
        with server.connect(both.database) as connection:
            row = connection.execute(
                "SELECT host(inet_server_addr()), inet_server_port(), current_database(), "
                "current_setting('wal_level'), (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())"
            ).fetchone()
        assert row == (host, both.port, both.database, "logical", True)


def test_what_a_secret_says_is_enough_to_log_in(both):
    secret = both.secret(both.aurora, APPLICATION)
    with psycopg.connect(
        host=secret["host"],
        port=secret["port"],
        user=secret["username"],
        password=secret["password"],
        dbname=both.database,
        sslmode="require",
    ) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == (False,)


def test_a_connection_that_is_not_encrypted_is_refused(both):
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        both.on_premises.connect(sslmode="disable", sslrootcert="")


def test_a_password_that_is_wrong_is_refused(both):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        both.on_premises.connect(password="wrong")


def test_a_server_of_another_authority_is_refused(both, tmp_path):
    other = tmp_path / "ca.pem"
    other.write_text(Authority().pem)
    with pytest.raises(psycopg.OperationalError, match=r"certificate verify failed|signature failure"):
        both.on_premises.connect(sslrootcert=str(other))


def test_a_server_that_is_stopped_leaves_nothing_and_may_be_stopped_again():
    server = server_at(pair.free_port((ON_PREMISES,)))
    server.start()
    folder = server.folder
    assert (folder / "data").exists()
    server.stop()
    assert not folder.exists()
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=server.host, port=server.port, connect_timeout=1)


def test_a_port_that_is_taken_is_said_and_nothing_is_left():
    with socket.create_server((ON_PREMISES, 0)) as taken:
        server = server_at(taken.getsockname()[1])
        with pytest.raises(UserError, match=r"PostgreSQL did not start on 127\.0\.0\.2"):
            server.start()
    assert not server.folder.exists()


def test_a_server_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr("shared.rehearsal.databases.server._STOP_SECONDS", 0.0)
    server = server_at(pair.free_port((ON_PREMISES,)))
    server.start()
    server.stop()
    assert not server.folder.exists()


def server_at(port):
    return Server(programs=programs.find(), name="test", host=ON_PREMISES, port=port, authority=Authority())


def test_a_program_that_fails_says_why():
    with pytest.raises(UserError, match=r"initdb failed: .*(unrecognized|illegal) option"):
        programs.find().run("initdb", "--no-such-option")


def test_without_postgresql_one_is_told_to_install_it(tmp_path):
    (tmp_path / "initdb").touch()
    with pytest.raises(UserError, match="no PostgreSQL server of version 15"):
        programs.find([tmp_path])
    said = tmp_path / "postgres"
    said.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
    said.chmod(0o755)
    with pytest.raises(UserError, match="no PostgreSQL server of version 15"):
        programs.find([tmp_path])
    said.write_text("#!/bin/sh\necho 'something else'\n")
    with pytest.raises(UserError, match="no PostgreSQL server of version 15"):
        programs.find([tmp_path])


def test_the_newest_is_taken(tmp_path):
    for version in (15, 16):
        folder = tmp_path / str(version)
        folder.mkdir()
        (folder / "initdb").touch()
        (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.1'\n")
        (folder / "postgres").chmod(0o755)
    assert programs.find([tmp_path / "15", tmp_path / "16"]).folder == tmp_path / "16"


def test_who_is_not_root_runs_it_as_oneself(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", f"{programs.find().folder}:{os.environ['PATH']}")
    found = programs.find()
    assert found.user is None
    assert found.command("initdb", "-D", "x") == [str(found.folder / "initdb"), "-D", "x"]
    mine = tmp_path / "mine"
    mine.touch()
    before = mine.stat()
    found.give(mine)
    assert (mine.stat().st_uid, mine.stat().st_gid) == (before.st_uid, before.st_gid)


def test_root_runs_it_as_somebody_else_and_lets_it_end_with_us(monkeypatch, tmp_path):
    somebody = pwd.getpwuid(65534)
    found = Programs(folder=tmp_path, user=somebody)
    assert found.command("postgres", mortal=True) == [
        "setpriv",
        "--reuid=65534",
        f"--regid={somebody.pw_gid}",
        "--clear-groups",
        "--pdeathsig",
        "INT",
        str(tmp_path / "postgres"),
    ]
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "--pdeathsig" not in found.command("postgres", mortal=True)


def test_a_port_has_to_be_free_at_both_addresses(monkeypatch):
    real, asked = socket.create_server, []

    def create(address, **options):
        asked.append(address)
        if len(asked) == 2:
            raise OSError("taken")
        return real(address, **options)

    monkeypatch.setattr(socket, "create_server", create)
    port = pair.free_port((ON_PREMISES, AURORA))
    assert asked[2:] == [(ON_PREMISES, 0), (AURORA, port)]
