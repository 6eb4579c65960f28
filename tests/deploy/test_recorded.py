"""What a run writes down about time: who waited for whom, and how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.deploy.page.critical import critical_path
from shared.deploy.report import WAITING
from shared.deploy.work import Work
from tests.deploy.stacks import World, chain, ends
from tests.deploy.standing import stack

A, B = "us-east-1/a", "us-east-1/b"
TARGET = "eu-west-1/c"


def spans(report, address: str) -> list[tuple[str, str]]:
    (found,) = (one for one in report.stacks if one.address == address)
    return [(span.phase, span.waits_for) for span in sorted(found.spans, key=lambda span: span.begin)]


def test_a_run_records_who_waited_for_whom_there_and_back(world: World) -> None:
    world.synthesize(*chain(A, B, TARGET))
    made = world.deploy()

    assert [stack.needs for stack in made.stacks] == [(), (A,), (B,)]
    assert critical_path(made).stacks == (A, B, TARGET)
    phases = spans(made, B)
    assert ("upstream", A) in phases
    assert [phase for phase, _ in phases if phase not in WAITING][-1] == "apply"
    for stack_ in made.stacks:
        assert all(0 <= span.begin <= span.end <= made.seconds for span in stack_.spans)
    assert {path.name for path in made.folder.glob("report.*")} == {
        "report.html",
        "report.json",
        "report.xml",
    }

    gone = world.destroy()
    assert set(ends(gone).values()) == {"destroyed"}
    # who is read waits for its readers now, and for the later stage
    needs = {stack.address: set(stack.needs) for stack in gone.stacks}
    assert needs == {TARGET: set(), B: {TARGET}, A: {B, TARGET}}
    assert critical_path(gone).stacks == (TARGET, B, A)


def test_the_time_of_a_question_is_recorded(world: World) -> None:
    world.synthesize(*chain(A))
    report = world.deploy(ask=lambda _question: "yes")

    (asked,) = report.questions
    assert asked.phase == "question"
    assert 0 <= asked.begin <= asked.end <= report.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("shared.deploy.work.time.monotonic", lambda: now[0])
    return now


def waiting() -> Work:
    return Work(entry=stack(A, "source"), stage=1, log=Path("x.log"))


def test_a_wait_is_told_by_what_it_was_for(clock: list[float]) -> None:
    work = waiting()
    with work.timed("plan"):
        clock[0] = 104
    clock[0] = 120
    # the round began at 110; the upstreams ended at 113 and 116; a slot was free at 120
    work.waited(110, {"x": 113, "y": 116})

    assert [(s.phase, s.begin, s.end, s.waits_for) for s in work.spans] == [
        ("plan", 100, 104, ""),
        ("stage", 104, 110, ""),
        ("upstream", 110, 116, "y"),
        ("slot", 116, 120, ""),
    ]
    assert work.waited_for == "y"
    assert work.seconds["queued"] == 10


def test_what_nobody_would_notice_is_no_wait(clock: list[float]) -> None:
    work = waiting()
    clock[0] = 110.04
    work.waited(110, {})

    assert work.spans == []
    assert work.waited_for is None


def test_an_upstream_that_had_ended_before_the_round_made_nobody_wait(clock: list[float]) -> None:
    work = waiting()
    clock[0] = 112
    work.waited(110, {"x": 105})

    assert [(span.phase, span.begin, span.end) for span in work.spans] == [("slot", 110, 112)]
    assert work.waited_for == "x"
