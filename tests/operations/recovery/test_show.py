from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from shared.operations.recovery import show, watching
from shared.operations.recovery.facts import Checkpoint, Database, Drained, Pin, Topology
from shared.operations.recovery.moves import plan
from tests.operations.recovery.topologies import (
    AWAY,
    HOME,
    NOW,
    database,
    ended,
    lag,
    member,
    running,
    topology,
)


def drawn(found: Topology) -> list[str]:
    console = Console(file=io.StringIO(), width=170)
    console.print(show.view(found, plan(found, " --env e")))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return [line.rstrip() for line in lines]


def line(found: Topology, start: str) -> str:
    return next(" ".join(one.split()) for one in drawn(found) if one.startswith(start))


WHOLE = Checkpoint(
    stage="failed-over",
    step="Drain",
    at="2026-03-01T12:00:00Z",
    requested_by="me",
    reason="gone",
    lag_ms=800.0,
    lag_at="12:00",
    writes="not-blocked",
    drained=Drained(drained=3, already_there=1, failed=2),
)


def test_the_regions_are_side_by_side() -> None:
    found = topology()
    assert (
        line(found, HOME) == "us-east-1 (home) writer available connected 3.10.1 probe OK, healthy hosts OK"
    )
    assert line(found, AWAY) == (
        "us-west-2 (standby) secondary available connected 3.10.1 80 ms at 12:04 probe OK, healthy hosts OK"
    )


def test_where_it_stands_is_said_in_lines() -> None:
    since = datetime.now(UTC) - timedelta(seconds=130)
    pin = Pin(pinned=True, since=since, by="me", reason="ill")
    found = topology("failed-over", AWAY, pin=pin, checkpoint=WHOLE, waiting=4, running=running())
    assert line(found, "pin") == f"pin us-east-1 is pinned out of DNS since {since:%Y-%m-%d %H:%M} UTC me ill"
    assert line(found, "intents") == "intents 4 wait for the database"
    assert line(found, "execution").startswith("execution failover-1 runs, in Promote since 12:05:00 UTC")
    assert line(found, "checkpoint") == "checkpoint failed-over, Drain 2026-03-01T12:00:00Z me gone"
    assert line(found, "lag then") == "lag then 800 ms, of 12:00"
    assert line(found, "fencing") == "fencing writes in the region that was left could not be blocked"
    assert line(found, "drained") == "drained 3, 1 there before, 2 failed"


def test_what_is_short_is_shown_short() -> None:
    found = topology(checkpoint=Checkpoint(stage="none"), ended=ended("failed-back"))
    assert line(found, "pin") == "pin us-east-1 is not pinned"
    assert line(found, "checkpoint") == "checkpoint none"
    assert line(found, "execution") == "execution none runs"
    assert line(found, "last ended") == "last ended failover-0 SUCCEEDED failed-back"
    assert [one for one in drawn(found) if one.startswith(("lag then", "fencing", "drained"))] == []
    timeless = topology(checkpoint=replace(WHOLE, lag_at="", drained=Drained(drained=1)))
    assert line(timeless, "lag then") == "lag then 800 ms, of an unknown time"
    assert line(timeless, "drained") == "drained 1, 0 there before, 0 failed"


def test_what_nobody_knows_is_said_so() -> None:
    dumb = Topology(home=HOME, away=AWAY, looked_at=NOW, left_out=HOME, unreachable={"RDS in x": "why"})
    dumb = replace(dumb, unread=("S3 in x: AccessDenied",))
    assert line(dumb, HOME) == "us-east-1 (home) ? ? no data ?"
    assert line(dumb, "pin") == "pin us-east-1 may be pinned or not"
    assert line(dumb, "intents") == "intents not known"
    assert line(dumb, "execution") == "execution not known"
    assert line(dumb, "left out") == "left out us-east-1: nothing was asked there"
    assert line(dumb, "no answer") == "no answer RDS in x: why"
    assert line(dumb, "not known") == "not known S3 in x: AccessDenied"


def test_a_cluster_that_changes_or_is_gone_is_seen() -> None:
    moving = topology(database=database(change="failing-over"))
    assert "writer failing-over connected" in line(moving, HOME)
    alone = topology(database=Database(status="available", change="", members=(member(HOME, writer=True),)))
    assert "no member ?" in line(alone, AWAY)
    silent = topology(database=database(home={"status": "", "engine_version": "", "synchronization": ""}))
    assert line(silent, HOME).startswith("us-east-1 (home) writer ? ? probe OK")


def test_what_can_be_done_comes_first_then_what_is_against_the_rest() -> None:
    shown = drawn(topology())
    below = [one for one in shown[shown.index("what can be done now") + 1 :] if one.startswith("invoke ")]
    assert below == [
        f"invoke failover.{name} --env e"
        for name in ("switchover", "failover --accept-data-loss", "pin", "failback", "drain", "unpin")
    ]
    assert shown.index("what cannot") < shown.index("invoke failover.failback --env e")
    assert "    the database writes in us-east-1 already" in shown
    assert "    keeps us-east-1 out of DNS, whatever its probe says; the database stays where it is" in shown


def test_a_page_has_no_heading_for_nothing() -> None:
    assert "what can be done now" not in drawn(topology(running=running()))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (topology(), "no execution runs: writer us-east-1, us-east-1 is not pinned, no intent waits"),
        (
            topology(running=running(""), waiting=3, pin=Pin(pinned=True)),
            "beginning: writer us-east-1, us-east-1 is pinned out of DNS, intents wait",
        ),
        (
            topology(running=running(), database=database("", change="pending"), waiting=None, pin=None),
            "Promote: writer not known (pending), us-east-1 may be pinned or not, "
            "nobody knows whether intents wait",
        ),
    ],
)
def test_one_line_stands_for_all(found: Topology, said: str) -> None:
    assert show.headline(found) == said


def test_on_a_terminal_the_page_is_drawn_in_place() -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=120, height=40)
    screen = watching.Screen(console, " --env e")

    with screen.open():
        screen.show(topology())
        screen.show(topology(lags={AWAY: lag(432)}))

    assert "432 ms" in output.getvalue()
    assert "what can be done now" in output.getvalue()
