"""One operation, as a planner sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Move:
    """Whether an operation can be carried out now, and what it would do."""

    name: str
    command: str
    possible: bool
    meaning: str
    """What it would do now."""
    reasons: tuple[str, ...] = ()
    """Why it is not possible."""
