"""Connections, and what is said when there is none."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.errors import ConnectionTimeout, OperationalError

from shared.operations.cutover.database import Database, DatabaseError, connected
from shared.operations.cutover.facts import AURORA, ON_PREMISES
from shared.operations.cutover.logins import Login
from shared.operations.cutover.sentinel import confirmed


def test_a_connection_is_encrypted_and_the_servers_name_is_checked(pair: dict[str, Login]):
    with connected(pair[ON_PREMISES]) as database:
        assert database.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is True
    elsewhere = replace(pair[ON_PREMISES], host="127.0.0.3", ca_certificate=_other_authority())
    with pytest.raises(DatabaseError, match="SSL error"), connected(elsewhere):
        pass


def test_without_an_authority_it_is_encrypted_all_the_same(pair: dict[str, Login]):
    with connected(replace(pair[AURORA], ca_certificate=None)) as database:
        assert database.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is True


def test_a_password_is_in_no_message_and_in_no_traceback(pair: dict[str, Login]):
    login = replace(pair[ON_PREMISES], password="secret-word-17")
    with pytest.raises(DatabaseError) as caught, connected(login):
        pass
    told = "".join(traceback.format_exception(caught.value))
    assert "password authentication failed" in str(caught.value)
    assert "secret-word-17" not in told + repr(login)
    assert str(caught.value).startswith("the source: ")


def test_a_password_that_the_server_repeats_is_taken_out(source: Database):
    word = source.login.password
    with pytest.raises(DatabaseError) as caught:
        source.rows("SELECT %s::int", word)
    assert word not in str(caught.value)
    assert "***" in str(caught.value)


@pytest.mark.parametrize(
    ("failures", "error", "attempts"),
    [(2, ConnectionTimeout, 3), (3, ConnectionTimeout, 3), (1, OperationalError, 1)],
)
def test_who_takes_no_notice_is_asked_again_and_who_refuses_is_not(
    pair: dict[str, Login],
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
    error: type[Exception],
    attempts: int,
):
    real, asked = psycopg.connect, []

    def connect(**parameters: Any) -> Any:
        asked.append(parameters["host"])
        if len(asked) <= failures:
            raise error("not now")
        return real(**parameters)

    monkeypatch.setattr(psycopg, "connect", connect)
    if failures < attempts:
        with connected(pair[AURORA]) as database:
            assert database.value("SELECT 1") == 1
    else:
        with pytest.raises(DatabaseError, match="not now"), connected(pair[AURORA]):
            pass
    assert len(asked) == attempts


def test_what_takes_too_long_is_ended(pair: dict[str, Login]):
    with connected(pair[ON_PREMISES], seconds=0.2) as database:
        with pytest.raises(DatabaseError, match="statement timeout"):
            database.rows("SELECT pg_sleep(5)")
        assert database.value("SELECT 1 WHERE false") is None


def test_statements_are_done_all_or_none(source: Database):
    with pytest.raises(DatabaseError, match="division by zero"):
        source.do_all(["CREATE TABLE a (id int)", "SELECT 1 / 0"])
    assert source.value("SELECT to_regclass('a')") is None
    with pytest.raises(DatabaseError, match="does not exist"):
        source.do("DROP TABLE a")


def test_nothing_is_confirmed_when_nobody_reads(source: Database):
    assert not confirmed(source, "0/1")


def _other_authority() -> str:
    from shared.rehearsal.databases.certificates import Authority

    return Authority().pem
