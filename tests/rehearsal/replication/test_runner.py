"""A task loads, follows, stops, goes on where it stopped, and leaves nothing behind."""

import threading

import psycopg
import pytest

from shared.rehearsal.replication import tables, validation
from shared.rehearsal.replication.ends import End
from shared.rehearsal.replication.link import Link
from shared.rehearsal.replication.runner import CACHED, NORMAL
from tests.rehearsal.replication.scene import ALL, SCHEMA, leftovers, mappings, scene
from tests.rehearsal.waiting import until

THERE = "SELECT said FROM things WHERE id = 1000"


def test_everything_is_loaded_and_changes_follow_and_nothing_is_left(both):
    with scene(both) as found:
        runner = found.running(mappings=ALL)
        found.write("INSERT INTO things VALUES (1000, 'new', 1)")
        found.write("UPDATE things SET said = 'changed' WHERE id = 2")
        found.write("DELETE FROM things WHERE id = 3; UPDATE whole SET said = 'three' WHERE said = 'two'")
        until(lambda: found.rows(THERE) == [("new",)])
        assert found.rows("SELECT said FROM things WHERE id IN (2, 3)") == [("changed",)]
        assert sorted(found.rows("SELECT said FROM whole")) == [("one",), ("three",)]
        assert found.rows("SELECT count(*) FROM things WHERE twice = amount * 2") == [(200,)]
        until(lambda: runner.known["public.things"].verdict.state == "Validated")
        assert runner.known["public.things"].rows == 200
        assert runner.known["public.loose"].verdict.state == "No primary key"
        assert runner.loaded[0] < runner.loaded[1]
        until(lambda: runner.counts[1].get(("public", "things"), (0, 0, 0))[0] >= 1)
    assert leftovers(found) == []
    assert found.told == ["running", "stopped"]


def test_a_table_without_a_key_takes_updates_and_only_its_insertions_are_carried(both):
    with scene(both) as found:
        found.running(mappings=ALL)
        found.write("UPDATE loose SET said = 'other'; INSERT INTO loose VALUES ('new')")
        until(lambda: ("new",) in found.rows("SELECT said FROM loose"))
        assert found.rows("SELECT count(*) FROM loose WHERE said = 'one'") == [(3,)]


def test_what_was_written_while_it_was_stopped_comes_when_it_goes_on(both):
    with scene(both) as found:
        first = found.running()
        first.stop()
        assert first.status == "stopping"
        until(lambda: first.status == "stopped")
        assert first.stop_reason == NORMAL
        found.write("INSERT INTO things VALUES (1000, 'meanwhile', 1)")
        found.running(fresh=False)
        until(lambda: found.rows(THERE) == [("meanwhile",)])
        assert found.rows("SELECT count(*) FROM things") == [(201,)]


def test_it_stops_by_itself_when_what_came_during_the_load_is_applied(both):
    with scene(both) as found:
        runner = found.runner(stop_when_cached_are_applied=True)
        until(lambda: runner.status == "stopped")
        assert runner.stop_reason == CACHED
        # its validator does not go on beside the next start's
        until(lambda: not any(thread.name.endswith(runner.link.name) for thread in threading.enumerate()))


def test_without_a_position_it_cannot_go_on(both):
    with scene(both) as found:
        runner = found.runner(fresh=False)
        until(lambda: runner.status == "failed")
        assert "start it anew" in runner.failure


def test_no_table_is_a_failure(both):
    with scene(both) as found:
        runner = found.runner(mappings=mappings(("include", "nowhere", "%")))
        until(lambda: runner.status == "failed")
        assert "No tables were found" in runner.failure


def test_a_task_of_changes_only_copies_nothing(both):
    with scene(both) as found:
        runner = found.running(kind="cdc")
        found.write("INSERT INTO things VALUES (1000, 'new', 1)")
        until(lambda: found.rows(THERE) == [("new",)])
        assert found.rows("SELECT count(*) FROM things") == [(1,)]
        assert runner.known["public.things"].state == "Table completed"


def test_begun_anew_a_task_of_changes_only_knows_nothing_of_before(both):
    with scene(both) as found:
        first = found.running(kind="cdc")
        first.end()
        found.write("INSERT INTO things VALUES (999, 'between', 1)")
        found.running(kind="cdc")
        found.write("INSERT INTO things VALUES (1000, 'new', 1)")
        until(lambda: found.rows(THERE) == [("new",)])
        assert found.rows("SELECT count(*) FROM things") == [(1,)]


def test_tables_that_are_missing_are_made_with_their_key(both):
    with scene(both, target="") as found:
        found.running(mappings=ALL)
        found.write("UPDATE things SET said = 'changed' WHERE id = 2")
        until(lambda: found.rows("SELECT said FROM things WHERE id = 2") == [("changed",)])
        assert found.rows("SELECT count(*) FROM loose") == [(3,)]


def test_a_new_table_follows_with_the_rows_that_it_has(both):
    with scene(both) as found:
        runner = found.running(mappings=ALL)
        found.write("CREATE TABLE later (id integer PRIMARY KEY); INSERT INTO later VALUES (1)")
        until(lambda: "public.later" in runner.known)
        found.write("INSERT INTO later VALUES (2)")
        until(lambda: runner.known["public.later"].verdict.state == "Validated")
        assert found.rows("SELECT id FROM later ORDER BY id") == [(1,), (2,)]
        found.write("CREATE TABLE keyless (said text); INSERT INTO keyless VALUES ('one')")
        until(lambda: "public.keyless" in runner.known)
        until(lambda: runner.known["public.keyless"].state == "Table completed")
        until(lambda: found.rows("SELECT said FROM keyless") == [("one",)])


def test_a_new_table_can_be_dropped_whenever_the_task_stops(both):
    with scene(both) as found:
        runner = found.running(mappings=ALL)
        found.write("CREATE TABLE later (id integer PRIMARY KEY); INSERT INTO later VALUES (1)")
        until(lambda: "public.later" in runner.known)
        runner.end()
        assert runner.status == "stopped"
        with found.target.connect(writable=True) as target:
            target.execute("DROP TABLE later")


def test_a_source_that_does_not_answer_for_a_moment_is_asked_for_new_tables_again(both, monkeypatch):
    with scene(both) as found:
        runner = found.running(mappings=ALL)
        asked, selected = [], tables.selected

        def refused_once(connection, wanted):
            asked.append(wanted)
            if len(asked) == 1:
                raise psycopg.OperationalError("connection timeout expired")
            return selected(connection, wanted)

        monkeypatch.setattr(tables, "selected", refused_once)
        found.write("CREATE TABLE later (id integer PRIMARY KEY)")
        until(lambda: "public.later" in runner.known)
        assert (len(asked) > 1, runner.status) == (True, "running")


def test_a_row_of_the_target_with_the_same_key_is_kept(both):
    with scene(both) as found:
        with found.target.connect() as target:
            target.execute("INSERT INTO things VALUES (5, 'mine', 1)")
        runner = found.running(ignore_conflicts=True)
        assert found.rows("SELECT said FROM things WHERE id = 5") == [("mine",)]
        assert runner.known["public.things"].rows == 199
        until(lambda: runner.known["public.things"].verdict.failed == 1)


def test_without_that_setting_it_is_an_error_of_the_table(both):
    with scene(both) as found:
        with found.target.connect() as target:
            target.execute("INSERT INTO things VALUES (5, 'mine', 1)")
        runner = found.runner()
        until(lambda: runner.status == "failed")
        assert "duplicate key" in runner.failure
        assert runner.known["public.things"].state == "Table error"
        assert found.rows("SELECT count(*) FROM things") == [(1,)]


def test_a_target_may_be_emptied_first(both):
    with scene(both) as found:
        with found.target.connect() as target:
            target.execute("INSERT INTO things VALUES (5, 'mine', 1)")
        found.running(preparation="TRUNCATE_BEFORE_LOAD")
        assert found.rows("SELECT count(*) FROM things") == [(200,)]
        assert found.rows("SELECT said FROM things WHERE id = 5") != [("mine",)]


def test_what_is_not_emulated_is_refused(both):
    with scene(both) as found:
        runner = found.runner(preparation="DROP_AND_CREATE")
        until(lambda: runner.status == "failed")
        assert "DROP_AND_CREATE is not emulated" in runner.failure


def test_the_script_is_executed_before_rows_are_written(both):
    refusing = SCHEMA + (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';"
        "CREATE TRIGGER refused BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION refuse();"
    )
    with scene(both, target=refusing) as found:
        runner = found.runner()
        until(lambda: runner.status == "failed")
        assert "no" in runner.failure
        values = {**vars(found.target), "script": "SET session_replication_role = 'replica'"}
        found.link = Link(found.source, End(**values), "dms_test")
        found.running()
        assert found.rows("SELECT count(*) FROM things") == [(200,)]


def test_a_change_that_cannot_be_applied_ends_the_task(both):
    with scene(both) as found:
        runner = found.running()
        with found.target.connect() as target:
            target.execute("INSERT INTO things VALUES (1000, 'mine', 1)")
        found.write("INSERT INTO things VALUES (1000, 'theirs', 1)")
        until(lambda: runner.status == "failed")
        assert "cannot be applied" in runner.failure
        assert found.rows(THERE) == [("mine",)]


def test_a_target_that_lets_nobody_write_is_no_target(both):
    with scene(both) as found:
        with found.target.connect() as target:
            target.execute(f"ALTER DATABASE {both.database} SET default_transaction_read_only = on")
        runner = found.runner(kind="cdc")
        until(lambda: runner.status == "failed")
        assert "read-only transaction" in runner.failure
        with found.target.connect(writable=True) as target:
            target.execute(f"ALTER DATABASE {both.database} RESET default_transaction_read_only")


def test_a_transaction_that_stays_open_is_a_latency_of_the_source(both):
    with scene(both) as found:
        runner = found.running(validate=False)
        with found.source.connect() as held, held.transaction():
            held.execute("INSERT INTO things VALUES (1000, 'held', 1)")
            until(lambda: runner.reading.source_seconds > 0.5)
        until(lambda: runner.reading.source_seconds < 0.5 and found.rows(THERE))


def test_a_target_that_stands_still_is_a_latency_of_the_target(both):
    with scene(both) as found:
        runner = found.running(validate=False)
        with found.target.connect() as held, held.transaction():
            held.execute("LOCK TABLE things")
            found.write("INSERT INTO things VALUES (1000, 'waits', 1)")
            until(lambda: runner.reading.target_seconds > 0.5 and runner.reading.behind)
        until(lambda: runner.reading.target_seconds == 0.0)


def test_an_end_that_is_away_for_a_moment_is_waited_for(both):
    with scene(both) as found:
        runner = found.running()
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dms'"
        for server in both.servers:
            with server.connect() as connection:
                assert connection.execute(ends).fetchall()
        before = runner.reading
        found.write("INSERT INTO things VALUES (1000, 'new', 1)")
        until(lambda: found.rows(THERE) == [("new",)])
        # what was seen before says nothing of who looks again
        until(lambda: runner.reading.applied > before.applied and not runner.reading.behind)
        assert runner.status == "running"


def test_rows_are_compared_again_when_an_end_was_away(both, monkeypatch):
    compare, away = validation.compare, [psycopg.OperationalError("the server closed the connection")]

    def compared(*args):
        if away:
            raise away.pop()
        return compare(*args)

    monkeypatch.setattr(validation, "compare", compared)
    with scene(both) as found:
        runner = found.running()
        until(lambda: runner.known["public.things"].verdict.state == "Validated")
        assert away == []


def test_stopped_during_the_full_load_it_has_to_begin_anew(both, monkeypatch):
    """Nothing is left that would keep the source's log, and who goes on knows that nothing is there."""
    with scene(both) as found:
        runner = None

        def stop(*_, **__):
            runner.stop()

        monkeypatch.setattr("shared.rehearsal.replication.load.copy", stop)
        monkeypatch.setattr("shared.rehearsal.replication.load.prepare", lambda *_: until(lambda: runner))
        runner = found.runner(mappings=ALL)
        until(lambda: not runner.working)
        assert (runner.status, runner.stop_reason, runner.loads_anew) == (
            "stopped",
            "Stop Reason NORMAL",
            True,
        )
        assert found.rows("SELECT FROM pg_replication_slots", at="source") == []
        assert found.told == ["running", "stopped"]


def test_who_stops_it_at_its_end_does_not_hide_the_end(both):
    with scene(both) as found:
        runner = found.running()
        runner.end()
        runner.stop()
        assert runner.status == "stopped"
        assert not runner.loads_anew


def test_what_is_left_is_taken_away_even_when_one_end_is_gone(both, capsys):
    with scene(both) as found:
        found.running()
        gone = End(**{**vars(found.target), "port": 1})
        Link(found.source, gone, "dms_test").drop()
        assert found.rows("SELECT slot_name FROM pg_replication_slots", at="source") == []
        assert "embedded AWS: dms_test at 127.0.0.3:1" in capsys.readouterr().err


def test_a_table_that_is_gone_cannot_be_compared(both):
    with scene(both) as found:
        runner = found.running()
        found.write("DROP TABLE things")
        until(lambda: runner.known["public.things"].verdict.state == "Error")
        assert "does not exist" in runner.known["public.things"].verdict.details


def test_waiting_for_a_server_has_an_end(both, monkeypatch):
    monkeypatch.setattr("shared.rehearsal.replication.link._PATIENCE_SECONDS", 0.0)
    from shared.rehearsal.replication import link

    with both.on_premises.connect() as connection, pytest.raises(TimeoutError, match="SELECT false"):
        link._until(connection, "SELECT false")


def test_a_password_is_in_no_text_of_an_end():
    end = End(host="h", port=1, username="u", password="secret-word", database="d")
    assert "secret-word" not in repr(end)
    with pytest.raises(psycopg.OperationalError) as refused:
        End(**{**vars(end), "host": "127.0.0.1"}).connect()
    assert "secret-word" not in str(refused.value)
