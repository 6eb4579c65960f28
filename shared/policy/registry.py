"""What a check is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.policy.model import Platform

A, B, C = "region-migration", "disaster-recovery", "database-migration"
EVERYWHERE = (A, B, C)
#: How the ids of our checks begin.
OWN = "RS"


class Place(Protocol):
    """Something that can be wrong: a resource, a stack, an environment."""

    @property
    def place(self) -> str:
        """How a person, and an exception, names it."""

    @property
    def file(self) -> Path:
        """Return the file that it stands in."""


@dataclass(frozen=True)
class Judged:
    """One subject that a check looked at."""

    place: Place
    wrong: str = ""
    """What is wrong with it, in half a sentence; empty when nothing is."""


Body = Callable[[Platform], Iterator[Judged]]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule."""

    id: str
    """`RS01` to `RS44`, in the order of the design."""
    title: str
    """What must hold."""
    why: str
    """What happens otherwise, and where that is written."""
    remedy: str
    """What to do when it does not hold."""
    systems: tuple[str, ...]
    """The systems that have what it looks at."""
    body: Body

    def judge(self, platform: Platform) -> list[Judged]:
        """Return everything that it looked at in an environment; nothing in other systems."""
        return list(self.body(platform)) if platform.system in self.systems else []


_CHECKS: dict[str, Check] = {}


def check(
    id_: str, title: str, *, why: str, remedy: str, systems: tuple[str, ...] = EVERYWHERE
) -> Callable[[Body], Body]:
    """Add a check to the list. Raises ValueError when the id is taken."""

    def add(body: Body) -> Body:
        if id_ in _CHECKS:
            raise ValueError(f"{id_} is taken by {_CHECKS[id_].title}")
        _CHECKS[id_] = Check(id=id_, title=title, why=why, remedy=remedy, systems=systems, body=body)
        return body

    return add


def checks() -> list[Check]:
    """Return all checks in the order of their ids."""
    from shared.policy import checks as all_of_them

    all_of_them.load()
    return [_CHECKS[id_] for id_ in sorted(_CHECKS)]


def complaints(place: Place, *said: str) -> Iterator[Judged]:
    """Yield one judgement for each complaint that is not empty, or that the place is well."""
    wrong = [each for each in said if each]
    yield from (Judged(place, each) for each in wrong)
    if not wrong:
        yield Judged(place)


def unless(holds: object, complaint: str) -> str:
    """Return the complaint when something does not hold."""
    return "" if holds else complaint
