"""A table and a database in memory, which can be stopped before or after any step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modules.lambdas.drain.errors import Poisoned
from modules.lambdas.drain.intents import Intent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Killed(Exception):
    """The process ends here."""


def intent(number: int, account: int = 0, payload: str = "") -> Intent:
    return Intent(
        key=f"key-{number}",
        ordering_key=f"account-{account}",
        sequence=f"{number:06d}",
        region="us-west-2",
        fingerprint=f"f-{number}{payload}",
        payload=payload,
    )


@dataclass
class World:
    """What stands in both, whoever looks."""

    waiting: dict[str, Intent] = field(default_factory=dict)
    marked: dict[str, Intent] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    rows: list[Intent] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    """Keys that the index does not show yet."""

    def accept(self, one: Intent) -> None:
        """Accept an intent, once for each key."""
        if one.key not in self.waiting and one.key not in self.marked:
            self.waiting[one.key] = one


@dataclass
class Process:
    """One drain that looks at the world: `before` and `after` are called around each step."""

    world: World
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None

    def pending(self) -> Iterator[str]:
        self.before("pending")
        order = sorted(self.world.waiting.values(), key=lambda one: (one.ordering_key, one.sequence))
        yield from [one.key for one in order if one.key not in self.world.hidden]

    def load(self, key: str) -> Intent | None:
        self.before("load")
        found = self.world.waiting.get(key)
        return found and replace(found, refused=key in self.world.notes)

    def insert(self, one: Intent) -> bool:
        self.before("insert")
        if one.key in self.world.poison:
            raise Poisoned(f"{one.key} is too long")
        there = [row for row in self.world.rows if row.key == one.key]
        if not there:
            self.world.rows.append(one)
        self.after("insert")
        if there and there[0].fingerprint != one.fingerprint:
            raise Poisoned("another payment")
        return not there

    def mark(self, one: Intent) -> bool:
        self.before("mark")
        found = self.world.waiting.get(one.key) == one
        if found:
            self.world.marked[one.key] = self.world.waiting.pop(one.key)
        self.after("mark")
        return found

    def note(self, one: Intent, reason: str) -> None:
        self.before("note")
        self.world.notes[one.key] = reason
        self.after("note")


def replaced(one: Intent, payload: str) -> Intent:
    """Return what another region accepted under the same key."""
    return replace(one, payload=payload, fingerprint=f"{one.fingerprint}-{payload}")
