"""The critical path of a run: the chain of stacks, each waiting for the one before, that took longest.

More stacks at a time cannot make a run shorter than that; a faster stack can only when it is on it. What a
stack did before the one ahead of it had ended (its plan, for a review) made nobody wait: it does not count.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from shared.deploy.report import RunReport

Chain: TypeAlias = "tuple[float, tuple[tuple[str, float], ...]]"


@dataclass(frozen=True, kw_only=True)
class CriticalPath:
    """The longest chain, by what was measured."""

    steps: tuple[tuple[str, float], ...]
    """Each stack, in the order in which they waited for each other, and its part in seconds."""
    wall: float
    """The run's time without that of its questions, in seconds."""

    @property
    def stacks(self) -> tuple[str, ...]:
        """Return the stacks on it."""
        return tuple(address for address, _ in self.steps)

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return sum(seconds for _, seconds in self.steps)

    @property
    def above(self) -> float:
        """Return how much of the wall time was not the path's, in per cent."""
        return 100 * max(self.wall - self.seconds, 0.0) / self.wall if self.wall else 0.0


def critical_path(report: RunReport) -> CriticalPath:
    """Return the critical path; of a run in which no stack was at work it has no stack."""
    stacks = {stack.address: stack for stack in report.stacks}

    @functools.cache
    def longest(address: str) -> Chain:
        """Return the longest chain that ends with a stack, and how long it is."""
        stack = stacks[address]
        found: list[Chain] = [(0.0, ())]
        for seconds, ahead in map(longest, stack.needs):
            since = stacks[ahead[-1][0]].ended if ahead else 0.0
            part = stack.busy_since(since)
            found.append((seconds + part, (*ahead, (address, part)) if part else ahead))
        if stack.busy:
            found.append((stack.busy, ((address, stack.busy),)))
        return max(found)

    _, steps = max(map(longest, stacks), default=(0.0, ()))
    asked = sum(span.end - span.begin for span in report.questions)
    return CriticalPath(steps=steps, wall=max(report.seconds - asked, 0.0))
