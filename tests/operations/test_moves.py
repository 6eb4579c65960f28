"""What can be done, from every state in which an execution may have died."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.operations.migration.facts import (
    Checkpoint,
    Database,
    Member,
    Question,
    Running,
    Topology,
    Weights,
)
from shared.operations.migration.moves import MOVES, move, plan

SOURCE, TARGET = "us-east-1", "eu-west-1"
ALL, NONE = Weights(source=0, target=100), Weights(source=100, target=0)
HALF = Weights(source=50, target=50)


def database(
    writer: str = SOURCE, *, changing: bool = False, members: tuple[str, ...] = (SOURCE, TARGET)
) -> Database:
    return Database(
        status="available",
        changing=changing,
        members=tuple(
            Member(
                region=region,
                cluster_arn=f"arn:{region}",
                writer=region == writer,
                status="available",
                engine_version="1",
            )
            for region in members
        ),
    )


def checkpoint(stage: str, **facts: Any) -> Checkpoint:
    found = {} if stage == "none" else {"found_weights": NONE, "found_writer": SOURCE}
    return Checkpoint(**{"stage": stage, "phase": 50, **found, **facts})


def running(state: str = "Bake", **facts: Any) -> Running:
    values = {"arn": "run", "name": "migrate-1", "since": datetime(2026, 1, 1, tzinfo=UTC), "waits": False}
    return Running(**{"state": state, **values, **facts})


def topology(stage: str, weights: Weights = NONE, writer: str = SOURCE, **facts: Any) -> Topology:
    values: dict[str, Any] = {
        "source": SOURCE,
        "target": TARGET,
        "weights": weights,
        "database": database(writer),
        "checkpoint": checkpoint(stage),
        "executions_read": True,
    }
    return Topology(**{**values, **facts})


def question(kind: str = "phase") -> Question:
    return Question(kind=kind, phase=75, reasons=(), asked_at="", token="t")


NO_TARGET = {
    "checkpoint": None,
    "executions_read": False,
    "unreachable": {TARGET: "time-out"},
}
#: Name of a state -> the topology, and what can be done.
STATES: dict[str, tuple[Topology, set[str]]] = {
    "nothing was started": (topology("none"), {"start"}),
    "rolled back": (topology("rolled-back"), {"start"}),
    "killed before the weights were set": (topology("shifting"), {"start", "rollback"}),
    "killed after the weights were set": (topology("shifting", HALF), {"start", "rollback"}),
    "held": (topology("held", HALF), {"start", "rollback"}),
    "all traffic shifted": (topology("shifted", ALL), {"start", "rollback", "switchover"}),
    "part of the traffic shifted": (topology("shifted", HALF), {"start", "rollback"}),
    "killed before the writer moved": (topology("switching", ALL), {"start", "rollback", "switchover"}),
    "killed while the writer moves": (
        topology("switching", ALL, database=database("", changing=True), paused=(SOURCE, TARGET)),
        {"start", "rollback", "switchover"},
    ),
    "killed after the writer moved": (
        topology("switching", ALL, TARGET),
        {"start", "rollback", "switchover"},
    ),
    "killed on the way back, the writer moved": (
        topology("rolling-back", ALL, TARGET),
        {"start", "rollback"},
    ),
    "killed on the way back, the writer is back": (topology("rolling-back", ALL), {"start", "rollback"}),
    "moved": (topology("moved", ALL, TARGET), {"rollback", "finalize"}),
    "moved, and traffic went back by hand": (topology("moved", HALF, TARGET), {"start", "rollback"}),
    "moved, and the writer went back by hand": (
        topology("moved", ALL, SOURCE),
        {"start", "rollback", "switchover"},
    ),
    "finalized": (
        topology("moved", ALL, TARGET, database=database(TARGET, members=(TARGET,)), source_member=False),
        set(),
    ),
    "an execution shifts": (topology("shifting", HALF, running=running()), {"abort"}),
    "an execution that has written nothing": (topology("none", running=running("")), {"abort"}),
    "an execution asks": (
        topology("shifting", HALF, running=running("AwaitPhase", waits=True), question=question()),
        {"approve", "abort"},
    ),
    "an execution goes back": (
        topology(
            "rolling-back", HALF, running=running(), checkpoint=checkpoint("rolling-back", execution="run")
        ),
        set(),
    ),
    "an execution resumes what another took back": (
        topology(
            "rolling-back", HALF, running=running(), checkpoint=checkpoint("rolling-back", execution="old")
        ),
        {"abort"},
    ),
    "the target does not answer": (topology("none", **NO_TARGET), set()),
    "the source does not answer, nothing was started": (
        topology("none", unreachable={SOURCE: "time-out"}),
        set(),
    ),
    "the source does not answer, half is shifted": (
        topology("shifting", HALF, unreachable={SOURCE: "time-out"}),
        set(),
    ),
    "the source does not answer, an execution runs": (
        topology("shifting", HALF, running=running(), unreachable={SOURCE: "time-out"}),
        set(),
    ),
    "the source does not answer in the switchover": (
        topology("switching", ALL, unreachable={SOURCE: "time-out"}),
        {"start", "switchover"},
    ),
    "the source does not answer on the way back": (
        topology("rolling-back", ALL, unreachable={SOURCE: "time-out"}),
        set(),
    ),
    "the source does not answer after everything moved": (
        topology("moved", ALL, TARGET, unreachable={SOURCE: "time-out"}),
        {"finalize"},
    ),
    "Route 53 does not answer": (
        topology("shifting", weights=None, unreachable={"Route 53": "time-out"}),
        {"rollback"},
    ),
    "records that nobody knows": (topology("none", weights=None, unread=("odd",)), set()),
    "both weights are 0": (topology("none", Weights(source=0, target=0)), set()),
    "the database is changed by hand": (topology("none", database=database(changing=True)), set()),
    "nobody writes": (topology("none", database=database("")), set()),
    "the database is not known": (topology("none", database=None), set()),
    "moved, and the database is not known": (topology("moved", ALL, database=None), {"rollback"}),
    "moved, and the database is changed by hand": (
        topology("moved", ALL, database=database(TARGET, changing=True)),
        {"rollback"},
    ),
    "moved, and nobody knows the weights": (topology("moved", weights=None, writer=TARGET), {"rollback"}),
    "it cannot be seen whether something runs": (
        topology("shifting", HALF, executions_read=False, unread=("AccessDenied",)),
        set(),
    ),
    "the checkpoint cannot be read": (topology("none", checkpoint=None), set()),
}


@pytest.mark.parametrize("name", STATES)
def test_what_can_be_done(name: str) -> None:
    found, possible = STATES[name]

    moves = plan(found)

    assert {one.name for one in moves if one.possible} == possible
    assert [one.name for one in moves] == list(MOVES)
    assert all(one.possible == (not one.reasons) for one in moves)
    assert all(one.meaning and "None" not in one.meaning for one in moves)


def reasons(name: str, found: Topology) -> tuple[str, ...]:
    return move(name, found).reasons


def test_every_reason_is_said_at_once() -> None:
    found = topology("shifting", HALF, running=running())
    assert reasons("finalize", found) == (
        "an execution runs: migrate-1, at Bake",
        "the checkpoint is at shifting: only what has moved can be made final",
        "eu-west-1 has 50 % of the traffic: it has to have all",
        "the database writes in us-east-1, not in eu-west-1",
    )
    assert reasons("switchover", replace(found, running=running(""))) == (
        "an execution runs: migrate-1, at its beginning",
        "eu-west-1 has 50 % of the traffic: the database follows at 100 %",
    )


def test_a_dead_source_is_no_way_back() -> None:
    found = topology("shifting", HALF, unreachable={SOURCE: "time-out"})
    assert reasons("rollback", found) == (
        "us-east-1 does not answer, and the way back leads there (time-out): see the runbook, Failover",
    )
    assert reasons("start", found) == ("us-east-1 does not answer: time-out",)


def test_a_machine_that_nobody_sees_is_left_alone() -> None:
    dead = topology("none", **NO_TARGET)
    for name in MOVES:
        assert reasons(name, dead)[0] == (
            "eu-west-1 does not answer, and the state machine is there: time-out"
        )
    assert reasons("abort", dead) == reasons("approve", dead) == reasons("rollback", dead)
    refused = topology("shifting", HALF, executions_read=False, unread=("AccessDenied",))
    assert reasons("abort", refused) == ("it cannot be seen how far the migration is: AccessDenied",)
    silent = topology("none", checkpoint=None)
    assert reasons("rollback", silent) == ("it cannot be seen how far the migration is: nothing was said",)


def test_who_is_not_asked_cannot_answer() -> None:
    assert reasons("approve", topology("none")) == ("nobody is asked: no execution runs",)
    at = topology("shifting", running=running())
    assert reasons("approve", at) == ("nobody is asked: migrate-1 is at Bake",)
    begun = topology("shifting", running=running(""))
    assert reasons("approve", begun) == ("nobody is asked: migrate-1 is at its beginning",)


def test_a_finished_migration_has_nothing_to_start_and_a_final_one_no_way_back() -> None:
    final, _ = STATES["finalized"]
    assert reasons("start", final) == ("nothing remains to be done: traffic and writer are in eu-west-1",)
    left = "the database of us-east-1 has left the global database"
    assert reasons("rollback", final) == (f"{left}: that was final",)
    assert reasons("finalize", final) == (f"{left}: it is final already",)


def test_other_reasons_name_what_is_in_the_way() -> None:
    assert reasons("rollback", topology("none")) == (
        "there is nothing to go back from: the checkpoint is at none",
    )
    assert "a rollback was begun and not finished: `migrate.start` finishes it" in reasons(
        "switchover", topology("rolling-back", ALL)
    )
    assert "nobody knows how much of the traffic" in reasons("finalize", topology("moved", weights=None))[0]
    assert reasons("finalize", topology("moved", ALL, writer="mars")) == (
        "the database writes in no region, not in eu-west-1",
    )
    assert reasons("abort", topology("held")) == ("no execution runs; `migrate.rollback` goes back",)


@pytest.mark.parametrize(
    ("name", "found", "meaning"),
    [
        ("start", topology("none"), "moves the traffic to eu-west-1 phase by phase, then asks"),
        ("start", topology("shifting"), "goes on from its checkpoint: the phase 50 % is done again"),
        ("start", topology("shifted"), "goes on after the last phase: asks, then moves the database"),
        ("start", topology("switching"), "finishes the switchover of the database"),
        ("start", topology("rolling-back"), "finishes the rollback that was begun"),
        ("rollback", topology("none"), "goes back to what the migration found"),
        ("rollback", topology("held"), "goes back to what the migration found: the weights to 100 to 0"),
        (
            "abort",
            topology("switching", writer=TARGET),
            "stops the execution, then goes back to what the migration found: the writer to us-east-1 first",
        ),
        ("approve", topology("none"), "answers the question that an execution waits for"),
        ("approve", topology("none", question=question()), "answers the question about the phase 75 %"),
        (
            "approve",
            topology("none", question=question("inconclusive")),
            "answers the question about a doubtful look of the gate",
        ),
        (
            "approve",
            topology("none", question=question("switchover")),
            "answers the question about the switchover of the database",
        ),
        ("switchover", topology("shifted"), "moves the database's writer to eu-west-1"),
        ("finalize", topology("moved"), "takes us-east-1 out of the global database: the point of no return"),
    ],
)
def test_a_move_says_what_it_would_do_now(name: str, found: Topology, meaning: str) -> None:
    assert move(name, found).meaning.startswith(meaning)


def test_commands_lead_to_this_environment() -> None:
    assert move("start", topology("none"), " --env staging").command == "invoke migrate.start --env staging"


def test_what_a_checkpoint_expects_of_the_weights() -> None:
    assert checkpoint("none").expected == ()
    assert checkpoint("shifting", weights=NONE, phase=50).expected == (NONE, HALF)
    assert checkpoint("moved", weights=ALL).expected == (ALL,)
    assert checkpoint("rolling-back", weights=HALF).expected == (HALF, NONE)
