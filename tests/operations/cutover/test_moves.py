"""What can be done from where; and that every interrupted way comes to its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.operations.cutover import deeds, moves, stages
from shared.operations.cutover.facts import (
    AURORA,
    LEADS_ON_PREMISES,
    LEADS_TO_AURORA,
    ON_PREMISES,
    Gate,
    Position,
    Task,
)
from shared.operations.cutover.running import _taken_back_by, to_be_noted
from shared.operations.cutover.sequence import (
    FINISH,
    ROLLBACK,
    START,
    UNWIND,
    UNWIND_BACK,
    WAYS,
    Step,
    Way,
)
from tests.operations.cutover.positions import (
    FROZEN,
    MADE,
    NOW,
    OPEN,
    RUNNING,
    STOPPED,
    note,
    position,
)


def reasons(name: str, seen: Position) -> str:
    return "; ".join(moves.move(name, seen).reasons)


def test_a_cutover_has_no_execution():
    assert position().running is None


def test_every_step_has_its_deed_and_every_deed_its_step():
    assert {(way.name, step.name) for way in WAYS for step in way.steps} == set(deeds.DEEDS)


def test_every_stage_of_a_step_is_one_that_is_known():
    known = {step.stage for way in WAYS for step in way.steps} | {way.ends for way in WAYS}
    # these two are the function's
    assert known | {stages.REPLICATING, stages.MOVING, stages.RETURNING} == set(stages.ALL)


POSSIBLE = {
    stages.REPLICATING: {"replicate", "start"},
    stages.READY: {"replicate", "start"},
    stages.FREEZING: {"start", "rollback"},
    stages.DRAINING: {"start", "rollback"},
    stages.DRAINED: {"start", "rollback"},
    stages.MOVING: {"start"},
    stages.MOVED: {"start", "rollback"},
    stages.CUT_OVER: {"rollback", "finish"},
    stages.FREEZING_BACK: {"rollback"},
    stages.DRAINING_BACK: {"rollback"},
    stages.DRAINED_BACK: {"rollback"},
    stages.RETURNING: {"rollback"},
    stages.RETURNED: {"rollback"},
    stages.ROLLED_BACK: {"replicate"},
    stages.UNWINDING: {"start", "rollback"},
    stages.UNWINDING_BACK: {"rollback"},
    stages.FINISHING: {"finish"},
    stages.FINISHED: set(),
}


@pytest.mark.parametrize("stage", stages.ALL)
def test_from_each_stage_there_is_what_can_be_done(stage: str):
    planned = moves.plan(position(stage), " --env x")
    assert {one.name for one in planned if one.possible} == POSSIBLE[stage]
    assert all(one.command.endswith(" --env x") for one in planned)
    assert all(one.meaning for one in planned)


def test_after_a_rollback_everything_is_loaded_anew():
    assert moves.move("replicate", position(stages.ROLLED_BACK)).command == "invoke cutover.replicate --again"
    assert "--again" in reasons("start", position(stages.ROLLED_BACK))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"note": None, "unread": ("Systems Manager: denied",)},
            "how far the cutover is: Systems Manager: denied",
        ),
        ({"weights": None}, "where the write name leads: it does not answer"),
        ({"weights": {ON_PREMISES: 50, AURORA: 50}}, "to neither database alone"),
        ({"reverse": None}, "what DMS does"),
        ({"unreachable": {"Aurora": "refused"}}, "Aurora does not answer: refused"),
        ({"weights": LEADS_TO_AURORA}, "the state is replicating, and the write name leads to Aurora"),
        ({"forward": replace(STOPPED, failure="no disk")}, "the forward task is stopped: no disk"),
        ({"forward": MADE}, "the forward task is ready; `cutover.replicate` starts it"),
        ({"reverse": RUNNING}, "the reverse task is running, and has to be made and stopped"),
        ({"gates": {ON_PREMISES: FROZEN}}, "the source is read-only, and no note says why"),
    ],
)
def test_a_cutover_does_not_begin_from_what_is_not_as_it_must_be(changes: dict[str, object], expected: str):
    assert expected in reasons("start", position(**changes))


def test_a_source_that_is_read_only_without_a_note_can_be_opened():
    seen = position(gates={ON_PREMISES: replace(FROZEN, connect=("app",))})
    assert moves.move("rollback", seen).possible
    assert moves.course("rollback", seen).way is UNWIND


def test_while_the_function_may_move_the_name_nothing_is_opened():
    seen = position(stages.MOVING, note=note(stages.MOVING, "move", seconds=100))
    assert reasons("rollback", seen) == (
        "the function may still move the name, for 230 s: `cutover.start` goes on with it"
    )
    late = position(stages.MOVING, note=note(stages.MOVING, "move", seconds=331))
    assert moves.move("rollback", late).possible
    assert moves.course("rollback", late).way is UNWIND
    moved = position(stages.MOVING, weights=LEADS_TO_AURORA, reverse=RUNNING)
    assert moves.course("rollback", moved).way is ROLLBACK


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (replace(STOPPED, status="failed", failure="no slot"), "the reverse task is failed (no slot)"),
        (Task(status="missing"), "the reverse task is missing: rows of Aurora's"),
        (replace(RUNNING, errored=2), "2 tables of the reverse task have errors"),
    ],
)
def test_there_is_no_way_back_without_a_reverse_task_that_is_well(task: Task, expected: str):
    assert expected in reasons("rollback", position(stages.CUT_OVER, reverse=task))


def test_the_end_does_not_need_the_data_centre():
    gone = position(stages.CUT_OVER, unreachable={"the source": "no route"})
    assert moves.move("finish", gone).possible
    assert not moves.move("rollback", gone).possible


def test_the_forward_task_never_runs_into_a_database_that_is_written_to():
    assert "Aurora is written to" in reasons("replicate", position(stages.CUT_OVER))
    assert "carry the same rows in a circle" in reasons("replicate", position(reverse=RUNNING))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (position(), "waits until every table"),
        (position(forward=STOPPED), "lets the forward task go on"),
        (position(forward=MADE), "starts the forward task"),
        (position(stages.ROLLED_BACK), "empties Aurora's tables"),
    ],
)
def test_what_a_replication_would_do(seen: Position, expected: str):
    assert expected in moves.move("replicate", seen).meaning


def test_what_remains_begins_with_the_noted_step():
    remaining = moves.course("start", position(stages.DRAINING, "sequences")).steps
    assert [step.name for step in remaining][:2] == ["sequences", "open-aurora"]
    moving = moves.course("start", position(stages.MOVING, "move")).steps
    assert [step.name for step in moving] == ["move", "settle", "canary"]
    moved = moves.course("start", position(stages.MOVED, "move")).steps
    assert [step.name for step in moved] == ["settle", "canary"]
    back = moves.course("rollback", position(stages.RETURNING, "return", weights=LEADS_ON_PREMISES)).steps
    assert [step.name for step in back] == ["return", "settle-back", "canary-back"]


def test_a_note_without_a_time_is_of_now():
    assert position(note=replace(note("moving"), at=None)).age_of_note() == 0
    assert position(note=None).age_of_note() == 0


# --- every interrupted way comes to its end, and never are two databases written to


class FunctionStoppedError(Exception):
    """The function does not come to its end."""


@dataclass
class World:
    """Both databases, both tasks and the name, as the deeds change them."""

    stage: str = stages.REPLICATING
    step: str = ""
    leads_to: str = ON_PREMISES
    frozen: set[str] = field(default_factory=set)
    forward: str = "running"
    reverse: str = "ready"
    drained: set[str] = field(default_factory=set)
    """Databases that everything of the other one has arrived in."""
    returned: bool = False
    """The source was opened by a rollback: who still knows its address may have written there."""
    cut: int | None = None
    """After so many of its parts the function is stopped, once."""

    def see(self) -> Position:
        tasks = {"running": RUNNING, "stopped": STOPPED, "ready": MADE}
        gates: dict[str, Gate] = {
            side: FROZEN if side in self.frozen else OPEN for side in (ON_PREMISES, AURORA)
        }
        return position(
            note=note(self.stage, self.step, seconds=1000),
            weights=LEADS_ON_PREMISES if self.leads_to == ON_PREMISES else LEADS_TO_AURORA,
            forward=tasks[self.forward],
            reverse=tasks[self.reverse],
            gates=gates,
            looked_at=NOW,
        )

    def check(self) -> None:
        """What may never be."""
        assert not (self.forward == "running" and self.reverse == "running"), "rows go in a circle"
        if self.leads_to == AURORA:
            assert self.frozen, "two databases are written to"
        elif AURORA not in self.frozen:
            # Aurora may be open, as nothing leads there, but not once a rollback has drained it
            assert self.stage not in {*stages.BACK, stages.ROLLED_BACK}
        if AURORA not in self.frozen:
            assert not self.returned, "what the source took since it was opened is never in Aurora"

    def note(self, stage: str, step: str) -> None:
        self.stage, self.step = stage, step

    def do(self, way: Way, step: Step) -> None:
        known = {
            "freeze": lambda: self.frozen.add(ON_PREMISES),
            "freeze-source": lambda: self.frozen.add(ON_PREMISES),
            "freeze-aurora": lambda: self.frozen.add(AURORA),
            "open-source": lambda: self._open_source(way),
            "open-aurora": lambda: self._open(AURORA, ON_PREMISES),
            "drain": lambda: self._drain(ON_PREMISES, AURORA, self.forward),
            "drain-back": lambda: self._drain(AURORA, ON_PREMISES, self.reverse),
            "stop-forward": lambda: self._task("forward", "stopped"),
            "stop-reverse": lambda: self._task("reverse", "stopped"),
            "stop-reverse-for-good": lambda: self._task("reverse", "stopped"),
            "resume-forward": lambda: self._task("forward", "running"),
            "resume-reverse": lambda: self._task("reverse", "running"),
            "start-reverse": lambda: self._task("reverse", "running"),
            "move": lambda: self._move(way, AURORA, (stages.MOVING, stages.MOVED)),
            "return": lambda: self._move(way, ON_PREMISES, (stages.RETURNING, stages.RETURNED)),
        }
        known.get(step.name, lambda: None)()

    def _open_source(self, way: Way) -> None:
        self._open(ON_PREMISES, AURORA)
        self.returned = way is ROLLBACK

    def _open(self, side: str, other: str) -> None:
        self.frozen.discard(side)
        self.drained.discard(other)

    def _drain(self, first: str, second: str, task: str) -> None:
        assert first in self.frozen
        assert task == "running"
        self.drained.add(second)

    def _task(self, name: str, status: str) -> None:
        if status == "running" or getattr(self, name) == "running":
            setattr(self, name, status)

    def _move(self, way: Way, to: str, noted: tuple[str, str]) -> None:
        """What the function does: it looks, too."""
        assert way in {START, ROLLBACK}
        if self.leads_to == to:
            # it only confirms what it began itself
            assert self.stage in noted, f"the function refuses at {self.stage}: somebody moved the name"
        else:
            begins = stages.DRAINED if way is START else stages.DRAINED_BACK
            assert self.stage in {begins, noted[0]}, f"the function refuses at {self.stage}"
            assert to in self.drained or way is ROLLBACK, "a row is left behind"
            assert to == ON_PREMISES or self.reverse == "running", "there is no way back"
            self._part(0)
            self.stage = noted[0]
            self._part(1)
            self.leads_to = to
        self._part(2)
        self.stage = noted[1]

    def _part(self, number: int) -> None:
        if self.cut == number:
            self.cut = None
            raise FunctionStoppedError


#: What a run comes to: a kill or a failure after so many halves of steps, and after how many parts of its
#: work the function is stopped.
ALL = 1000
INTERRUPTIONS = st.lists(
    st.tuples(
        st.sampled_from(["start", "rollback"]),
        st.integers(0, 30),
        st.one_of(st.none(), st.integers(0, 8), st.just(ALL)),
        st.one_of(st.none(), st.integers(0, 2)),
    ),
    max_size=12,
)


def carry_out(
    world: World, way: Way, steps: tuple[Step, ...], halves: int, *, unwound: int | None = None
) -> bool:
    """Carry steps out, to a kill, or a failure that is taken back for `unwound` halves; say if it ended."""
    for step in steps:
        if to_be_noted(world.stage, world.step, step):
            world.note(step.stage, step.name)
        world.check()
        if halves <= 0:
            return unwind(world, way, unwound) if unwound is not None else False
        try:
            world.do(way, step)
        except FunctionStoppedError:
            halves = -1
        world.check()
        halves -= 2
        if halves < 0:
            return unwind(world, way, unwound) if unwound is not None else False
    world.note(way.ends, "")
    world.check()
    return True


def unwind(world: World, way: Way, halves: int) -> bool:
    """What the command does by itself after a failure."""
    back = _taken_back_by(world.stage)
    if world.stage == stages.DRAINED and world.leads_to == AURORA:
        return False
    if back is None or back is way:
        return False
    return carry_out(world, back, back.steps, halves)


def interrupted(world: World, interruptions: Iterable[tuple[str, int, int | None, int | None]]) -> None:
    """Run commands that are killed, or fail, on the way; then what was begun, until it has ended."""
    for name, halves, unwound, world.cut in interruptions:
        seen = world.see()
        if moves.move(name, seen).possible:
            course = moves.course(name, seen)
            carry_out(world, course.way, course.steps, halves, unwound=unwound)
            assert not (unwound and world.stage in {*stages.NOT_MOVED, *stages.NOT_RETURNED})
    world.cut = None
    for _ in range(6):
        seen = world.see()
        if world.stage in {stages.CUT_OVER, stages.ROLLED_BACK, stages.READY}:
            break
        begun = stages.BEGUN.get(world.stage, "start")
        assert moves.move(begun, seen).possible, moves.move(begun, seen).reasons
        course = moves.course(begun, seen)
        assert carry_out(world, course.way, course.steps, ALL)
    assert world.stage in {stages.CUT_OVER, stages.ROLLED_BACK, stages.READY}
    if world.stage == stages.READY:
        assert ON_PREMISES not in world.frozen
        assert (world.forward, world.leads_to) == ("running", ON_PREMISES)
    if world.stage == stages.CUT_OVER:
        assert world.frozen == {ON_PREMISES}
        assert (world.reverse, world.leads_to) == ("running", AURORA)
    if world.stage == stages.ROLLED_BACK:
        assert world.frozen == {AURORA}
        assert world.leads_to == ON_PREMISES
        assert "running" not in {world.forward, world.reverse}


@given(INTERRUPTIONS)
def test_from_every_interrupted_stage_the_same_command_comes_to_its_end(interruptions):
    interrupted(World(), interruptions)


@pytest.mark.parametrize("done", [(), (("start", ALL, None, None),)], ids=["before", "after the cutover"])
@pytest.mark.parametrize("second", ["start", "rollback"])
def test_two_interruptions_anywhere_are_survived(done: tuple[Any, ...], second: str):
    first = "rollback" if done else "start"
    for one, unwound, other, again in product(range(26), (None, *range(9), ALL), range(26), (None, ALL)):
        interrupted(World(), [*done, (first, one, unwound, None), (second, other, again, None)])


@pytest.mark.parametrize("done", [(), (("start", ALL, None, None),)], ids=["before", "after the cutover"])
def test_a_function_that_is_stopped_anywhere_is_survived(done: tuple[Any, ...]):
    name = "rollback" if done else "start"
    for part, unwound, other, again, second in product(
        range(3), (None, *range(9), ALL), range(8), (None, ALL), (None, *range(3))
    ):
        interrupted(World(), [*done, (name, ALL, unwound, part), (name, other, again, second)])


def test_the_ways_back_end_where_the_ways_there_began():
    assert UNWIND.ends == stages.READY
    assert UNWIND_BACK.ends == START.ends == stages.CUT_OVER
    assert FINISH.step("stop-reverse-for-good").undone_by.startswith("nothing")
