"""Questions, answered on a pseudo terminal."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.deploy import guards
from shared.errors import UserError
from tests.deploy.stacks import Stack, World, chain, ends

A, B, X = "us-east-1/a", "us-east-1/b", "eu-west-1/x"


@contextmanager
def typing(text: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a person sit at a terminal who has typed this already."""
    person, terminal = pty.openpty()
    os.write(person, text.encode())
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield
    os.close(person)


def test_a_teardown_shows_all_that_goes_asks_once_and_goes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data in it")
    two = {"main": {"input": "x"}, "more": {"input": "y"}}
    world.synthesize(*chain(A, B), Stack(X, stage=2, resources=two))
    world.deploy()

    with typing(f"{world.suffix}\n", monkeypatch):
        report = world.destroy(yes=False, region_concurrency="parallel")

    assert report.exit_code == 0
    assert set(ends(report).values()) == {"destroyed"}
    assert world.screen.count(" to go on:") == 1
    assert (
        f"This destroys 3 stacks with 4 resources, 4 of which hold data. Type the suffix {world.suffix}"
        in world.screen
    )
    shown = world.screen[world.screen.index("Review") : world.screen.index("This destroys")].splitlines()
    counts = {line.split()[0]: line.split()[1:] for line in shown if line.startswith((A, B, X))}
    assert counts == {A: ["0", "0", "0", "1"], B: ["0", "0", "0", "1"], X: ["0", "0", "0", "2"]}
    named = shown[shown.index("What holds data, and goes with it:") + 1 :]
    assert [line.split() for line in named if line.strip()] == [
        ["-", f"{address}:terraform_data.{name}", "the", "data", "in", "it"]
        for address, name in ((X, "main"), (X, "more"), (B, "main"), (A, "main"))
    ]


def test_a_teardown_of_nothing_that_holds_data_says_so_and_another_answer_declines_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(Stack(A))
    world.deploy()

    with typing("yes\n", monkeypatch):
        report = world.destroy(yes=False, region_concurrency="parallel")

    assert ends(report) == {A: "declined"}
    assert "Nothing in it holds data." in world.screen
    assert "This destroys 1 stack with 1 resource. Type" in world.screen


def test_one_resource_that_holds_data_is_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data in it")
    world.synthesize(Stack(A))
    world.deploy()
    asked: list[str] = []
    world.destroy(ask=lambda question: asked.append(question) or "no")  # type: ignore[func-returns-value]
    assert asked[0].startswith("This destroys 1 stack with 1 resource, 1 of which holds data.")


def test_stages_side_by_side_are_still_not_confirmed_one_by_one(world: World) -> None:
    world.synthesize(Stack(A))
    with pytest.raises(UserError, match="side by side"):
        world.make(ask=lambda _question: "y", region_concurrency="parallel").deploy([A])


def test_the_question_names_the_stacks_and_the_plans_can_be_looked_at_while_it_waits(world: World) -> None:
    world.synthesize(
        Stack(A, resources={"main": {"input": "a value to be seen"}}), Stack(B), Stack("us-east-1/c")
    )
    asked: list[str] = []
    seen: list[str] = []

    def look(question: str) -> str:
        asked.append(question)
        text = world.console.file.getvalue()  # type: ignore[attr-defined]
        command = text.split("In full, from another terminal while this waits: ")[1].splitlines()[0]
        seen.append(subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout)
        return "y"

    report = world.deploy(ask=look)

    assert asked == [f"Apply {A}, {B} and us-east-1/c, exactly as shown, in stage source? \\[y/N] "]
    assert "a value to be seen" in seen[0]
    assert f"The other plans are beside it, each for its stack's folder beside {world.root}" in world.screen
    assert report.exit_code == 0


def test_with_yes_nothing_is_said_of_plans_that_are_gone_at_once(world: World) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    assert "In full" not in world.screen


@pytest.mark.parametrize("error", [EOFError, KeyboardInterrupt])
def test_what_follows_an_answer_that_did_not_come_begins_on_a_line_of_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def gone() -> str:
        raise error

    monkeypatch.setattr("builtins.input", gone)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    world.synthesize(Stack(A))
    world.deploy(yes=False)
    after = world.screen.split("[y/N] ")[1]
    assert after.startswith("\n")
