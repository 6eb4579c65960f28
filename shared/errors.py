"""What a person is told when something is not as it must be.

A mistake of the user's is never a traceback: it is a `UserError`, which carries every problem
found, each with what is wrong, where, what is allowed and what to do. The tasks print it and
exit with code 2, and nothing was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXIT_USER_ERROR = 2


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    what: str
    """What is wrong, in one sentence, with the value that is wrong."""
    where: str | None = None
    """`file:line`, a stack's address, or a resource's; None when the sentence says it."""
    remedy: str | None = None
    """What is allowed, or the command that mends it."""

    def __str__(self) -> str:
        """Return the problem as one line (the remedy on a line of its own)."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n    {self.remedy}" if self.remedy else head


class UserError(Exception):
    """Something that a person has to mend; nothing was changed.

    `problems` holds every mistake that was found, not the first one only.
    """

    def __init__(self, problems: Sequence[Problem] | Problem | str, *, remedy: str | None = None) -> None:
        if isinstance(problems, str):
            problems = [Problem(what=problems, remedy=remedy)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(UserError):
    """A request that was understood and is refused, with every reason (guards, preflight)."""


class BlockError(Exception):
    """A nested block that the provider's schema does not have as written: a defect in our code."""
