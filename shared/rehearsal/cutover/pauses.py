"""How long writes paused: the longest time between two payments that were acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.rehearsal.cutover.customers import Receipt


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A time without an acknowledged payment, on the monotonic clock."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """Return how long it was."""
        return self.ended - self.began


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """The longest of all customers together, and the longest of any one of them."""

    over_all: Pause | None
    """None: fewer than two payments were acknowledged."""
    by_writer: dict[int, Pause]

    @property
    def of_one(self) -> Pause | None:
        """Return the longest that one customer had to wait."""
        return max(self.by_writer.values(), key=lambda one: one.seconds, default=None)


def measure(receipts: Sequence[Receipt]) -> Pauses:
    """Return the longest pauses between these receipts."""
    writers = {one.writer for one in receipts}
    found = {number: longest(one.at for one in receipts if one.writer == number) for number in writers}
    return Pauses(
        over_all=longest(one.at for one in receipts),
        by_writer={number: pause for number, pause in sorted(found.items()) if pause},
    )


def longest(moments: Iterable[float]) -> Pause | None:
    """Return the longest time between two neighbours; None for fewer than two moments."""
    between = [Pause(began=one, ended=other) for one, other in pairwise(sorted(moments))]
    return max(between, key=lambda one: one.seconds, default=None)
