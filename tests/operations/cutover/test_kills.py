"""A command that is killed, at every step, before its deed and after it: the same command goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.operations.cutover import deeds, gates, rollback, stages, start
from shared.operations.cutover.database import connected
from shared.operations.cutover.facts import AURORA, ON_PREMISES
from shared.operations.cutover.logins import read as read_logins
from shared.operations.cutover.operator import Operator, Result
from shared.operations.cutover.sequence import ROLLBACK, START, UNWIND, UNWIND_BACK, Way
from shared.rehearsal.cutover import bank
from tests.operations.cutover.platform import Platform


class Killed(BaseException):
    """As SIGKILL: nothing of the program's own runs after it."""


def killed_everywhere(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, way: Way, command: Callable[[Operator], Result]
) -> Result:
    """Run a command to its end, killed before and after every deed of a way; return how it ended."""
    pending = [(step.name, moment) for step in way.steps for moment in ("before", "after")]
    wanted = list(pending)
    original = dict(deeds.DEEDS)

    def deed(name: str) -> Callable[[object], None]:
        def done(work: object) -> None:
            if pending and pending[0] == (name, "before"):
                pending.pop(0)
                raise Killed
            original[way.name, name](work)  # type: ignore[arg-type]
            if pending and pending[0] == (name, "after"):
                pending.pop(0)
                raise Killed

        return done

    replaced = {**original, **{(way.name, step.name): deed(step.name) for step in way.steps}}
    monkeypatch.setattr("shared.operations.cutover.running.DEEDS", replaced)
    for number in range(len(wanted) + 1):
        try:
            result = command(platform.operator())
        except Killed:
            assert platform.state["step"] == wanted[number][0]
            continue
        assert pending == [], (result.said, platform.shown)
        return result
    pytest.fail("it never came to its end")


def test_a_cutover_and_a_rollback_go_on_after_every_kill(loaded: Platform, monkeypatch: pytest.MonkeyPatch):
    result = killed_everywhere(loaded, monkeypatch, START, start.run)
    assert (result.outcome, result.exit_code) == ("cut-over", 0), (result.said, loaded.shown)
    assert loaded.weights == (0, 100)
    with loaded.aurora("payments_app") as aurora:
        made = bank.pay(aurora, "new-1", 1, 5)
        assert made > 1200
    result = killed_everywhere(loaded, monkeypatch, ROLLBACK, rollback.run)
    assert (result.outcome, result.exit_code) == ("rolled-back", 0), (result.said, loaded.shown)
    assert loaded.weights == (100, 0)
    with loaded.on_premises("payments_app") as source:
        assert bank.pay(source, "new-1", 1, 5) == made
        assert bank.sums(source).whole


def gate(platform: Platform, side: str) -> gates.Gate:
    with connected(read_logins(platform.environment, platform.clients)[side]) as database:
        return gates.look(database)


BEFORE_THE_MOVE = [step.name for step in START.steps if step.stage in {"freezing", "draining", "drained"}]


def failing_at(monkeypatch: pytest.MonkeyPatch, way: Way, name: str) -> None:
    """Let a step fail after its deed was done."""
    original = dict(deeds.DEEDS)

    def done(work: object) -> None:
        if name not in {"move", "return"}:
            original[way.name, name](work)  # type: ignore[arg-type]
        raise deeds.StepFailedError(f"{name} fails")

    monkeypatch.setattr("shared.operations.cutover.running.DEEDS", {**original, (way.name, name): done})


def test_whatever_fails_before_the_move_is_taken_back_and_the_cutover_can_be_tried_again(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    before = gate(loaded, ON_PREMISES)
    number = 0
    for name in BEFORE_THE_MOVE:
        with monkeypatch.context() as patch:
            failing_at(patch, START, name)
            result = loaded.cut_over()
        assert (result.outcome, result.exit_code) == ("ready", 1), (name, result.said, loaded.shown)
        assert result.said[0] == f"{name} fails"
        assert loaded.weights == (100, 0)
        after = gate(loaded, ON_PREMISES)
        assert (after.read_only, after.connect) == (before.read_only, before.connect)
        assert result.after.forward is not None
        assert result.after.forward.status == "running"
        assert result.after.reverse is not None
        assert not result.after.reverse.running
        with loaded.on_premises("payments_app") as source:
            bank.pay(source, f"between-{number}", 1, 5)
        number += 1
        loaded.until_valid()
        loaded.latency()
    result = loaded.cut_over()
    assert (result.outcome, result.exit_code) == ("cut-over", 0), (result.said, loaded.shown)
    with loaded.aurora("payments_app") as aurora:
        assert bank.sums(aurora).payments == 200 + number


def test_what_is_taken_back_is_taken_back_also_when_that_is_killed(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        failing_at(patch, START, "prove-reverse")
        patch.setattr("shared.operations.cutover.running._taken_back_by", lambda _: None)
        assert loaded.cut_over().outcome == "stopped"
    assert gate(loaded, ON_PREMISES).frozen
    with monkeypatch.context() as patch:
        result = killed_everywhere(loaded, patch, UNWIND, rollback.run)
    assert (result.outcome, result.exit_code) == ("ready", 0), (result.said, loaded.shown)
    assert gate(loaded, ON_PREMISES).connect == ("PUBLIC", "postgres")


def test_a_rollback_that_fails_before_the_move_leaves_aurora_written_to(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    assert loaded.cut_over().outcome == "cut-over"
    for name in [step.name for step in ROLLBACK.steps if step.stage in stages.NOT_RETURNED]:
        with monkeypatch.context() as patch:
            failing_at(patch, ROLLBACK, name)
            result = rollback.run(loaded.operator())
        assert (result.outcome, result.exit_code) == ("cut-over", 1), (name, result.said, loaded.shown)
        assert gate(loaded, ON_PREMISES).frozen
        assert gate(loaded, AURORA).connect == ("PUBLIC", "postgres")
        with loaded.aurora("payments_app") as aurora:
            bank.pay(aurora, f"after-{name}", 1, 5)
    with monkeypatch.context() as patch:
        failing_at(patch, ROLLBACK, "sequences-back")
        patch.setattr("shared.operations.cutover.running._taken_back_by", lambda _: None)
        assert rollback.run(loaded.operator()).outcome == "stopped"
    # as if the command had begun to take the rollback back, and was killed at every step of that
    loaded.put_state(**loaded.state | {"stage": "unwinding-back", "step": "freeze-source"})
    with monkeypatch.context() as patch:
        result = killed_everywhere(loaded, patch, UNWIND_BACK, rollback.run)
    assert (result.outcome, result.exit_code) == ("cut-over", 0), (result.said, loaded.shown)
    # from here on the source is open, and nothing is taken back
    for name in ("open-source", "return"):
        with monkeypatch.context() as patch:
            failing_at(patch, ROLLBACK, name)
            assert rollback.run(loaded.operator()).outcome == "stopped"
        assert gate(loaded, AURORA).frozen
    assert rollback.run(loaded.operator()).outcome == "rolled-back"
    with loaded.on_premises() as source:
        assert bank.sums(source).payments == 204
