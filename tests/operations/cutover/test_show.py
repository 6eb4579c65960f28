"""What a person sees."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from shared.operations.cutover import moves, show, stages
from shared.operations.cutover.facts import AURORA, ON_PREMISES, Task
from shared.operations.cutover.findings.finding import size
from tests.operations.cutover.positions import FROZEN, OPEN, VALID, note, position


def drawn(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(what)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_a_page_says_what_stands_and_what_can_be_done():
    seen = position(
        stages.CUT_OVER,
        note=note(stages.CUT_OVER, snapshot="before-cutover-1"),
        gates={ON_PREMISES: FROZEN, AURORA: OPEN},
    )
    shown = drawn(show.view(seen, moves.plan(seen, " --env x")))
    for what in (
        "cut-over 2026-11-21 19:59:50 Ada",
        "before-cutover-1",
        "write name  leads to Aurora",
        "source      frozen",
        "Aurora      open, 3 sessions",
        "latency     1 s at most in 10 minutes",
        "invoke cutover.rollback --env x",
    ):
        assert what in shown


def test_what_is_not_known_is_a_question_mark():
    seen = position(
        note=None, weights=None, forward=None, lag=None, gates={}, unreachable={"Aurora": "no"}, tables=()
    )
    shown = drawn(show.view(seen, ()))
    assert "leads to ?" in shown
    assert "forward     ?" in shown
    assert "no answer   Aurora: no" in shown
    assert show.headline(seen).startswith("the state is not known: the write name leads not to one database")
    assert show.next_command(seen, "") == ""


def test_what_is_half_done_is_seen():
    half = replace(FROZEN, connect=("app",), sessions=2)
    bad = replace(VALID, validation="Mismatched records", failed=1)
    seen = position(
        stages.FREEZING,
        "freeze",
        gates={ON_PREMISES: half, AURORA: replace(half, connect=())},
        tables=(bad,),
        forward=Task(status="failed", failure="no disk", errored=2),
        note=replace(note(stages.FREEZING, "freeze"), at=None),
    )
    shown = drawn(show.view(seen, ()))
    assert "half frozen: app may connect, 2 sessions" in shown
    assert "half frozen: nobody may connect, 2 sessions" in shown
    assert "public.payments: Table completed, Mismatched records" in shown
    assert "forward     failed (no disk), 2 tables with errors" in shown
    assert "freezing, freeze Ada" in shown
    assert show.next_command(seen, " --env x") == "invoke cutover.start --env x"


@pytest.mark.parametrize(
    ("number", "text"), [(12, "12 bytes"), (2048, "2.0 kB"), (3 * 1024**3, "3.0 GB"), (5 * 1024**4, "5.0 TB")]
)
def test_sizes_are_for_people(number: int, text: str):
    assert size(number) == text
