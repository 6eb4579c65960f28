"""Draining: what waits goes into the database, then it is said to be there.

In this order, so that a drain which is killed anywhere loses nothing, and with the database's primary key
between, so that one which is repeated, or runs twice at once, doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import DrainError, Poisoned
from .intents import Intent

#: A round that finds nothing may have looked at an index that was behind: this many in a row end it.
QUIET_ROUNDS = 2
#: Sorts after every sequence.
EVER = "~"
#: Intents that could not be drained and are named; all are counted.
MOST_FAILURES = 50


class Queue(Protocol):
    """Where intents wait."""

    def pending(self) -> Iterator[str]:
        """Yield what waits."""
        ...

    def load(self, key: str) -> Intent | None:
        """Return one, if it waits."""
        ...

    def mark(self, intent: Intent) -> bool:
        """Say that it is in the database; False when that was said before."""
        ...

    def note(self, intent: Intent, reason: str) -> None:
        """Keep why it is not."""
        ...


class Database(Protocol):
    """Where they go."""

    def insert(self, intent: Intent) -> bool:
        """Insert one; False when it is there. Raises Poisoned or DrainError."""
        ...


@dataclass(kw_only=True)
class Report:
    """What a drain did."""

    drained: int = 0
    """Were brought in."""
    already: int = 0
    """Were in the database before, of a drain that was killed or another that runs."""
    failures: dict[str, str] = field(default_factory=dict)
    """Key -> why the database refuses it. They go on waiting."""
    done: bool = False
    """Nothing else waits that was accepted before. False: the time was up, drain again."""

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values."""
        named = list(self.failures.items())[:MOST_FAILURES]
        return {
            "drained": self.drained,
            "already_there": self.already,
            "failed": len(self.failures),
            "failures": [{"idempotency_key": key, "reason": reason} for key, reason in named],
            "done": self.done,
        }


def drain(
    queue: Queue,
    database: Database,
    *,
    began: str = EVER,
    may_go_on: Callable[[], bool] = lambda: True,
    pause: Callable[[], None] = lambda: None,
) -> Report:
    """Drain until nothing but failures waits, or until it may not go on.

    `began` is a sequence: what was accepted after it is drained where it is seen, and not waited for. A
    service that goes on accepting would keep the drain from its end otherwise. What the database refused in
    an earlier call comes last: it may be thousands, and be refused again. `pause` is made before a round
    after one that found nothing else: the index follows the table within about a second. DrainError says
    what was done before the database or the table stopped answering.
    """
    report = Report()
    try:
        refused = _rounds(queue, database, report, began=began, may_go_on=may_go_on, pause=pause)
        report.done = refused is not None and _again(queue, database, report, refused, may_go_on)
    except DrainError as error:
        done = f"{report.drained} drained and {report.already} found already there before"
        raise DrainError(f"{error}; {done}") from error
    return report


def _rounds(
    queue: Queue,
    database: Database,
    report: Report,
    *,
    began: str,
    may_go_on: Callable[[], bool],
    pause: Callable[[], None],
) -> list[str] | None:
    """Bring in what was never refused; return the keys of the others, or None when the time was up."""
    refused: dict[str, None] = {}
    quiet = 0
    while quiet < QUIET_ROUNDS:
        if quiet:
            pause()
        found = 0
        for key in queue.pending():
            if not may_go_on():
                return None
            intent = None if key in report.failures or key in refused else queue.load(key)
            if intent is None:
                continue
            if intent.refused:
                refused[key] = None
            elif _settle(queue, database, report, intent):
                found += intent.sequence < began
        quiet = 0 if found else quiet + 1
    return list(refused)


def _again(
    queue: Queue, database: Database, report: Report, keys: list[str], may_go_on: Callable[[], bool]
) -> bool:
    """Try again what was refused before; False when the time was up."""
    for key in keys:
        if not may_go_on():
            return False
        intent = queue.load(key)
        if intent is not None:
            _settle(queue, database, report, intent)
    return True


def _settle(queue: Queue, database: Database, report: Report, intent: Intent) -> bool:
    """Bring an intent in; False when the database refuses it."""
    try:
        new = database.insert(intent)
    except Poisoned as poisoned:
        report.failures[intent.key] = str(poisoned)
        queue.note(intent, str(poisoned))
        return False
    queue.mark(intent)
    if new:
        report.drained += 1
    else:
        report.already += 1
    return True
