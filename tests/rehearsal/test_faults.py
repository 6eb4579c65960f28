"""Faults of any system: chosen by name, made to happen once, each followed by the plan and the way back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.errors import UserError
from shared.rehearsal import faults, migration_faults
from shared.rehearsal.chapters import Chapters
from shared.rehearsal.faults import Fault, Once, chosen
from shared.rehearsal.journeys import AnyJourney
from shared.rehearsal.recovery import faults as recovery_faults

CATALOGUES = [migration_faults.FAULTS, recovery_faults.FAULTS]


def fault(name: str, **more: Any) -> faults.AnyFault:
    return Fault(
        name=name, what=f"{name} happens", act=lambda journey: journey.append(name), end=None, **more
    )


FIRE, FLOOD = fault("fire"), fault("flood", when=lambda seen: seen > 2)


def test_they_are_chosen_by_name_or_all() -> None:
    catalogue = (FIRE, FLOOD)
    assert chosen((), catalogue) == ()
    assert chosen(("all",), catalogue) == catalogue
    assert chosen(("flood", "fire"), catalogue) == (FLOOD, FIRE)
    with pytest.raises(UserError, match="no such fault: quake, plague") as refused:
        chosen(("quake", "fire", "plague"), catalogue)
    assert refused.value.problems[0].remedy == "there are: fire, flood, all"


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_a_catalogues_names_are_its_own_and_say_nothing_that_a_command_line_would_split(
    catalogue: tuple[faults.AnyFault, ...],
) -> None:
    names = [one.name for one in catalogue]
    assert len(set(names)) == len(names)
    assert not [name for name in names if "," in name or " " in name or name == faults.ALL]


def test_one_without_a_moment_happens_before_anything_begins() -> None:
    struck: list[str] = []
    with Chapters().chapter("x") as draft:
        hit: Once[Any, int, None] = Once(struck, FIRE, draft)
        assert not hit.done
        hit.begin()
        hit.see(5)
        hit.happened()
    assert struck == ["fire"]
    assert [(event.name, event.detail) for event in draft.events] == [("fault", "fire happens")]
    assert [(check.name, check.passed) for check in draft.checks] == [("the fault happened", True)]


def test_one_with_a_moment_happens_once_then() -> None:
    struck: list[str] = []
    with Chapters().chapter("x") as draft:
        hit: Once[Any, int, None] = Once(struck, FLOOD, draft)
        hit.begin()
        for seen in (1, 2):
            hit.see(seen)
        hit.happened()
        assert struck == []
        for seen in (3, 4):
            hit.see(seen)
        hit.happened()
    assert struck == ["flood"]
    assert [check.passed for check in draft.checks] == [False, True]


def test_each_is_followed_by_an_empty_plan_and_the_way_back() -> None:
    done: list[str] = []
    journey = SimpleNamespace(
        open=lambda: done.append("open"),
        close=lambda: done.append("close"),
        rehearsal=SimpleNamespace(plan_again=lambda: done.append("plan")),
    )
    journey.framed = lambda *parts: AnyJourney.framed(journey, *parts)  # type: ignore[arg-type]
    parts = faults.parts(
        journey,  # type: ignore[arg-type]
        (FIRE, FLOOD),
        suffer=lambda one: done.append(one.name),
        restore=lambda: done.append("restore"),
    )
    for _, part in parts:
        part(None)  # type: ignore[arg-type]
    assert done == ["open", "fire", "plan", "restore", "flood", "plan", "restore", "close"]
    assert [title for title, _ in parts][1:4] == [
        "Fault fire: fire happens",
        "The plan of every stack is empty after fire",
        "As it was before fire",
    ]
