"""Faults that a rehearsal puts into a cutover, each with the state that it has to end in."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from shared.operations.cutover import rollback, start
from shared.operations.cutover.sequence import ROLLBACK, START
from shared.rehearsal import faults
from shared.rehearsal.cutover.ends import CUT_OVER, REFUSED, ROLLED_BACK, TAKEN_BACK, End, until
from shared.rehearsal.cutover.journey import Journey
from shared.rehearsal.cutover.parts import REASON
from shared.rehearsal.cutover.places import DATA_CENTRE
from shared.rehearsal.databases.pair import APPLICATION

if TYPE_CHECKING:
    from shared.operations.cutover.sequence import Step

Fault = faults.Fault[Journey, "Step", End]
Once = faults.Once[Journey, "Step", End]

#: As nobody should have one: without a primary key.
TABLE = "notes"


class KilledError(BaseException):
    """The operator's process is gone: nothing of it is done any more, not even what is done at an end."""


def at(name: str) -> Callable[[Step], bool]:
    """When a step was noted and is not done yet."""
    return lambda step: step.name == name


def _kill(_: Journey) -> None:
    raise KilledError


def _stop_replication(journey: Journey) -> None:
    client = journey.rehearsal.deployment.clients.client("dms", journey.region)
    client.stop_replication_task(ReplicationTaskArn=journey.handles.forward_task)
    until(
        journey,
        "the forward task is stopped",
        lambda: bool((task := journey.topology().forward) and task.status == "stopped"),
    )


def _make_table(journey: Journey) -> None:
    with journey.connected(DATA_CENTRE) as connection:
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT now() AS at, 'one'::text AS said")


def _hold_transaction(journey: Journey, *, seconds: float) -> None:
    """Begin a transaction, write in it, and leave it open, for at least so long before anything goes on."""
    server = journey.databases.on_premises
    held = server.connect(
        journey.databases.database, user=APPLICATION, password=journey.databases.passwords[APPLICATION]
    )
    held.autocommit = False
    held.execute("INSERT INTO payments (key, account, amount) VALUES ('held open', 1, 1)")
    journey.held.callback(partial(_let_go, held))
    time.sleep(seconds)


def _let_go(held: psycopg.Connection[object]) -> None:
    try:
        held.rollback()
    except psycopg.Error:
        pass  # it was ended: that is what a freeze does
    finally:
        held.close()


def _start_again(journey: Journey) -> str:
    return start.run(journey.operator(), REASON).outcome


def _roll_back_again(journey: Journey) -> str:
    return rollback.run(journey.operator(), REASON).outcome


FAULTS: tuple[Fault, ...] = (
    Fault(
        name="stopped@drain",
        what="somebody stops the replication after the freeze, before everything has arrived",
        act=_stop_replication,
        when=at("drain"),
        end=TAKEN_BACK,
    ),
    Fault(
        name="no-primary-key",
        what="a table without a primary key is made: its updates and deletions are not carried over",
        act=_make_table,
        end=REFUSED,
    ),
    Fault(
        name="long-transaction",
        what="a transaction of the application stays open for longer than the settings allow",
        act=lambda journey: _hold_transaction(
            journey, seconds=journey.environment.cutover.transaction_seconds + 1
        ),
        end=REFUSED,
    ),
    Fault(
        name="transaction@freeze",
        what="a transaction of the application is open when the source is frozen: it is ended, and never was",
        act=partial(_hold_transaction, seconds=0.5),
        when=at("freeze"),
        end=CUT_OVER,
    ),
    *(
        Fault(
            name=f"killed@{step.name}",
            what=f"the operator's process is killed before it {step.does}; the same command goes on",
            act=_kill,
            when=at(step.name),
            then=_start_again,
            end=CUT_OVER,
        )
        for step in START.steps
    ),
    *(
        Fault(
            name=f"killed@{step.name}",
            what=f"the operator's process is killed before it {step.does}; the same command goes on",
            act=_kill,
            when=at(step.name),
            asked={"operation": "rollback"},
            then=_roll_back_again,
            end=ROLLED_BACK,
        )
        for step in ROLLBACK.steps
    ),
)


def named(name: str) -> Fault:
    """Return one fault of the catalogue."""
    return next(fault for fault in FAULTS if fault.name == name)
