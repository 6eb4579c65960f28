"""Of two executions at once one goes on, and the other one changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.lambdas.start.errors import AnotherRuns
from modules.lambdas.start.others import refuse_another
from tests.modules.lambdas.world import TARGET, World

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:migration-abc123"
PREFIX = "arn:aws:states:eu-west-1:123456789012:execution:migration-abc123:"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def listed(*running: tuple[str, int], more: str = "") -> dict[str, Any]:
    """A page of the list: names, and the second in which each began."""
    page = {
        "executions": [
            {"executionArn": f"{PREFIX}{name}", "startDate": NOON + timedelta(seconds=second)}
            for name, second in running
        ]
    }
    return {**page, "nextToken": more} if more else page


def look(world: World, *pages: dict[str, Any], own: str = "b") -> None:
    world.says("stepfunctions", TARGET, "ListExecutions", *pages)
    refuse_another(MACHINE, f"{PREFIX}{own}", TARGET)
    assert len(world.called("stepfunctions", TARGET)) == len(pages)


def refusal(world: World, *pages: dict[str, Any]) -> str:
    with pytest.raises(AnotherRuns) as error:
        look(world, *pages)
    return str(error.value)


def test_alone_it_goes_on(world):
    look(world, listed(("b", 1)))


def test_one_that_began_earlier_is_in_the_way(world):
    assert refusal(world, listed(("b", 2), ("c", 1))) == f"another execution runs: {PREFIX}c"


def test_one_that_began_later_gives_way_itself(world):
    look(world, listed(("b", 1), ("a", 2)))


def test_of_two_in_the_same_moment_exactly_one_goes_on(world):
    both = listed(("a", 1), ("b", 1))
    look(world, both, own="a")
    world.calls.clear()
    assert refusal(world, both) == f"another execution runs: {PREFIX}a"


def test_every_page_of_the_list_is_read(world):
    assert refusal(world, listed(("b", 5), more="2"), listed(("c", 1))).endswith(f"{PREFIX}c")


def test_a_list_that_does_not_have_this_execution_yet_may_have_another(world):
    """Whoever is in it may be older: this execution looks again."""
    assert refusal(world, listed(("c", 9))).endswith(f"{PREFIX}c")
    world.calls.clear()
    look(world, listed())
