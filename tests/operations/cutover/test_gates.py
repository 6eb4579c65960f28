"""A frozen database: nobody writes, nobody comes in, and afterwards everything is as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from shared.operations.cutover import gates
from shared.operations.cutover.database import Database, DatabaseError, connected
from shared.operations.cutover.facts import ON_PREMISES
from shared.operations.cutover.logins import Login
from shared.rehearsal.databases.pair import Databases
from tests.rehearsal.waiting import until


def come_in(both: Databases, user: str = "payments_app", **further: str) -> psycopg.Connection[tuple[object]]:
    return both.on_premises.connect(both.database, user=user, password=both.passwords[user], **further)


def test_who_is_in_is_thrown_out_and_nobody_comes_in_again(both: Databases, source: Database):
    with come_in(both) as session:
        before = gates.look(source)
        assert (before.open, before.frozen, before.sessions) == (True, False, 1)
        gates.freeze(source)
        assert gates.look(source).frozen
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        come_in(both)
    # a session that asks for writes from its beginning does not come in either
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        come_in(both, options="-c default_transaction_read_only=off")


def test_frozen_twice_and_opened_twice_is_as_it_was(both: Databases, source: Database):
    noted = gates.grants(source)
    for _ in range(2):
        gates.freeze(source)
    for _ in range(2):
        gates.thaw(source, noted)
    assert gates.grants(source) == noted
    assert gates.look(source).open
    with come_in(both) as session:
        assert session.execute("SHOW default_transaction_read_only").fetchone() == ("off",)


def test_who_was_let_in_by_name_is_let_in_again_with_the_right_to_pass_it_on(
    both: Databases, source: Database
):
    source.do("REVOKE CONNECT ON DATABASE payments FROM PUBLIC")
    source.do("GRANT CONNECT ON DATABASE payments TO payments_app WITH GRANT OPTION")
    with come_in(both) as session:
        session.execute("GRANT CONNECT ON DATABASE payments TO payments_admin")
    noted = gates.grants(source)
    assert noted == [["payments_admin", False], ["payments_app", True], ["postgres", False]]
    gates.freeze(source)
    assert gates.look(source).connect == ()
    gates.thaw(source, noted)
    assert gates.grants(source) == noted


def test_the_role_that_dms_writes_with_writes_also_in_a_frozen_database(both: Databases, source: Database):
    source.do("CREATE TABLE a (id int)")
    gates.freeze(source)
    with come_in(both, "dms") as dms:
        dms.execute("INSERT INTO a VALUES (1)")
    gates.thaw(source, ())
    with come_in(both, "dms") as dms:
        assert dms.execute("SHOW default_transaction_read_only").fetchone() == ("off",)
    # nobody noted who could connect: nobody is let in who was not before
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        come_in(both)


def test_a_login_that_may_not_freeze_says_so_and_changes_nothing(both: Databases, pair: dict[str, Login]):
    app = replace(pair[ON_PREMISES], username="payments_app", password=both.passwords["payments_app"])
    with connected(app) as database:
        with pytest.raises(DatabaseError, match="must be superuser"):
            gates.freeze(database)
        assert gates.look(database).open


def test_who_is_just_coming_in_is_thrown_out_as_well(both: Databases, source: Database):
    """A session that has passed the check of its right to connect, and is not in pg_stat_activity yet."""
    began, arrived = threading.Event(), threading.Event()
    said: list[str] = []

    def comes_in() -> None:
        began.set()
        try:
            # PostgreSQL's own setting for developers: it waits between that check and its entry in the list
            with come_in(both, options="-c post_auth_delay=2") as session:
                arrived.set()
                while True:
                    session.execute("INSERT INTO late VALUES (1)")
                    session.commit()
        except psycopg.OperationalError as error:
            said.append(str(error))

    source.do("CREATE TABLE late (id int)")
    source.do("GRANT INSERT ON late TO payments_app")
    customer = threading.Thread(target=comes_in)
    customer.start()
    assert began.wait(5)
    elsewhere = "SELECT pid FROM pg_locks WHERE locktype = 'object' AND pid <> pg_backend_pid()"
    until(lambda: source.rows(elsewhere))
    assert gates.look(source).sessions == 0
    assert not arrived.is_set()
    gates.freeze(source)
    rows = source.value("SELECT count(*) FROM late")
    customer.join(5)
    assert not customer.is_alive()
    assert "terminating connection" in said[0]
    assert source.value("SELECT count(*) FROM late") == rows


@pytest.fixture
def owned(source: Database, pair: dict[str, Login]) -> Iterator[Login]:
    """A database whose owner is no superuser, and sees of others' sessions only that they are there."""
    source.do("CREATE ROLE carrier LOGIN REPLICATION")
    source.do("CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'owner-in-a-test' IN ROLE pg_signal_backend")
    source.do("ALTER DATABASE payments OWNER TO owner")
    login = pair[ON_PREMISES]
    yield replace(login, username="owner", password="owner-in-a-test", exempt=("carrier", "owner"))
    source.do("ALTER DATABASE payments OWNER TO postgres")
    source.do("REVOKE ALL ON DATABASE payments FROM carrier, owner")
    source.do("DROP ROLE carrier, owner")


def test_an_owner_who_is_no_superuser_ends_the_sessions_that_it_cannot_look_into(
    both: Databases, owned: Login
):
    with come_in(both) as customer, connected(owned) as owner:
        assert gates.look(owner).sessions == 1
        gates.freeze(owner)
        assert gates.look(owner).frozen
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            customer.execute("SELECT 1")


def test_the_owners_own_programs_are_thrown_out_and_may_only_read_afterwards(both: Databases, owned: Login):
    def program() -> psycopg.Connection[tuple[object]]:
        server = both.on_premises
        return server.connect(both.database, user=owned.username, password=owned.password)

    with connected(owned) as owner:
        with program() as before:
            gates.freeze(owner)
            with pytest.raises(psycopg.OperationalError, match="terminating connection"):
                before.execute("SELECT 1")
        with program() as after:
            assert gates.look(owner).frozen
            assert after.execute("SHOW default_transaction_read_only").fetchone() == ("on",)


def test_sessions_that_do_not_end_are_no_freeze(
    both: Databases, source: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gates, "_ENDING_SECONDS", -1)
    with come_in(both), pytest.raises(DatabaseError, match="sessions do not end within -1 s"):
        gates.freeze(source)


def test_a_session_that_is_left_is_seen(both: Databases, source: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gates, "_end_sessions", lambda *_: None)
    with (
        come_in(both, "payments_admin"),
        pytest.raises(DatabaseError, match="it is not frozen: sessions left"),
    ):
        gates.freeze(source)
