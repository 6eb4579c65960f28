"""One thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shared.errors import UserError

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was looked at, what was seen, and what to do."""

    name: str
    """What was looked at: `state bucket`."""
    verdict: Verdict
    """`fail`: a deployment would fail. `warn`: it would work, or it could not be seen."""
    seen: str
    remedy: str | None = None
    """None when it is ok."""


def failed(name: str, error: UserError) -> list[Check]:
    """Return a failed check per problem of the error."""
    return [
        Check(name=name, verdict="fail", seen=problem.what, remedy=problem.remedy)
        for problem in error.problems
    ]
