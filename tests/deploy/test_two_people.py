"""Two people deploy the same stacks at once, each from a checkout of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.interrupted import ADDRESS, Case, next_command, prepared, until

SUFFIX = "--suffix"


@pytest.fixture
def two(aws: str, tmp_path: Path) -> Iterator[tuple[Case, Case]]:
    suffix = f"t{uuid.uuid4().hex[:5]}"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    with (
        prepared(tmp_path / "first", suffix, aws) as first,
        prepared(tmp_path / "second", suffix, aws) as second,
    ):
        yield first, second


def made(case: Case) -> list[str]:
    path = case.control / "made"
    return path.read_text().splitlines() if path.exists() else []


def test_the_second_waits_for_the_first_and_finds_everything_done(two: tuple[Case, Case]) -> None:
    first, second = two
    first.hold("apply")
    one = first.run("rollout", SUFFIX, first.suffix, "--yes")
    until(first.held)
    other = second.run("rollout", SUFFIX, first.suffix, "--yes")
    until(lambda: f"{ADDRESS}: plan" in second.screen)
    first.release()
    for process in (one, other):
        process.join(90)
        assert process.exitcode == 0, second.screen
    assert f"{ADDRESS}: applied" in first.screen
    assert f"{ADDRESS}: no changes" in second.screen
    assert (made(first), made(second)) == (["made"], [])


def test_when_the_first_takes_too_long_the_second_is_refused_with_the_holder(two: tuple[Case, Case]) -> None:
    first, second = two
    first.hold("apply")
    one = first.run("rollout", SUFFIX, first.suffix, "--yes")
    until(first.held)
    second.lock_timeout = 1
    other = second.run("rollout", SUFFIX, first.suffix, "--yes")
    other.join(90)
    assert other.exitcode == 2, second.screen
    held = first.object(f"{first.key}.tflock") or {}
    assert f"the state is locked by {held['Who']}, OperationTypeApply, since" in second.screen
    assert f"`invoke unlock {ADDRESS} --suffix {first.suffix}`" in second.screen
    # the one that was refused took nothing from the other, and goes on when it is done
    first.release()
    one.join(90)
    assert one.exitcode == 0
    again = second.run(*next_command(second.screen).split())
    again.join(90)
    assert again.exitcode == 0
    assert (made(first), made(second)) == (["made"], [])


def test_of_two_plans_that_were_shown_only_the_first_is_applied(two: tuple[Case, Case]) -> None:
    first, second = two
    one = first.run("rollout", SUFFIX, first.suffix)
    until(first.held)
    other = second.run("rollout", SUFFIX, first.suffix)
    until(second.held)
    first.say("y")
    one.join(90)
    assert one.exitcode == 0, first.screen
    state = first.object(first.key)
    second.say("y")
    other.join(90)
    assert other.exitcode == 2, second.screen
    assert f"{ADDRESS}: its state was written by somebody else after it was planned" in second.screen
    assert first.object(first.key) == state
    again = second.run(*next_command(second.screen).split())
    again.join(90)
    assert again.exitcode == 0
    assert f"{ADDRESS}: no changes" in second.screen
    assert (made(first), made(second)) == (["made"], [])


def test_unlock_does_not_break_the_lock_of_a_living_process(two: tuple[Case, Case]) -> None:
    first, second = two
    first.hold("apply")
    one = first.run("rollout", SUFFIX, first.suffix, "--yes")
    until(first.held)
    # where it was started from it is known to live: --yes does not help either
    here = first.run("unlock", ADDRESS, SUFFIX, first.suffix, "--yes")
    here.join(90)
    assert here.exitcode == 2
    shown = (first.root / "screen").read_text()
    assert "on this host still runs: let it finish" in shown
    # from elsewhere nobody can know; the holder is shown, and it takes the whole word
    there = second.run("unlock", ADDRESS, SUFFIX, first.suffix)
    until(lambda: "Only `yes` does" in second.screen)
    assert "it was not started from here: ask its owner whether it still runs" in second.screen
    second.say("y")
    there.join(90)
    assert there.exitcode == 1
    assert first.locked()
    first.release()
    one.join(90)
    assert one.exitcode == 0
    assert not first.locked()
