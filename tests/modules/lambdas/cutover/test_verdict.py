"""What speaks against a cutover, each reason by itself; and no cutover in any other state (C8)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.cutover.configuration import Limits
from modules.lambdas.cutover.course import WAYS, decide
from modules.lambdas.cutover.question import Question
from modules.lambdas.cutover.readings import Readings, Table, Task
from modules.lambdas.cutover.state import STAGES, State
from modules.lambdas.cutover.verdict import against_cutover, against_rollback, not_fresh

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
LIMITS = Limits(mode="approval", lag_limit_seconds=5, lag_window_minutes=3, drained_minutes=30)
DRAINED = State(stage="drained", at=NOW, version=3)
TABLE = Table(
    name="public.payments", state="Table completed", validation="Validated", pending=0, failed=0, suspended=0
)


def values(*seconds: float) -> tuple[tuple[datetime, float], ...]:
    return tuple((NOW - timedelta(minutes=number), value) for number, value in enumerate(seconds))


GOOD = Readings(
    forward=Task(status="stopped", percent=100),
    reverse=Task(status="running"),
    tables=(TABLE,),
    latencies={"CDCLatencySource": values(1, 1, 1, 99), "CDCLatencyTarget": values(2, 2, 4)},
    alarms={"lag": "INSUFFICIENT_DATA"},
)


def test_nothing_speaks_against_what_is_well():
    assert against_cutover(GOOD, LIMITS, DRAINED) == [], "99 s were before the window"
    assert against_cutover(GOOD, LIMITS, replace(DRAINED, stage="moving")) == []
    assert against_rollback(GOOD) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"forward": Task(status="running", percent=100)},
            "the forward task still runs: with the reverse task it would carry Aurora's rows in a circle",
        ),
        (
            {"forward": Task(status="failed", stop_reason="FATAL_ERROR", percent=100)},
            "the forward task is failed (FATAL_ERROR)",
        ),
        ({"forward": Task(status="stopped", percent=99)}, "the full load is at 99 %"),
        ({"forward": Task(status="stopped", percent=100, errored=2)}, "2 tables have errors"),
        (
            {"reverse": Task(status="stopped")},
            "the reverse task is stopped: there would be no way back without loss",
        ),
        ({"tables": ()}, "DMS knows of no table"),
        (
            {"tables": (TABLE, replace(TABLE, name="public.refunds", validation="No primary key"))},
            "public.refunds: Table completed, No primary key",
        ),
        (
            {"tables": (replace(TABLE, validation="Pending records", pending=3, failed=1),)},
            "public.payments: Table completed, Pending records, 3 rows pending, 1 rows failed",
        ),
        (
            {"tables": (replace(TABLE, suspended=1),)},
            "public.payments: Table completed, Validated, 1 rows suspended",
        ),
        ({"tables": (replace(TABLE, state="", validation=""),)}, "public.payments: no state, not validated"),
        (
            {"latencies": {**GOOD.latencies, "CDCLatencySource": values(2, 1, 1)}},
            "the latency was 6 s, above 5 s",
        ),
        (
            {"latencies": {**GOOD.latencies, "CDCLatencySource": values(0, 0)}},
            "CDCLatencySource has 2 values, and 3 minutes are needed",
        ),
        (
            {"latencies": {"CDCLatencySource": values(0, 0, 0), "CDCLatencyTarget": ()}},
            "CDCLatencyTarget has 0 values, and 3 minutes are needed",
        ),
        ({"alarms": {"lag": "ALARM"}}, "the alarm lag is in ALARM"),
    ],
)
def test_each_thing_that_is_not_well_is_a_reason(change, reason):
    assert against_cutover(replace(GOOD, **change), LIMITS, DRAINED) == [reason]


def test_before_the_freeze_the_forward_task_has_to_run_and_the_reverse_one_need_not():
    before = State(stage="replicating", at=None, version=1)
    running = replace(GOOD, forward=Task(status="running", percent=100), reverse=Task(status="ready"))
    assert against_cutover(running, LIMITS, before) == []
    assert against_cutover(GOOD, LIMITS, before) == ["the forward task is stopped"]


def test_of_many_bad_tables_twenty_are_named():
    bad = tuple(replace(TABLE, name=f"public.t{number}", failed=1) for number in range(25))
    reasons = against_cutover(replace(GOOD, tables=bad), LIMITS, DRAINED)
    assert (len(reasons), reasons[-1]) == (21, "5 more tables are not valid")


@pytest.mark.parametrize("status", ["failed", "ready", "missing"])
def test_no_way_back_over_a_reverse_task_that_is_not_well(status):
    (reason,) = against_rollback(replace(GOOD, reverse=Task(status=status)))
    assert reason.startswith(f"the reverse task is {status}: what was written to Aurora may be missing")
    (reason,) = against_rollback(replace(GOOD, reverse=Task(status="running", errored=1)))
    assert "with errors in 1 tables" in reason


@pytest.mark.parametrize(
    ("age", "reasons"),
    [
        (timedelta(minutes=30), []),
        (timedelta(minutes=31), ["everything was drained 31 minutes ago: drain it again"]),
        (-timedelta(seconds=30), []),
        (-timedelta(minutes=2), ["the state is of 2026-05-01 02:02:00 UTC, which is yet to come"]),
    ],
)
def test_the_note_that_everything_is_drained_gets_old(age, reasons):
    assert not_fresh(replace(DRAINED, at=NOW - age), LIMITS, NOW) == reasons


def test_a_note_without_a_time_does_not_count():
    assert not_fresh(replace(DRAINED, at=None), LIMITS, NOW) == [
        "the state does not say when everything was drained"
    ]


WEIGHTS = st.sampled_from([(100, 0), (0, 100), (50, 50), (100, 100), (0, 0), (1, 99)])


@given(
    st.tuples(st.sampled_from(["cutover", "rollback"]), st.sampled_from(STAGES), WEIGHTS),
    st.booleans(),
    st.sampled_from(["approval", "automated"]),
    st.sampled_from([(), ("something",)]),
)
def test_the_name_moves_only_from_the_drained_side_with_nothing_against_it(situation, person, mode, reasons):
    action, stage, weights = situation
    way = WAYS[action]
    found = dict(zip(("on_premises", "aurora"), weights, strict=True))
    question = Question(action=action, by="x", person=person)
    course = decide(question, stage, found, mode=mode, reasons=reasons)
    # a move that was stopped is gone on with by a person only
    from_here = {way.drained, *([way.under_way] if person else [])}
    allowed = found == way.found and stage in from_here and not reasons
    asked = stage == way.drained and not person and mode == "approval"
    assert (course.go == "move") is (allowed and not asked)
    assert (course.go == "ask") is (allowed and asked)
    if course.go == "confirm":
        assert (found, stage) == (way.wanted, way.under_way)
    if course.go == "tell":
        assert course.reasons
        assert not person


def test_weights_that_somebody_moved_by_hand_are_refused():
    question = Question(action="cutover", by="x", person=True)
    course = decide(question, "replicating", {"on_premises": 0, "aurora": 100}, mode="approval", reasons=())
    assert "somebody moved them" in course.reasons[0]
    course = decide(question, "drained", {"on_premises": 50, "aurora": 50}, mode="approval", reasons=())
    assert course.reasons[0].startswith("the weights are {'on_premises': 50, 'aurora': 50}, not")
