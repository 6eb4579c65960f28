"""What is said of an end that is not as it should be: by what stands, never by what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from shared.operations.recovery import report
from shared.operations.recovery.ending import result
from shared.operations.recovery.facts import Pin, Topology
from shared.operations.recovery.handles import Handles, Side
from shared.operations.recovery.operator import Result
from shared.operations.recovery.watching import Watched
from tests.operations.recovery.topologies import AWAY, HOME, ended, topology

PINNED, FREE = Pin(pinned=True), Pin(pinned=False)
HANDLES = Handles(
    home=Side(region=HOME),
    away=Side(region=AWAY),
    global_cluster="g",
    state_machine_arn="m",
    checkpoint_parameter="c",
    drain_function="d",
    failover_function="f",
    pin_bucket="b",
    pin_key="k",
    intents_table="t",
    lag_limit_ms=1,
    place="",
)


def end(operation: str, outcome: str, after: Topology, **output: Any) -> Result:
    watched = Watched(topology=after, why="ended", ended=ended(outcome, output=output))
    return result(operation, HANDLES, before=topology(), arn="arn", watched=watched)


@pytest.mark.parametrize(
    ("operation", "outcome", "after"),
    [
        ("failover", "failed-over", topology("failed-over", AWAY)),
        ("switchover", "switched-over", topology("switched-over", AWAY)),
        ("failback", "failed-back", topology("failed-back")),
    ],
)
def test_what_stands_as_it_should_is_well(operation: str, outcome: str, after: Topology) -> None:
    assert end(operation, outcome, after).exit_code == 0


@pytest.mark.parametrize(
    ("operation", "outcome", "after", "wrong"),
    [
        (
            "failover",
            "failed-over",
            topology("failed-over", pin=PINNED),
            "the database should write in us-west-2",
        ),
        ("failover", "failed-over", topology("failed-over", AWAY, pin=FREE), "us-east-1 should be pinned"),
        ("failover", "failed-over", topology("failed-over", AWAY, pin=None), "us-east-1 should be pinned"),
        ("failover", "failed-over", topology("failing-over", AWAY), "the checkpoint is at failing-over"),
        (
            "failover",
            "failed-over",
            topology("", AWAY, checkpoint=None),
            "the checkpoint is at a stage that nobody knows",
        ),
        (
            "failback",
            "failed-back",
            topology("failed-back", AWAY, pin=FREE),
            "the database should write in us-east-1",
        ),
        (
            "failback",
            "failed-back",
            topology("failed-back", pin=PINNED),
            "us-east-1 should not be pinned any more",
        ),
        ("failback", "failed-over", topology("failed-over", AWAY), "that is not how a failback ends"),
        ("failover", "done", topology("failed-over", AWAY), "that is not how a failover ends"),
    ],
)
def test_what_does_not_stand_as_the_end_says_is_told(
    operation: str, outcome: str, after: Topology, wrong: str
) -> None:
    found = end(operation, outcome, after)
    assert (found.exit_code, found.said[-1], found.outcome) == (1, wrong, outcome)
    assert found.next_command == "invoke failover.status"


def test_intents_that_wait_are_the_next_thing_to_do() -> None:
    found = end("failover", "failed-over", topology("failed-over", AWAY, waiting=2))
    assert (found.exit_code, found.next_command) == (0, "invoke failover.drain")
    assert found.said[-1] == "2 intents wait"


def test_an_aborted_execution_is_gone_on_from_when_that_is_possible() -> None:
    after = topology("failing-over", AWAY)
    aborted = ended("", error="OperatorAbort")
    found = result(
        "failover",
        HANDLES,
        before=topology(),
        arn="arn",
        watched=Watched(topology=after, why="ended", ended=aborted),
    )
    assert found.said == (
        "OperatorAbort: it was stopped by an operator; what it had done stays so",
        "the database writes in us-west-2; us-east-1 is pinned out of DNS",
    )
    assert found.next_command == "invoke failover.failover"
    nothing = Watched(topology=topology(database=None), why="ended", ended=ended("", error=""))
    found = result("failover", HANDLES, before=topology(), arn="arn", watched=nothing)
    assert (found.outcome, found.next_command) == ("FAILED", "invoke failover.status")
    assert found.said[-1] == "the database writes in a region that nobody knows; us-east-1 is not pinned"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"outcome": "switched-over"}, []),
        (
            {"outcome": "failed-over"},
            ["the lag was not known: what us-east-1 wrote last may be missing"],
        ),
        (
            {"outcome": "failed-over", "lag_ms": 0, "lag_at": "12:00", "fencing": {"writes": "blocked"}},
            ["the last known lag was 0 ms, of 12:00", "writes in us-east-1 were blocked"],
        ),
        (
            {"outcome": "failed-over", "lag_ms": 2.5, "lag_at": "x", "fencing": {"writes": "not-blocked"}},
            [
                "the last known lag was 2.5 ms, of x: what us-east-1 wrote last may be missing",
                "writes in us-east-1 could not be blocked: compare what it wrote last, by the snapshot "
                "rds:unplanned-global-failover-* when it is back",
            ],
        ),
        (
            {"outcome": "failed-over", "lag_ms": 0, "lag_at": "x", "fencing": {"writes": "not-needed"}},
            ["the last known lag was 0 ms, of x"],
        ),
    ],
)
def test_the_cost_of_a_failover_is_said(output: dict[str, Any], said: list[str]) -> None:
    assert list(report.sentences(output, topology("failed-over", AWAY))) == said
