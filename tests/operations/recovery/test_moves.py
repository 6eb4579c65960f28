"""What can be done from every state that a kill, a loss or a person can leave behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.operations.recovery.facts import Checkpoint, Database, Pin, Topology
from shared.operations.recovery.loss import loss
from shared.operations.recovery.moves import MOVES, move, plan
from tests.operations.recovery.topologies import (
    AWAY,
    HOME,
    LAGS,
    NOW,
    STATUSES,
    alarms,
    database,
    ended,
    lag,
    member,
    running,
    stopped,
    topologies,
    topology,
)

LOST = {"left_out": HOME, "alarms": alarms()[2:]}
SILENT = {"unreachable": {f"RDS in {HOME}": "time-out"}}
PINNED, FREE = Pin(pinned=True), Pin(pinned=False)
BLIND_HOME = {"home": {"status": "", "engine_version": ""}}

#: What stands -> what can be done then.
STATES: dict[str, tuple[Topology, set[str]]] = {
    "all is well": (topology(), {"switchover", "failover", "pin"}),
    "all is well, intents wait": (topology(waiting=3), {"switchover", "failover", "pin", "drain"}),
    "traffic is pinned by hand": (topology(pin=PINNED), {"switchover", "failover", "unpin"}),
    "the home region is lost": (
        topology(**SILENT, database=database(**BLIND_HOME)),
        {"failover", "pin"},
    ),
    "the home region is left out": (topology(**LOST, database=database(**BLIND_HOME)), {"failover", "pin"}),
    "a failover was killed before the pin": (topology("failing-over"), {"failover", "pin", "unpin"}),
    "a failover was killed after the pin": (topology("failing-over", pin=PINNED), {"failover", "unpin"}),
    "a failover was killed while Aurora promotes": (
        topology("failing-over", pin=PINNED, database=database(change="failing-over")),
        {"failover"},
    ),
    "a failover was killed after the promotion": (
        topology("failing-over", AWAY, waiting=3),
        {"failover", "drain"},
    ),
    "failed over": (topology("failed-over", AWAY), {"failback"}),
    "failed over, the home region is not back": (
        topology("failed-over", AWAY, **SILENT, waiting=2),
        {"drain"},
    ),
    "failed over, the home region follows not yet": (
        topology("failed-over", AWAY, database=database(AWAY, home={"synchronization": "pending-resync"})),
        set(),
    ),
    "a switchover was killed": (topology("switching-over", pin=PINNED), {"switchover", "failover", "unpin"}),
    "a switchover was killed while the writer moves": (
        topology("switching-over", pin=PINNED, database=database(change="switching-over")),
        {"switchover", "failover"},
    ),
    "a switchover was killed after the writer moved": (
        topology("switching-over", AWAY),
        {"switchover", "failover"},
    ),
    "a switchover was killed after the writer moved, and the home region is lost": (
        topology("switching-over", AWAY, **SILENT),
        {"switchover", "failover"},
    ),
    "a switchover is under way, and the home region is lost": (
        topology(
            "switching-over",
            pin=PINNED,
            **SILENT,
            database=database(change="switching-over", away={"status": "switching-over"}, **BLIND_HOME),
        ),
        {"failover"},
    ),
    "only the status says that the writer moves": (
        topology("switching-over", pin=PINNED, database=replace(database(), status="switching-over")),
        {"switchover", "failover"},
    ),
    "a switchover was killed, and the home region is lost": (
        topology("switching-over", pin=PINNED, **SILENT, database=database(**BLIND_HOME)),
        {"failover", "unpin"},
    ),
    "switched over": (topology("switched-over", AWAY), {"failback"}),
    "a failback was killed": (topology("failing-back", AWAY), {"failback", "failover"}),
    "a failback was killed, and the home region is lost": (
        topology("failing-back", AWAY, **SILENT),
        {"failover"},
    ),
    "a failback was killed while the writer moves": (
        topology("failing-back", AWAY, database=database(AWAY, change="switching-over")),
        {"failback", "failover"},
    ),
    "a failback was killed while the writer moves, and the home region is lost": (
        topology("failing-back", AWAY, **SILENT, database=database(AWAY, change="switching-over")),
        {"failover"},
    ),
    "a failover was stopped a moment ago": (
        topology("failing-over", pin=PINNED, ended=stopped(seconds=20)),
        {"failover"},
    ),
    "a failover was stopped some time ago": (
        topology("failing-over", pin=PINNED, ended=stopped(seconds=75)),
        {"failover", "unpin"},
    ),
    "a failback was killed after the writer moved": (
        topology("failing-back", pin=PINNED),
        {"failback", "failover"},
    ),
    "a failback was killed after the writer moved, and the home region is lost": (
        topology("failing-back", pin=PINNED, **SILENT),
        {"failover"},
    ),
    "failed back": (topology("failed-back"), {"switchover", "failover", "pin"}),
    "somebody promoted the standby by hand": (
        topology("none", AWAY, pin=FREE, waiting=3),
        {"failback", "pin", "drain"},
    ),
    "somebody moves the writer by hand": (
        topology(database=database(change="switching-over")),
        {"pin"},
    ),
    "an execution runs": (topology("failing-over", running=running()), set()),
    "the standby is not available": (
        topology(database=database(away={"status": "creating"})),
        {"pin"},
    ),
    "the standby has left": (
        topology(database=Database(status="available", change="", members=(member(HOME, writer=True),))),
        {"pin"},
    ),
    "the database is not known": (topology(database=None), {"pin"}),
    "nobody writes": (topology(database=database("")), {"failover", "pin"}),
    "a third region writes": (
        topology(
            database=replace(database(""), members=(*database("").members, member("eu-west-1", writer=True)))
        ),
        {"failover", "pin"},
    ),
    "the pin cannot be seen": (topology(pin=None), {"switchover", "failover", "pin"}),
    "the machine cannot be seen": (topology(executions_read=False), {"pin"}),
    "the checkpoint cannot be read": (topology(checkpoint=None, pin=PINNED), set()),
    "the intents cannot be counted": (topology(waiting=None), {"switchover", "failover", "pin", "drain"}),
}


@pytest.mark.parametrize("name", STATES)
def test_what_can_be_done(name: str) -> None:
    found, possible = STATES[name]
    assert {one.name for one in plan(found) if one.possible} == possible


def reasons(name: str, found: Topology) -> tuple[str, ...]:
    return move(name, found).reasons


@given(topologies())
def test_every_move_is_possible_or_has_reasons_and_means_something(found: Topology) -> None:
    moves = plan(found, " --env x")
    assert [one.name for one in moves] == list(MOVES)
    for one in moves:
        assert one.possible == (not one.reasons)
        assert one.command.startswith(f"invoke failover.{one.name}")
        assert one.command.endswith(" --env x")
        assert "None" not in " ".join((one.meaning, *one.reasons))
        assert len(set(one.reasons)) == len(one.reasons)


@given(topologies(), STATUSES, LAGS, st.sampled_from(["OK", "ALARM", "missing"]), st.booleans())
def test_a_failover_is_never_decided_by_what_only_the_home_region_knows(
    found: Topology, status: str, newest: object, state: str, silent: bool
) -> None:
    before = move("failover", found)
    data = found.database
    if data:
        members = tuple(
            replace(one, status=status, engine_version="9") if one.region == HOME else one
            for one in data.members
        )
        data = replace(data, members=members)
    away = {region: one for region, one in found.lags.items() if region == AWAY}
    places = {place: why for place, why in found.unreachable.items() if HOME not in place}
    other = replace(
        found,
        database=data,
        lags={**away, HOME: newest} if newest else away,
        alarms=(*(one for one in found.alarms if one.region == AWAY), *alarms(home=state)[:2]),
        unreachable={**places, f"RDS in {HOME}": "x"} if silent else places,
        left_out=HOME,
    )

    assert move("failover", other) == before


@given(topologies())
def test_nothing_goes_home_while_the_home_region_does_not_answer(found: Topology) -> None:
    arrived = found.stage == "switching-over" and found.stays_in(AWAY)
    for silent in (replace(found, left_out=HOME), replace(found, unreachable={f"CloudWatch in {HOME}": "x"})):
        assert not move("failback", silent).possible
        assert arrived or not move("switchover", silent).possible


@given(topologies())
def test_nothing_is_done_beside_an_execution(found: Topology) -> None:
    assert [one.name for one in plan(replace(found, running=running())) if one.possible] == []


@given(topologies())
def test_clients_are_never_sent_to_a_region_that_only_reads(found: Topology) -> None:
    if move("unpin", found).possible:
        assert found.writer == HOME
        assert not found.changing


@given(topologies())
def test_only_one_direction_is_open_at_a_time(found: Topology) -> None:
    assert not (move("switchover", found).possible and move("failback", found).possible)


@given(topologies())
def test_an_unfinished_planned_move_is_only_taken_over_by_a_failover(found: Topology) -> None:
    possible = {one.name for one in plan(found) if one.possible}
    if found.stage == "failing-back":
        assert "switchover" not in possible
        assert "unpin" not in possible
    if found.stage == "switching-over":
        assert "failback" not in possible
    if found.stage == "failing-over":
        assert not {"switchover", "failback"} & possible


@given(topologies())
def test_a_loss_is_only_ruled_out_by_a_fresh_zero_or_by_a_promotion_that_was_begun(found: Topology) -> None:
    newest = found.lags.get(AWAY)
    fresh_zero = newest and newest.milliseconds == 0 and (found.looked_at - newest.at).total_seconds() <= 120
    begun, data = found.stage in ("failing-over", "switching-over", "failing-back"), found.database
    promoted = data and data.change and data.loses and data.to == AWAY
    arrived = data and data.writer == AWAY and (data.to == AWAY or not data.changing)
    decided = begun and (promoted or arrived)
    assert bool(loss(found)) == (not fresh_zero and not decided)
    made = move("failover", found)
    assert ("--accept-data-loss" in made.command) == (made.possible and bool(loss(found)))


@given(topologies())
def test_what_is_known_and_well_is_no_dead_end(found: Topology) -> None:
    well = replace(
        found,
        left_out="",
        unreachable={},
        running=None,
        executions_read=True,
        checkpoint=found.checkpoint or Checkpoint(stage="none"),
        database=database(found.writer or HOME),
        lags={HOME: lag(), AWAY: lag()},
        alarms=alarms(),
        pin=found.pin or FREE,
    )
    assert any(one.possible for one in plan(well))


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (None, "the lag is not known: no sample in 10 minutes"),
        (lag(800, seconds=95), "the last known lag is 800 ms, of 12:03:25, 95 s before"),
        (lag(0, seconds=121), "the last known lag is 0 ms, of 12:02:59, 121 s before"),
        (lag(0, seconds=120), ""),
        (lag(0, seconds=-3), ""),
        (lag(1, seconds=-3), "the last known lag is 1 ms, of 12:05:03, 0 s before"),
    ],
)
def test_a_possible_loss_is_said_with_what_is_known(newest: object, said: str) -> None:
    assert loss(topology(lags={AWAY: newest} if newest else {})) == said


def test_every_reason_against_a_planned_move_is_said_at_once() -> None:
    found = topology(
        "failing-back",
        running=running(""),
        unreachable={f"CloudWatch in {HOME}": "time-out", f"S3 in {AWAY}": "refused"},
        database=database(
            home={"engine_version": "3.9.0"}, away={"status": "", "synchronization": "pending-resync"}
        ),
        lags={AWAY: lag(7000)},
        alarms=alarms(away="ALARM")[1:3],
    )
    assert reasons("switchover", found) == (
        "an execution runs: failover-1, at its beginning",
        "a failback was begun and not finished: `failover.failback` goes on with it",
        "CloudWatch in us-east-1 does not answer: time-out",
        "S3 in us-west-2 does not answer: refused",
        "the cluster in us-west-2 is in a state that nobody knows: it has to be available",
        "the cluster in us-west-2 is pending-resync: it has to be connected",
        "the engines differ, and a switchover needs the same patch: 3.9.0 in us-east-1, 3.10.1 in us-west-2",
        "the replication lag of us-west-2 is 7000 ms; at most 5000 ms are allowed",
        "alarm-probe in us-west-2 (probe) is ALARM: it has to be OK",
        "the alarm on the healthy hosts of us-west-2 is not known",
    )


def test_a_lag_that_nobody_knows_is_a_reason_with_the_limit() -> None:
    assert reasons("failback", topology("failed-over", AWAY, lags={AWAY: lag(1)})) == (
        "the replication lag of us-east-1 is not known: no sample in 10 minutes; at most 5000 ms are allowed",
    )


def test_of_the_writer_rds_need_not_say_that_it_is_connected() -> None:
    silent = database(home={"synchronization": ""}, away={"synchronization": "connected"})
    assert reasons("switchover", topology(database=silent)) == ()
    assert reasons("switchover", topology(database=database(away={"synchronization": ""}))) == (
        "the cluster in us-west-2 is followed in a way that nobody knows: it has to be connected",
    )


def test_a_planned_move_has_one_direction() -> None:
    assert reasons("switchover", topology("switched-over", AWAY)) == (
        "the database writes in us-west-2 already",
    )
    assert reasons("failback", topology()) == ("the database writes in us-east-1 already",)
    assert reasons("switchover", topology(database=database(""))) == (
        "the database writes in no region that is known, not in us-east-1",
    )
    assert reasons("failback", topology("failed-over", AWAY, **LOST))[0] == (
        "us-east-1 was left out: it has to be seen"
    )


def test_a_failover_that_is_done_says_what_may_remain() -> None:
    done = "there is nothing to do: the database writes in us-west-2 already"
    assert reasons("failover", topology("failed-over", AWAY)) == (done,)
    assert reasons("failover", topology("none", AWAY, pin=FREE)) == (
        f"{done}; `failover.pin` keeps us-east-1 out of DNS",
    )
    assert reasons("failover", topology("none", AWAY, pin=FREE, waiting=7)) == (
        f"{done}; `failover.pin` keeps us-east-1 out of DNS; "
        "`failover.drain` brings in the 7 intents that wait",
    )


def test_a_stopped_execution_s_function_is_given_its_time_before_a_pin_goes() -> None:
    assert reasons("unpin", topology("failing-over", pin=PINNED, ended=stopped(seconds=20))) == (
        "an execution was stopped, and a function of it may still move the writer until 12:05:55: wait",
    )
    # one that ended by itself has waited for its functions
    stuck = topology("failing-over", pin=PINNED, ended=ended(at=NOW))
    assert reasons("unpin", stuck) == ()


def test_a_switchover_that_was_taken_over_accepts_no_loss_for_what_comes_after_it() -> None:
    found = topology("failing-over", pin=PINNED, database=database(change="switching-over"))
    assert loss(found) == "the last known lag is 80 ms, of 12:04:00, 60 s before"
    assert loss(replace(found, database=database(change="failing-over"))) == ""


def test_a_change_of_somebody_else_is_waited_for() -> None:
    assert reasons("failover", topology(database=database(change="pending"))) == (
        "the global database is pending, and the machine did not begin that: wait",
    )


def test_what_cannot_be_seen_is_said_without_what_the_home_region_said() -> None:
    blind = topology(
        executions_read=False,
        unread=(f"RDS in {HOME}: AccessDenied", f"Step Functions in {AWAY}: AccessDenied"),
        unreachable={f"S3 in {AWAY}": "time-out"},
    )
    assert reasons("failover", blind) == (
        "it cannot be seen how far the machine is: S3 in us-west-2 does not answer: time-out; "
        "Step Functions in us-west-2: AccessDenied",
    )
    assert reasons("failover", topology(checkpoint=None)) == (
        "it cannot be seen how far the machine is: nothing was said",
    )


def test_other_reasons_name_what_is_in_the_way() -> None:
    runs = "an execution runs: failover-1, at Promote"
    found = topology(running=running())
    assert reasons("drain", found) == (f"{runs}; it drains by itself", "no intent waits")
    assert reasons("pin", replace(found, pin=PINNED)) == (
        f"{runs}; it pins and unpins by itself",
        "us-east-1 is pinned already",
    )
    assert reasons("unpin", found) == (runs, "there is no pin")
    assert reasons("unpin", topology("failed-over", AWAY)) == (
        "the database writes in us-west-2: clients would be sent to a region that only reads",
    )
    assert reasons("unpin", topology("failing-back", pin=PINNED)) == (
        "a failback was begun and not finished: `failover.failback` goes on with it, and unpins",
    )
    assert reasons("unpin", topology(pin=None, database=None)) == (
        "it cannot be seen whether there is a pin",
        "the global database does not say where it writes",
    )
    moves = topology(pin=PINNED, database=database(change="switching-over"), waiting=1)
    wait = "the writer is being moved: wait until the global database is available"
    assert reasons("unpin", moves) == (wait,)
    assert reasons("drain", moves) == (wait,)
    assert reasons("drain", topology(database=None, waiting=1)) == (
        "the global database does not say where it writes",
    )
    assert reasons("failover", topology(database=Database(status="x", change="", members=()))) == (
        "the global database has no member in us-west-2",
    )


@pytest.mark.parametrize(
    ("name", "found", "meaning"),
    [
        ("switchover", topology(), "sends clients to us-west-2, then moves the writer there without loss"),
        ("switchover", topology("switching-over"), "goes on: sends clients to us-west-2"),
        ("failover", topology(lags={AWAY: lag(0)}), "pins us-east-1 out of DNS, promotes us-west-2 without"),
        ("failover", topology("failing-over"), "goes on: pins us-east-1 out of DNS"),
        ("failover", topology("switching-over"), "takes over from a switchover: pins us-east-1"),
        ("failover", topology("failing-back"), "takes over from a failback: pins us-east-1"),
        ("failback", topology("failed-over", AWAY), "moves the writer back to us-east-1 without loss"),
        ("failback", topology("failing-back", AWAY), "goes on: moves the writer back to us-east-1"),
        ("drain", topology(waiting=3), "brings 3 intents into the database in us-east-1"),
        ("drain", topology(waiting=None, database=None), "brings what waits into the database in the region"),
        ("pin", topology(), "keeps us-east-1 out of DNS, whatever its probe says"),
        ("unpin", topology(pin=PINNED), "lets us-east-1 back into DNS, as soon as its probe says"),
    ],
)
def test_a_move_says_what_it_would_do_now(name: str, found: Topology, meaning: str) -> None:
    assert move(name, found).meaning.startswith(meaning)


def test_a_move_says_what_it_may_lose_and_what_it_gives_up() -> None:
    known = "; the last known lag is 80 ms, of 12:04:00, 60 s before"
    assert move("failover", topology()).meaning.endswith(
        f"{known}; while us-east-1 answers, `failover.switchover` loses nothing"
    )
    assert move("failover", topology("failing-over")).meaning.endswith(known)
    assert move("failover", topology(lags={AWAY: lag(0)})).meaning.endswith("drains the intents")
    assert move("unpin", topology("switching-over", pin=PINNED)).meaning.endswith(
        "says that it is well, and gives up the switchover that was begun"
    )


def test_the_command_of_a_failover_has_what_it_needs() -> None:
    assert move("failover", topology(), " --env e").command == (
        "invoke failover.failover --accept-data-loss --env e"
    )
    assert move("failover", topology(lags={AWAY: lag(0)})).command == "invoke failover.failover"
    assert move("failover", topology("failing-over", AWAY)).command == "invoke failover.failover"
