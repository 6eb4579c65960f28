from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from shared.operations.migration import show
from shared.operations.migration.facts import Alarm, Ended, Targets, Topology, Weights
from shared.operations.migration.moves import plan
from tests.operations.test_moves import (
    ALL,
    HALF,
    NO_TARGET,
    SOURCE,
    TARGET,
    checkpoint,
    database,
    question,
    running,
    topology,
)


def drawn(found: Topology) -> list[str]:
    console = Console(file=io.StringIO(), width=160)
    console.print(show.view(found, plan(found, " --env staging")))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def line(found: Topology, start: str) -> str:
    return next(" ".join(one.split()) for one in drawn(found) if one.startswith(start))


FULL_VIEW = topology(
    "shifting",
    HALF,
    propagation="in sync",
    lag_ms=240.5,
    targets=(
        Targets(region=SOURCE, healthy=2, registered=3),
        Targets(region=TARGET, healthy=2, registered=2),
    ),
    alarms=(
        Alarm(region=SOURCE, name="a", state="OK", measures="healthy hosts"),
        Alarm(region=SOURCE, name="b", state="INSUFFICIENT_DATA", measures="replication lag"),
        Alarm(region=TARGET, name="a", state="ALARM", measures="healthy hosts"),
        Alarm(region=TARGET, name="b", state="OK", measures="replication lag"),
    ),
    paused=(TARGET,),
    running=running("AwaitPhase"),
    ended=Ended(arn="x", name="migrate-0", status="FAILED", error="MigrationHeld", cause="nobody answered"),
    question=question(),
    unread=("CloudWatch: AccessDenied",),
)


def test_the_regions_are_side_by_side() -> None:
    assert line(FULL_VIEW, SOURCE) == "us-east-1 (source) 50 writer available 1 2 of 3 healthy hosts OK"
    assert line(FULL_VIEW, TARGET) == (
        "eu-west-1 (target) 50 secondary available 1 240.5 ms 2 of 2 "
        "healthy hosts ALARM, replication lag OK paused"
    )


def test_where_it_stands_is_said_in_lines() -> None:
    assert line(FULL_VIEW, "traffic") == "traffic 50 % in eu-west-1, in sync"
    since = datetime.now(UTC) - timedelta(seconds=130)
    waiting = replace(FULL_VIEW, running=running("AwaitPhase", since=since))
    assert line(waiting, "execution").startswith("execution migrate-1 runs, in AwaitPhase since ")
    assert line(waiting, "execution").split("(")[1] in {"2:10)", "2:11)", "2:12)"}
    assert line(FULL_VIEW, "last ended") == "last ended migrate-0 FAILED MigrationHeld: nobody answered"
    assert line(FULL_VIEW, "checkpoint") == "checkpoint shifting, phase 50 %"
    assert line(FULL_VIEW, "asked") == "asked shift 75 % of the traffic to eu-west-1?"
    assert line(FULL_VIEW, "not known") == "not known CloudWatch: AccessDenied"


def test_what_can_be_done_comes_first_with_its_command() -> None:
    shown = drawn(FULL_VIEW)
    rows = [one for one in shown if one.startswith("invoke ")]
    assert [one.split()[1] for one in rows][:2] == ["migrate.approve", "migrate.abort"]
    assert all("--env staging" in one for one in rows)
    assert "an execution runs: migrate-1" in line(FULL_VIEW, "invoke migrate.start")


def test_what_nobody_knows_is_said_so() -> None:
    dead = replace(topology("none", **NO_TARGET), weights=None, database=None)
    assert line(dead, SOURCE) == "us-east-1 (source) ? ? ? ?"
    assert line(dead, TARGET) == "eu-west-1 (target) ? ? no data ? ?"
    assert line(dead, "traffic") == "traffic not known, asked for"
    assert line(dead, "execution") == "execution not known"
    assert line(dead, "no answer") == "no answer eu-west-1: time-out"


def test_a_database_that_left_or_changes_is_seen() -> None:
    final = topology("moved", ALL, database=database(TARGET, members=(TARGET,)))
    assert "by itself" in line(final, SOURCE)
    changing = topology("switching", ALL, database=database(SOURCE, changing=True))
    assert "writer changing 1" in line(changing, SOURCE)
    assert line(final, "execution") == "execution none runs"


def test_an_execution_that_succeeded_has_its_outcome() -> None:
    ended = Ended(arn="x", name="one", status="SUCCEEDED", outcome="moved")
    found = replace(topology("moved", ALL), ended=ended, checkpoint=checkpoint("moved", phase=0))
    assert line(found, "last ended") == "last ended one SUCCEEDED moved"
    assert line(found, "checkpoint") == "checkpoint moved"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (topology("none"), "no execution runs: weights 100 to 0 (asked for), writer us-east-1"),
        (
            replace(FULL_VIEW, running=running("")),
            "beginning: weights 50 to 50 (in sync), writer us-east-1, "
            "writes paused in eu-west-1, asks: phase",
        ),
        (Topology(source=SOURCE, target=TARGET), "no execution runs: weights not known, writer not known"),
    ],
)
def test_one_line_stands_for_all(found: Topology, said: str) -> None:
    assert show.headline(found) == said


def test_a_question_is_a_sentence_with_the_gates_reasons() -> None:
    assert show.asked(topology("none")) == ""
    other = replace(question("other"), reasons=("one", "two"))
    assert show.asked(topology("none", question=other)) == "other\n  one\n  two"


def test_a_share_is_said_in_words() -> None:
    assert show.percent(topology("none", ALL)) == "all"
    assert show.percent(topology("none", Weights(source=3, target=1))) == "25 %"
    assert show.percent(topology("none", weights=None)) == "an unknown share"
