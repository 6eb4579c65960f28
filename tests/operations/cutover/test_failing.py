"""What goes wrong on the way, and what is said and done then."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from shared.errors import Refused, UserError
from shared.operations.cutover import (
    deeds,
    draining,
    finish,
    loading,
    moves,
    naming,
    replicate,
    replication,
    rollback,
    running,
    stages,
    start,
)
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.notes import ChangedMeanwhileError
from shared.operations.cutover.request import Request
from shared.operations.cutover.running import Ending
from shared.operations.cutover.session import begin
from shared.operations.cutover.work import Work
from shared.rehearsal.cutover import bank
from tests.cutover_miniature import FUNCTION
from tests.operations.cutover.platform import Platform


def work_of(platform: Platform, **changes: Any) -> Work:
    if changes:
        cutover = platform.environment.cutover.model_copy(update=changes)
        platform.environment = platform.environment.model_copy(update={"cutover": cutover})
    return begin("start", platform.operator()).work()


# --- asking


def test_nothing_is_done_without_a_yes(loaded: Platform):
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return "no"

    operator = loaded.operator(yes=False, ask=no)
    assert start.run(operator).outcome == "declined"
    assert replicate.run(operator).outcome == "declined"
    assert len(asked) == 2
    assert loaded.state == {"stage": "replicating"}


def test_a_yes_is_as_good_as_the_option(loaded: Platform):
    result = loaded.cut_over(yes=False, ask=lambda _: "yes")
    assert result.outcome == "cut-over"
    assert rollback.run(loaded.operator(yes=False, ask=lambda _: "")).outcome == "declined"
    assert finish.run(loaded.operator(ask=lambda _: "yes")).outcome == "declined"
    assert finish.run(loaded.operator(ask=lambda _: "db1234")).outcome == "finished"
    assert loaded.state["stage"] == "finished"
    with pytest.raises(Refused, match="there are its snapshots"):
        rollback.run(loaded.operator())


def test_what_changed_while_a_person_thought_is_looked_at_again(loaded: Platform):
    def thinks(_: str) -> str:
        loaded.put_state(stage="cut-over")
        return "yes"

    with pytest.raises(Refused, match="somebody moved it"):
        start.run(loaded.operator(yes=False, ask=thinks))


def test_a_reason_that_is_too_long_and_a_finding_that_is_none_are_told(loaded: Platform):
    with pytest.raises(Refused) as caught:
        start.run(loaded.operator(), Request(reason="x" * 201, accept=("weather",)))
    assert [problem.where for problem in caught.value.problems] == ["--reason", "--accept"]


# --- replication


def test_a_load_that_fails_is_told_and_can_be_begun_anew(made: Platform):
    with made.aurora() as target:
        target.execute("ALTER TABLE payments DROP COLUMN details")
    result = replicate.run(made.operator())
    assert (result.outcome, result.exit_code) == ("stopped", 1)
    assert "the forward task is failed" in result.said[0]
    with pytest.raises(Refused, match="the full load failed"):
        replicate.run(made.operator())
    with made.aurora() as target:
        target.execute("ALTER TABLE payments ADD COLUMN details jsonb")
    result = replicate.run(made.operator(), again=True)
    assert result.outcome == "replicating", result.said


def test_after_a_rollback_everything_is_loaded_anew_and_nothing_is_emptied_while_it_loads(loaded: Platform):
    loaded.put_state(stage=stages.ROLLED_BACK)
    with pytest.raises(Refused, match="what was replicated before the rollback is no beginning"):
        replicate.run(loaded.operator())

    # a load that began after the rollback, of which the command was ended before it could say so
    with loaded.aurora() as target:
        before = target.execute("SELECT count(*) FROM payments").fetchone()
    work = work_of(loaded)
    replicate._empty(work)
    with loaded.aurora() as target:
        assert target.execute("SELECT count(*) FROM payments").fetchone() == before
    assert loaded.state == {"stage": stages.ROLLED_BACK}


def test_a_load_need_not_be_watched(made: Platform):
    result = replicate.run(made.operator(follow="nothing"))
    assert (result.outcome, result.exit_code) == ("started", 0)
    assert replicate.run(made.operator()).outcome == "replicating"
    with pytest.raises(Refused, match="what it loads would be emptied"):
        replicate.run(made.operator(), again=True)


def test_watching_a_load_can_be_ended(made: Platform, monkeypatch: pytest.MonkeyPatch):
    def ctrl_c(_: Work) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "wait", ctrl_c)
    assert replicate.run(made.operator()).exit_code == 130


def test_indexes_are_made_when_the_load_is_through(made: Platform):
    with made.aurora() as target:
        target.execute("DROP INDEX payments_by_key")
    made.replicate()
    with made.aurora() as target:
        assert target.execute("SELECT to_regclass('payments_by_key') IS NOT NULL").fetchone() == (True,)


def test_a_table_that_never_becomes_valid_is_not_waited_for(made: Platform):
    for connection in (made.on_premises(), made.aurora()):
        with connection:
            connection.execute("CREATE TABLE keyless (what text)")
    result = replicate.run(made.operator())
    assert result.outcome == "stopped"
    assert "public.keyless (No primary key)" in result.said[0]


def test_a_database_that_dms_does_not_reach_is_told(made: Platform):
    name = made.environment.replication.target_secret_name
    secret = dict(made.both.secret(made.both.aurora), port=1)
    made.aws("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps(secret))
    with pytest.raises(Refused, match="Aurora does not answer"):
        replicate.run(made.operator())
    work = None
    made.aws("secretsmanager").put_secret_value(
        SecretId=name, SecretString=json.dumps(made.both.secret(made.both.aurora))
    )
    work = work_of(made)
    made.aws("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps(secret))
    with pytest.raises(StepFailedError, match="DMS does not reach Aurora: failed"):
        replicate._test_connections(work)


def test_a_test_that_takes_too_long_is_told(made: Platform, monkeypatch: pytest.MonkeyPatch):
    work = work_of(made)
    monkeypatch.setattr(replicate, "_TEST_SECONDS", -1)
    monkeypatch.setattr(replicate.dms, "connection", lambda *_: ("testing", ""))
    with pytest.raises(StepFailedError, match="DMS still tests its connection to the source"):
        replicate._test_connections(work)


def test_without_a_task_there_is_nothing_to_begin(made: Platform):
    made.aws("dms").delete_replication_task(ReplicationTaskArn=made.arns["forward"])
    with pytest.raises(UserError, match="there is no forward task"):
        replicate.run(made.operator())


# --- draining


def test_a_row_that_does_not_arrive_in_time_opens_the_source_again(loaded: Platform):
    work_of(loaded, drain_seconds=1)
    with loaded.aurora() as target:
        target.autocommit = False

        def blocked(step: Any) -> None:
            if step.name == "freeze":
                target.execute("LOCK TABLE accounts IN EXCLUSIVE MODE")
                with loaded.on_premises("payments_app") as source:
                    bank.pay(source, "last", 1, 5)

        result = loaded.cut_over(at_step=blocked)
        target.rollback()
    assert "it takes longer than 1 s until the sentinel row arrives" in result.said[0]
    assert (result.outcome, result.exit_code) == ("ready", 1), result.said
    with loaded.on_premises("payments_app") as source:
        source.execute("UPDATE accounts SET balance = balance")


def test_a_task_that_stops_while_it_drains_opens_the_source_again(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    def stopped(*_: Any) -> bool:
        loaded.stop("forward")
        return False

    with monkeypatch.context() as patch:
        patch.setattr(draining, "arrived", stopped)
        result = loaded.cut_over()
    assert "before the sentinel row arrives the task became stopped" in result.said[0]
    assert result.after.forward is not None
    assert result.after.forward.status == "running"


def test_counts_that_differ_are_told(loaded: Platform):
    work = work_of(loaded)
    with loaded.aurora() as target:
        target.execute("DELETE FROM entries WHERE payment = 1")
        target.execute("DROP TABLE accounts CASCADE")
    with pytest.raises(StepFailedError, match=r"accounts is missing; public.entries has 400"):
        draining._counts(work, "on_premises", "aurora", 10)


def test_a_large_table_is_not_counted_while_writes_pause(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(draining, "COUNTED_ROWS", -2)
    draining._counts(work_of(loaded), "on_premises", "aurora", 10)
    assert "0 rows in 0 tables are as many" in loaded.shown


def test_without_tables_nothing_is_settled(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(draining.dms, "tables", lambda *_: ())
    with pytest.raises(StepFailedError, match="DMS knows of no table"):
        draining._unsettled(work_of(loaded), loaded.arns["forward"], back=False)


@pytest.mark.parametrize("after", [0, 1], ids=["before", "until its session was ended"])
def test_a_prepared_transaction_is_no_freeze(loaded: Platform, after: int):
    work = work_of(loaded)
    found = iter([[]] * after + [[("payment-17",)]])

    class Prepared:
        """A server that has one; this one takes none (max_prepared_transactions)."""

        def __init__(self, database: Any) -> None:
            self.login, self.inner = database.login, database

        def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
            return next(found) if "pg_prepared_xacts" in str(query) else self.inner.rows(query, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

    class Databases(Work):
        def database(self, side: str, *, seconds: float = 60) -> Any:
            from contextlib import contextmanager

            @contextmanager
            def open_() -> Any:
                with Work.database(self, side, seconds=seconds) as database:
                    yield Prepared(database)

            return open_()

    odd = Databases(**work.__dict__)
    with pytest.raises(StepFailedError, match="the source has prepared transactions: payment-17"):
        deeds.freeze_source(odd)


# --- tasks


def test_a_task_that_does_not_run_says_why(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    work = work_of(loaded)
    monkeypatch.setattr(replication, "_LATE", -1)
    monkeypatch.setattr(replication, "begin", lambda *_, **__: None)
    with pytest.raises(StepFailedError, match=r"task-reverse-db1234 is ready: DMS does not say why"):
        replication.start(work, loaded.arns["reverse"], how=replication.START)


def test_a_task_that_is_never_still_is_told(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    work = work_of(loaded)
    monkeypatch.setattr(replication, "_LONGEST", -1)
    with pytest.raises(StepFailedError, match="does not sing: it is running"):
        replication._until(work, loaded.arns["forward"], lambda _: False, "sing")


def test_a_row_that_does_not_come_back_opens_the_source_again(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    work_of(loaded, drain_seconds=2)
    monkeypatch.setattr(deeds, "_PROOF_SECONDS", 0.5)
    original = dict(deeds.DEEDS)
    with monkeypatch.context() as patch:
        patch.setattr(
            "shared.operations.cutover.running.DEEDS",
            {**original, ("start", "start-reverse"): lambda _: None},
        )
        result = loaded.cut_over()
    assert "does not come back to the source" in result.said[0]
    assert (result.outcome, loaded.weights) == ("ready", (100, 0))


# --- Aurora's schema, the snapshot


def test_a_trigger_that_does_not_fire_stops_it_unless_it_is_accepted(loaded: Platform):
    with loaded.aurora() as target:
        target.execute("ALTER TABLE accounts DISABLE TRIGGER accounts_touched")
    with pytest.raises(Refused, match="triggers that do not fire in Aurora"):
        loaded.cut_over()
    result = start.run(loaded.operator(), Request(accept=("triggers",)))
    assert result.outcome == "cut-over", result.said


def test_a_constraint_that_goes_on_the_way_opens_the_source_again(loaded: Platform):
    def drops(step: Any) -> None:
        if step.name == "drain":
            with loaded.aurora() as target:
                target.execute("ALTER TABLE entries DROP CONSTRAINT entries_payment_fkey")

    result = loaded.cut_over(at_step=drops)
    assert "foreign keys that Aurora does not have: public.entries.entries_payment_fkey" in result.said[0]
    assert result.outcome == "ready"


def test_a_snapshot_that_fails_is_no_beginning(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    work = work_of(loaded)

    class Rds:
        """RDS that never has it."""

        def __init__(self) -> None:
            self.exceptions = loaded.aws("rds").exceptions

        def describe_db_cluster_snapshots(self, **_: Any) -> dict[str, Any]:
            return {"DBClusterSnapshots": [{"Status": "creating"}]}

    monkeypatch.setattr(deeds, "_SNAPSHOT_SECONDS", 0.2)
    monkeypatch.setattr(work, "client", lambda _: Rds(), raising=False)
    with pytest.raises(StepFailedError, match=r"before-cutover-db1234-\d+ is creating"):
        deeds.snapshot(work)
    assert loaded.state["snapshot"].startswith("before-cutover-db1234-")


def test_a_snapshot_that_was_begun_is_not_begun_twice(loaded: Platform):
    work = work_of(loaded)
    deeds.snapshot(work)
    name = loaded.state["snapshot"]

    again = work_of(loaded)
    deeds.snapshot(again)

    assert loaded.state["snapshot"] == name
    kept = loaded.aws("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [one["DBClusterSnapshotIdentifier"] for one in kept].count(name) == 1


# --- the name


def test_what_the_function_refuses_opens_the_source_again(loaded: Platform):
    def alarmed(step: Any) -> None:
        if step.name == "move":
            loaded.aws("cloudwatch").set_alarm_state(
                AlarmName=loaded.handles.lag_alarms[0], StateValue="ALARM", StateReason="test"
            )

    result = loaded.cut_over(at_step=alarmed)
    assert "the name was not moved: the alarm alarm-lag-source-db1234 is in ALARM" in result.said[0]
    assert (result.outcome, result.exit_code, loaded.weights) == ("ready", 1, (100, 0))


def test_a_function_that_does_not_answer_opens_the_source_again(loaded: Platform):
    def gone(step: Any) -> None:
        if step.name == "move":
            loaded.aws("lambda").delete_function(FunctionName=FUNCTION)

    result = loaded.cut_over(at_step=gone)
    assert "nobody knows what became of the call" in result.said[0]
    assert (result.outcome, loaded.weights) == ("ready", (100, 0))


def test_a_function_that_was_stopped_after_it_moved_the_name_is_gone_on_with(loaded: Platform):
    def stopped_inside(step: Any) -> None:
        if step.name == "move":
            loaded.put_state(**loaded.state | {"stage": "moving"})
            loaded.move_weights(0, 100)
            raise KeyboardInterrupt

    assert loaded.cut_over(at_step=stopped_inside).outcome == "interrupted"
    assert loaded.cut_over().outcome == "cut-over"
    assert loaded.weights == (0, 100)
    assert loaded.look().gates["on_premises"].frozen


def test_a_name_that_moved_although_the_function_refused_keeps_the_source_frozen(loaded: Platform):
    def by_hand(step: Any) -> None:
        if step.name == "move":
            loaded.move_weights(0, 100)

    result = loaded.cut_over(at_step=by_hand)
    assert (result.outcome, result.exit_code) == ("stopped", 1)
    assert "the weights of the write name are" in result.said[1]
    assert "the source is not opened" in result.said[1]
    assert loaded.look().gates["on_premises"].frozen


def test_a_name_that_cannot_be_looked_up_keeps_the_source_frozen(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    def silent(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://route53")

    def gone(step: Any) -> None:
        if step.name == "move":
            loaded.aws("lambda").delete_function(FunctionName=FUNCTION)
            monkeypatch.setattr(naming.names, "records", silent)

    result = start_only(loaded, at_step=gone)
    assert "Route 53 does not say where the name leads" in result.said[1]
    assert "the source is not opened" in result.said[1]


def start_only(platform: Platform, **options: Any) -> Ending:
    """Run the steps without the look at the end."""
    session = begin("start", platform.operator(**options))
    work, course = session.work(), moves.course("start", session.before)
    first = course.steps[0]
    work.write(first.stage, first.name, attempt="a1")
    return running.run(work, course)


class Busy:
    """The function runs already, for a while."""

    def __init__(self, client: Any, times: int) -> None:
        self.client, self.times = client, times

    def invoke(self, **given: Any) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        return self.client.invoke(**given)


def test_a_function_that_runs_already_is_waited_for(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    real = loaded.aws("lambda")
    busy = Busy(real, 3)
    monkeypatch.setattr(type(loaded.clients), "patient", lambda *_, **__: busy)
    assert loaded.cut_over().outcome == "cut-over"
    assert busy.times == -1


def test_a_function_that_runs_for_ever_opens_the_source_again(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(naming, "FUNCTION_SECONDS", 0.2)
    busy = Busy(None, 1000)
    monkeypatch.setattr(type(loaded.clients), "patient", lambda *_, **__: busy)
    result = loaded.cut_over()
    assert "nobody knows what became of the call" in result.said[0]
    assert (result.outcome, loaded.weights) == ("ready", (100, 0))


def test_a_rollback_that_cannot_return_leaves_the_source_open_and_goes_on(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    assert loaded.cut_over().outcome == "cut-over"
    with monkeypatch.context() as patched:
        patched.setattr(naming, "_invoke", lambda *_: {"errorMessage": "throttled"})
        result = rollback.run(loaded.operator())
    assert (result.outcome, result.next_command) == ("stopped", "invoke cutover.rollback")
    assert (loaded.state["stage"], loaded.weights) == ("drained-back", (0, 100))
    # who writes into the source by its address keeps that, and Aurora takes nothing
    gates = loaded.look().gates
    assert gates["on_premises"].open
    assert gates["aurora"].frozen
    old = {"at": "2026-01-01T00:00:00+00:00"}
    loaded.put_state(**loaded.state | old)
    assert rollback.run(loaded.operator()).outcome == "rolled-back"
    assert loaded.weights == (100, 0)


def test_whoever_was_let_in_since_the_last_attempt_is_let_in_again(loaded: Platform):
    loaded.put_state(stage="replicating", connect_on_premises=[["postgres", False]])
    assert loaded.cut_over().outcome == "cut-over"
    assert rollback.run(loaded.operator()).outcome == "rolled-back"
    with loaded.on_premises("payments_app") as source:
        assert source.execute("SELECT 1").fetchone() == (1,)


def test_a_source_that_somebody_opened_is_not_left_behind(loaded: Platform):
    def opened(step: Any) -> None:
        if step.name == "move":
            with loaded.on_premises() as source:
                source.execute("SET default_transaction_read_only = off")
                source.execute("ALTER DATABASE payments RESET default_transaction_read_only")

    result = loaded.cut_over(at_step=opened)
    assert "the source is not frozen any more: somebody opened it" in result.said[0]
    assert loaded.weights == (100, 0)


def test_weights_that_somebody_moved_are_no_end(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    assert loaded.cut_over().outcome == "cut-over"
    work = begin("rollback", loaded.operator()).work()
    monkeypatch.setattr(naming.names, "records", lambda *_: {"aurora": {"Weight": 0, "TTL": 1}})
    with pytest.raises(StepFailedError, match="the weights of the write name are"):
        naming.settle(work)


def test_a_change_that_is_late_is_waited_for_longer(loaded: Platform):
    waited: list[float] = []
    assert loaded.cut_over().outcome == "cut-over"
    loaded.put_state(**loaded.state | {"stage": "moved", "step": "settle", "late": True, "moved_at": None})
    result = loaded.cut_over(sleep=waited.append)
    assert result.outcome == "cut-over", result.said
    assert max(waited) > 55


def test_a_name_that_is_everywhere_later_is_noted(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    invoked = naming._invoke
    monkeypatch.setattr(naming, "_invoke", lambda *given: {**invoked(*given), "everywhere": False})
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if seconds < 1:
            import time

            time.sleep(seconds)

    assert loaded.cut_over(sleep=sleep).outcome == "cut-over"
    assert loaded.state["late"] is True
    assert max(waited) > 55


# --- others, and the end of a command


def test_who_comes_second_takes_nothing_back(loaded: Platform):
    def somebody_else(step: Any) -> None:
        if step.name == "drain":
            loaded.put_state(**loaded.state | {"by": "Grace"})

    with pytest.raises(ChangedMeanwhileError, match="somebody else is at it"):
        loaded.cut_over(at_step=somebody_else)
    assert (loaded.state["stage"], loaded.state["by"]) == ("draining", "Grace")
    assert loaded.cut_over().outcome == "cut-over"


def test_a_failure_beside_somebody_else_takes_nothing_back(loaded: Platform):
    def fails_beside(step: Any) -> None:
        if step.name == "drain":
            loaded.put_state(**loaded.state | {"by": "Grace"})
            raise StepFailedError("no luck")

    with pytest.raises(ChangedMeanwhileError, match="no luck; and somebody else is at it: draining, drain"):
        loaded.cut_over(at_step=fails_beside)


def test_ctrl_c_leaves_what_was_done_and_the_next_command_is_said(loaded: Platform):
    def ctrl_c(step: Any) -> None:
        if step.name == "stop-forward":
            raise KeyboardInterrupt

    result = loaded.cut_over(at_step=ctrl_c)
    assert (result.outcome, result.exit_code) == ("interrupted", 130)
    assert result.next_command == "invoke cutover.start"
    assert rollback.run(loaded.operator()).outcome == "ready"


def test_after_the_move_nothing_goes_back_by_itself(loaded: Platform):
    def fails(step: Any) -> None:
        if step.name == "canary":
            raise StepFailedError("no canary")

    result = loaded.cut_over(at_step=fails)
    assert (result.outcome, result.exit_code) == ("stopped", 1)
    assert result.said[:2] == ("no canary", "start stopped at moved, canary")
    assert (loaded.weights, result.next_command) == ((0, 100), "invoke cutover.start")
    assert loaded.cut_over().outcome == "cut-over"


def test_what_cannot_be_taken_back_is_told(loaded: Platform):
    def fails(step: Any) -> None:
        if step.name in {"drain", "stop-reverse"}:
            raise StepFailedError(f"{step.name} fails")

    result = loaded.cut_over(at_step=fails)
    assert (result.outcome, result.exit_code) == ("stopped", 1)
    assert result.said[:2] == ("drain fails", "stop-reverse fails")
    assert result.next_command == "invoke cutover.start"
    # the same command goes on taking it back
    result = loaded.cut_over()
    assert (result.outcome, result.exit_code) == ("ready", 0)


def test_a_state_that_cannot_be_read_any_more_is_told(loaded: Platform):
    def fails(step: Any) -> None:
        if step.name == "drain":
            loaded.put_state(stage="somewhere")
            raise StepFailedError("no luck")

    result = loaded.cut_over(at_step=fails)
    assert result.outcome == "stopped"
    assert "the state cannot be read" in result.said[1]


def test_a_canary_that_is_lost_is_no_end(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.operations.cutover.sentinel.Sentinels.seen", lambda *_: False)
    with pytest.raises(StepFailedError, match="is not there"):
        deeds.canary_back(work_of(loaded))


def test_a_source_that_is_opened_without_a_note_is_told(loaded: Platform):
    with loaded.on_premises() as source:
        source.execute("ALTER DATABASE payments SET default_transaction_read_only = on")
        source.execute("REVOKE CONNECT ON DATABASE payments FROM PUBLIC, postgres")
    result = rollback.run(loaded.operator())
    assert result.outcome == "ready"
    assert "who could is not noted" in loaded.shown
    with pytest.raises(psycopg.OperationalError):
        loaded.on_premises("payments_app")


# --- a reader that confirms only with what it gets


def test_while_nothing_is_confirmed_the_reader_gets_one_more_row(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    work = work_of(loaded)
    monkeypatch.setattr(draining, "_PUSH_SECONDS", -1)
    with work.database("on_premises") as source:
        position = work.sentinels.write(source, "a1-there-2", "drain")
        confirmed = draining._confirmed(work, source, position, "a1-there-2")
        for _ in range(2):
            confirmed()
        assert work.sentinels.seen(source, "a1-there-2-more-1")
        assert work.sentinels.seen(source, "a1-there-2-more-2")
