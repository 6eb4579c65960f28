"""Nothing is lost and nothing doubled, wherever a drain is killed and whatever happens meanwhile."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.drain.drain import MOST_FAILURES, Report, drain
from modules.lambdas.drain.errors import DrainError
from tests.modules.lambdas.drain.world import Killed, Process, World, intent, replaced

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = st.lists(
    st.tuples(st.integers(min_value=0, max_value=30), st.integers(min_value=0, max_value=3)),
    max_size=12,
    unique_by=lambda pair: pair[0],
)
POISON = st.sets(st.integers(min_value=0, max_value=30), max_size=4)


def world_of(numbers: list[tuple[int, int]], poison: set[int]) -> World:
    world = World(poison={f"key-{number}" for number in poison})
    for number, account in numbers:
        world.accept(intent(number, account))
    return world


def run(process: Process, **options: Any) -> Report:
    return drain(process, process, **options)


def check(world: World, accepted: set[str]) -> None:
    """Each accepted intent is in the database once, but for what the database refuses: that waits."""
    assert max(Counter(row.key for row in world.rows).values(), default=1) == 1
    refused = accepted & world.poison
    assert {row.key for row in world.rows} == accepted - refused
    assert set(world.waiting) == refused
    assert set(world.notes) == refused


@given(NUMBERS, POISON)
def test_everything_is_drained_but_what_the_database_refuses(numbers, poison):
    world = world_of(numbers, poison)
    accepted = set(world.waiting)
    report = run(Process(world))
    check(world, accepted)
    assert report.done
    assert (report.drained, report.already) == (len(world.rows), 0)
    assert set(report.failures) == accepted & world.poison


@given(NUMBERS, POISON)
def test_an_account_keeps_its_order(numbers, poison):
    world = world_of(numbers, poison)
    run(Process(world))
    for account in {row.ordering_key for row in world.rows}:
        order = [row.sequence for row in world.rows if row.ordering_key == account]
        assert order == sorted(order)


def killer(at: list[int]) -> Callable[[str], None]:
    """Kill at each of these steps, counted over all drains."""
    steps = iter(range(10_000))

    def step(_: str) -> None:
        if next(steps) in at:
            raise Killed

    return step


@given(NUMBERS, POISON, st.lists(st.integers(min_value=0, max_value=60), max_size=8))
def test_a_drain_may_be_killed_before_and_after_every_step(numbers, poison, at):
    world = world_of(numbers, poison)
    accepted = set(world.waiting)
    step = killer(at)
    counted = 0
    for _ in range(len(at) + 1):
        try:
            counted += run(Process(world, before=step, after=step)).drained
        except Killed:
            continue
        break
    check(world, accepted)
    assert counted <= len(world.rows)


STEPS = st.lists(st.integers(min_value=0, max_value=5), max_size=40)


@given(NUMBERS, POISON, STEPS)
def test_another_drain_and_new_intents_may_come_between_any_two_steps(numbers, poison, events):
    world = world_of(numbers, poison)
    accepted = set(world.waiting)
    ahead = iter(events)
    fresh = iter(range(100, 200))

    def meanwhile(_: str) -> None:
        event = next(ahead, 0)
        if event == 1:
            run(Process(world))
        elif event == 2:
            number = next(fresh)
            world.accept(intent(number))
            accepted.add(f"key-{number}")
        elif event == 3:  # a repetition of what was accepted before
            for number, account in numbers:
                world.accept(intent(number, account))

    run(Process(world, before=meanwhile, after=meanwhile))
    # what was accepted after the last look waits for the next
    run(Process(world))
    check(world, accepted)


@given(NUMBERS, st.sets(st.integers(min_value=0, max_value=30)))
def test_what_the_index_does_not_show_yet_comes_with_a_later_look(numbers, hidden):
    world = world_of(numbers, set())
    accepted = set(world.waiting)
    world.hidden = {f"key-{number}" for number in hidden}
    run(Process(world), pause=world.hidden.clear)
    check(world, accepted)


def test_what_another_region_put_in_the_place_of_a_drained_intent_is_told():
    world = world_of([(1, 0)], set())
    run(Process(world))
    other = replaced(world.marked.pop("key-1"), "13")
    world.waiting["key-1"] = other
    report = run(Process(world))
    assert report.failures == {"key-1": "another payment"}
    assert world.notes == {"key-1": "another payment"}
    assert len(world.rows) == 1


def test_what_comes_back_as_waiting_is_recognised():
    world = world_of([(1, 0)], set())
    run(Process(world))
    world.waiting["key-1"] = world.marked.pop("key-1")
    report = run(Process(world))
    assert (report.drained, report.already, world.waiting) == (0, 1, {})


def test_an_intent_that_was_replaced_while_it_was_drained_goes_on_waiting():
    world = world_of([(1, 0)], set())

    def replace_it(step: str) -> None:
        if step == "insert" and world.waiting["key-1"].payload == "":
            world.waiting["key-1"] = replaced(world.waiting["key-1"], "13")

    report = run(Process(world, after=replace_it))
    assert report.failures == {"key-1": "another payment"}
    assert list(world.waiting) == ["key-1"]


def test_when_the_time_is_up_the_rest_waits():
    world = world_of([(number, 0) for number in range(5)], set())
    left = iter([True, True, False])
    report = run(Process(world), may_go_on=lambda: next(left))
    assert (report.drained, report.done, len(world.waiting)) == (2, False, 3)
    assert run(Process(world)).shown() == {
        "drained": 3,
        "already_there": 0,
        "failed": 0,
        "failures": [],
        "done": True,
    }


def budget(calls: int) -> tuple[Callable[[str], None], Callable[[], bool]]:
    """The time of one call of the drain, as calls to the table and the database."""
    left = iter(range(calls, -1_000_000, -1))
    now = [calls]

    def step(_: str) -> None:
        now[0] = next(left)

    return step, lambda: now[0] > 0


def test_what_is_never_refused_is_drained_although_thousands_before_it_are():
    """They stand first, and to try them all takes longer than a call has: the rest is reached."""
    world = world_of([(number, 0) for number in range(3000)], set(range(2990)))
    refused = {f"key-{number}" for number in range(2990)}
    reports = []
    while len(world.rows) < 10 and len(reports) < 5:
        step, may_go_on = budget(5000)
        reports.append(run(Process(world, before=step), may_go_on=may_go_on))
    # the first two look at what nobody had refused yet; the third has the rest
    assert [report.drained for report in reports] == [0, 0, 10]
    assert {row.key for row in world.rows} == {f"key-{number}" for number in range(2990, 3000)}
    assert set(world.waiting) == refused


def test_what_was_refused_is_tried_again_after_the_rest_and_in_its_order():
    world = world_of([(number, 0) for number in range(6)], {1, 3})
    run(Process(world))
    world.accept(intent(7))
    assert [row.key for row in world.rows] == ["key-0", "key-2", "key-4", "key-5"]
    world.poison.clear()
    report = run(Process(world))
    assert (report.drained, report.failures, report.done) == (3, {}, True)
    assert [row.key for row in world.rows[4:]] == ["key-7", "key-1", "key-3"]


def test_a_drain_whose_time_is_up_among_what_was_refused_is_not_done():
    world = world_of([(number, 0) for number in range(3)], {0, 1, 2})
    run(Process(world))
    step, may_go_on = budget(7)  # a look, three reads, a look, then one that is tried
    report = run(Process(world, before=step), may_go_on=may_go_on)
    assert (len(report.failures), report.done) == (1, False)


def test_what_another_drain_brought_in_meanwhile_is_not_tried_again():
    world = world_of([(number, 0) for number in range(2)], {0, 1})
    run(Process(world))

    def pause() -> None:
        world.poison.clear()
        run(Process(world))

    report = run(Process(world), pause=pause)
    assert (report.drained, report.already, report.done) == (0, 0, True)


def test_a_database_that_stops_is_said_with_what_was_done():
    world = world_of([(number, 0) for number in range(3)], set())
    inserts = iter([None, DrainError("rds-data:ExecuteStatement in us-west-2: unavailable")])

    def before(step: str) -> None:
        error = next(inserts) if step == "insert" else None
        if error:
            raise error

    with pytest.raises(DrainError, match="unavailable; 1 drained and 0 found already there before"):
        run(Process(world, before=before))
    assert len(world.waiting) == 2


def test_many_failures_are_counted_and_the_first_named():
    world = world_of([(number, 0) for number in range(60)], set(range(60)))
    shown = run(Process(world)).shown()
    assert (shown["failed"], len(shown["failures"])) == (60, MOST_FAILURES)
    assert shown["failures"][0] == {"idempotency_key": "key-0", "reason": "key-0 is too long"}


def test_a_service_that_goes_on_accepting_does_not_keep_it_from_its_end():
    """Each look finds a newer intent; what was accepted before it began is all in, and it ends."""
    world = world_of([(number, 0) for number in range(5)], set())
    accepted = set(world.waiting)
    numbers = iter(range(100, 200))

    def accept(step: str) -> None:
        if step == "pending":
            world.accept(intent(next(numbers)))

    report = run(Process(world, before=accept), began=f"{50:06d}")
    assert report.done
    assert accepted <= {row.key for row in world.rows}
    # what was seen on the way was brought in, too
    assert report.drained == len(world.rows) > len(accepted)


def test_what_the_index_shows_late_is_waited_for_when_it_was_accepted_before():
    world = world_of([(number, 0) for number in range(3)], set())
    world.hidden = {"key-2"}
    pauses: list[str] = []

    def pause() -> None:
        pauses.append("index")
        world.hidden.clear()

    assert run(Process(world), began=f"{50:06d}", pause=pause).done
    assert {row.key for row in world.rows} == {"key-0", "key-1", "key-2"}
    assert len(pauses) == 2
