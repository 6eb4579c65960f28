"""The critical path: the chain of stacks that was at work longest."""

from __future__ import annotations

import pytest

from shared.deploy.page.critical import critical_path
from tests.deploy.page.runs import DATABASE, FOUNDATION, SERVICE, TARGET, rollout, run, span, stack


def test_it_is_the_longest_chain_of_stacks_that_waited_for_each_other() -> None:
    path = critical_path(rollout())

    assert path.stacks == (FOUNDATION, DATABASE, TARGET)
    # at work of 40 seconds, of which two were a question's
    assert path.steps == ((FOUNDATION, 10), (DATABASE, 18), (TARGET, 9))
    assert (path.seconds, path.wall) == (37, 38)
    assert path.above == pytest.approx(100 / 38)


def test_waiting_is_no_work_and_what_overlaps_counts_once() -> None:
    busy = stack(FOUNDATION, "applied", span("slot", 0, 5), span("apply", 5, 15), span("plan", 6, 8))

    assert busy.busy == 10
    assert critical_path(run(busy)).seconds == 10


def test_what_a_stack_did_before_the_one_ahead_had_ended_made_nobody_wait() -> None:
    path = critical_path(
        run(
            stack(FOUNDATION, "applied", span("plan", 0, 4), span("apply", 6, 12)),
            stack(DATABASE, "applied", span("plan", 0, 5), span("apply", 12, 13), needs=(FOUNDATION,)),
            seconds=13.0,
        )
    )

    assert path.steps == ((FOUNDATION, 10), (DATABASE, 1))
    assert path.seconds <= path.wall


def test_a_stack_that_was_longer_at_work_than_any_chain_to_it_is_a_path_alone() -> None:
    path = critical_path(
        run(
            stack(FOUNDATION, "applied", span("apply", 8, 9)),
            stack(DATABASE, "applied", span("plan", 0, 8), span("apply", 9, 10), needs=(FOUNDATION,)),
        )
    )

    assert path.steps == ((DATABASE, 9),)


def test_a_long_stack_that_reads_nothing_is_a_path_alone() -> None:
    path = critical_path(
        run(
            stack(FOUNDATION, "applied", span("apply", 0, 2)),
            stack(DATABASE, "applied", span("apply", 2, 4), needs=(FOUNDATION,)),
            stack(SERVICE, "applied", span("apply", 0, 9)),
        )
    )

    assert path.stacks == (SERVICE,)


def test_a_stack_in_between_that_did_nothing_is_left_out() -> None:
    path = critical_path(
        run(
            stack(FOUNDATION, "applied", span("apply", 0, 2)),
            stack(DATABASE, "blocked", needs=(FOUNDATION,)),
            stack(TARGET, "applied", span("apply", 2, 4), needs=(DATABASE,)),
        )
    )

    assert path.stacks == (FOUNDATION, TARGET)


@pytest.mark.parametrize("stacks", [(), (stack(FOUNDATION, "absent"),)], ids=["no stacks", "an absent one"])
def test_a_run_in_which_nothing_was_at_work_has_no_path(stacks) -> None:
    path = critical_path(run(*stacks, seconds=0.0))

    assert (path.stacks, path.seconds, path.above) == ((), 0.0, 0.0)
