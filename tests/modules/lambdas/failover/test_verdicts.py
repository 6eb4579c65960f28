"""What speaks against an action, from every situation that there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.failover.checkpoint import FINISHED, UNFINISHED
from modules.lambdas.failover.readings import Lag
from modules.lambdas.failover.verdicts import FRESH_SECONDS, against
from tests.modules.lambdas.failover.inputs import (
    AWAY,
    CONFIGURATION,
    HOME,
    NOON,
    accepting,
    changed,
    checkpoint,
    member,
    moving,
    situation,
    topology,
)

NO_LAG = Lag(why="no sample in 10 minutes")


def said(case, configuration=CONFIGURATION):
    return against(case, configuration)


@pytest.mark.parametrize("action", ["failover", "switchover", "failback"])
def test_when_everything_is_well_nothing_speaks_against_it(action):
    assert said(situation(action)) == []


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (
            Lag(ms=800, at=NOON - timedelta(seconds=95)),
            "the last known lag is 800 ms, of 12:01:25 (UTC), 95 s",
        ),
        (Lag(ms=0, at=NOON - timedelta(seconds=121)), "the last known lag is 0 ms, of 12:00:59 (UTC), 121 s"),
        (NO_LAG, "the lag is not known: no sample in 10 minutes"),
    ],
)
def test_a_lag_that_is_not_known_to_be_zero_has_to_be_accepted(lag, words):
    (reason,) = said(situation(lag=lag))
    assert reason.startswith(words)
    assert reason.endswith(
        "accept_data_loss (invoke failover.failover --accept-data-loss --env other --suffix x1) accepts that"
    )
    assert said(accepting(lag=lag)) == []


@given(
    st.one_of(st.none(), st.floats(min_value=0, max_value=10_000)),
    st.integers(min_value=0, max_value=600),
    st.booleans(),
)
def test_nothing_is_lost_that_nobody_accepted(ms, age, accepted):
    lag = Lag(ms=ms, at=None if ms is None else NOON - timedelta(seconds=age))
    case = (accepting if accepted else situation)(lag=lag)
    certain = ms == 0 and age <= FRESH_SECONDS
    assert (said(case) == []) is (certain or accepted)


def test_a_failover_that_was_taken_is_not_asked_about_again():
    resumed = checkpoint("failing-over")
    for world in (moving(AWAY, loses=True), topology(AWAY)):
        assert said(situation(checkpoint=resumed, topology=world, lag=NO_LAG)) == []
    # a switchover that an execution left behind is no failover
    for world in (topology(), moving(AWAY)):
        (reason,) = said(situation(checkpoint=resumed, topology=world, lag=NO_LAG))
        assert reason.startswith("the lag is not known")


def test_a_standby_that_is_not_well_is_not_promoted():
    ill = changed(topology(), AWAY, status="maintenance", synchronization="pending-resync")
    assert said(situation(topology=ill)) == [
        "the cluster in us-west-2 is maintenance: it has to be available",
        "the cluster in us-west-2 is pending-resync: Aurora is building it anew from the writer",
    ]
    # while a switchover is under way its status is another one
    moved = changed(moving(AWAY), AWAY, status="switching-over")
    assert said(accepting(topology=moved, checkpoint=checkpoint("switching-over"))) == []


def test_a_failover_does_not_care_for_what_the_primary_would_say():
    gone = changed(topology(), HOME, status="", answered=False, engine_version="")
    assert said(situation(topology=gone)) == []


def test_a_global_database_that_lost_its_member_cannot_be_moved():
    world = topology(members=(member(HOME),))
    assert said(situation(topology=world)) == ["ledger has no member in us-west-2: nothing can write there"]
    only_away = topology(members=(member(AWAY, writer=True),))
    assert said(situation("failback", topology=only_away)) == [
        "ledger has no member in us-east-1: nothing can write there"
    ]


@pytest.mark.parametrize("stage", FINISHED)
@pytest.mark.parametrize(("action", "writer"), [("failover", AWAY), ("switchover", AWAY), ("failback", HOME)])
def test_where_it_writes_already_there_is_nothing_to_do(stage, action, writer):
    case = situation(action, topology=topology(writer), checkpoint=checkpoint(stage))
    assert said(case) == [
        f"nothing to do: the database writes in {writer} already (the checkpoint is at {stage}); what the "
        "machine did not move may want failover.pin and failover.drain"
    ]


@pytest.mark.parametrize("action", ["failover", "switchover", "failback"])
@pytest.mark.parametrize(
    ("world", "where"),
    [
        (moving(AWAY), AWAY),
        (moving(HOME, writer=AWAY), HOME),
        (topology("", status="failing-over"), "nobody says where"),
    ],
)
def test_a_change_of_somebody_elses_is_left_alone(action, world, where):
    assert said(accepting(action, topology=world)) == [
        f"somebody else is changing the global database: it is {world.status} (to: {where})"
    ]


@pytest.mark.parametrize("stage", UNFINISHED)
@pytest.mark.parametrize("action", ["failover", "switchover", "failback"])
def test_what_is_unfinished_is_finished_first_or_taken_over_by_a_failover(action, stage):
    case = accepting(action, checkpoint=checkpoint(stage, step="Switch", at="2026-01-01T12:00:00Z"))
    goes_on = case.request.doing == stage or action == "failover"
    assert (said(case) == []) is goes_on
    if not goes_on:
        name = {"failing-over": "failover", "switching-over": "switchover", "failing-back": "failback"}[stage]
        assert said(case) == [
            f"an unfinished {name} stands in the checkpoint (step Switch, written 2026-01-01T12:00:00Z): "
            f"invoke failover.{name} --env other --suffix x1 finishes it"
        ]


def test_a_checkpoint_without_words_is_unfinished_all_the_same():
    (reason,) = said(situation("switchover", checkpoint=checkpoint("failing-back")))
    assert "(step none, written nobody knows when)" in reason


@pytest.mark.parametrize(("action", "target"), [("switchover", AWAY), ("failback", HOME)])
def test_what_was_moved_needs_only_where_it_is(action, target):
    doing = checkpoint(situation(action).request.doing)
    other = HOME if target == AWAY else AWAY
    arrived = changed(topology(target), other, answered=False, status="unreadable: lost")
    assert said(situation(action, topology=arrived, checkpoint=doing, lag=NO_LAG)) == []
    silent = changed(topology(target), target, answered=False, status="unreadable: lost")
    assert said(situation(action, topology=silent, checkpoint=doing)) == [
        f"{target} does not answer: unreadable: lost"
    ]
    under_way = moving(target, writer=other)
    assert said(situation(action, topology=under_way, checkpoint=doing, lag=NO_LAG)) == []


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (topology(status="modifying"), "the global database is modifying: it has to be available"),
        (
            topology(writer=""),
            "the wrong direction: the database writes in no single region, not in us-east-1",
        ),
        (
            topology("eu-west-1", members=(member(AWAY), member("eu-west-1", writer=True))),
            "the wrong direction: the database writes in eu-west-1, not in us-east-1",
        ),
        (topology(members=(member(AWAY),)), "the global database has no member in us-east-1"),
        (
            changed(topology(), HOME, answered=False, status="unreadable: x"),
            "us-east-1 does not answer: unreadable: x",
        ),
        (
            changed(topology(), HOME, status="backing-up"),
            "the cluster in us-east-1 is backing-up: it has to be available",
        ),
        (
            changed(topology(), AWAY, synchronization="pending-resync"),
            "the cluster in us-west-2 is pending-resync: it has to be connected",
        ),
        (
            changed(topology(), AWAY, synchronization=""),
            "the cluster in us-west-2 is without a word on its synchronization: it has to be connected",
        ),
        (
            changed(topology(), AWAY, engine_version="8.0.mysql_aurora.3.10.2"),
            "the engine versions differ: 8.0.mysql_aurora.3.10.1 in us-east-1, "
            "8.0.mysql_aurora.3.10.2 in us-west-2",
        ),
    ],
)
def test_in_peace_everything_has_to_be_well(world, reason):
    assert reason in said(situation("switchover", topology=world))
    # an execution that goes on before the writer moved looks at the same
    resumed = situation("switchover", topology=world, checkpoint=checkpoint("switching-over"))
    assert reason in said(resumed)


def test_the_lag_and_the_alarms_have_to_be_well_too():
    lag = Lag(ms=5001, at=NOON)
    case = situation("failback", lag=lag, alarms=["the alarm a in us-east-1 is ALARM"])
    assert said(case) == [
        "us-east-1 is 5001 ms behind, and 5000 ms are allowed",
        "the alarm a in us-east-1 is ALARM",
    ]
    assert said(situation("switchover", lag=replace(lag, ms=5000))) == []
    assert said(situation("switchover", lag=NO_LAG)) == [
        "the lag is not known: no sample in 10 minutes; at most 5000 ms are allowed"
    ]


def test_every_reason_is_said_at_once():
    world = changed(topology(status="modifying"), HOME, answered=False, status="unreadable: x")
    world = changed(world, AWAY, status="backing-up")
    assert len(said(situation("switchover", topology=world, lag=NO_LAG, alarms=["an alarm"]))) == 5


def test_of_the_writer_rds_need_not_say_that_it_is_connected():
    assert said(situation("switchover", topology=changed(topology(), HOME, synchronization=""))) == []
