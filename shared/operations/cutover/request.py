"""What an operator says with a cutover, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.errors import Problem

_LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class Request:
    """Why, and which findings are accepted."""

    reason: str = ""
    """For the note."""
    accept: tuple[str, ...] = ()
    """Codes of findings of the assessment that block, and are known and accepted."""

    def problems(self, acceptable: Iterable[str]) -> list[Problem]:
        """Return what is wrong with it; `acceptable`: codes of findings that may be accepted."""
        problems = []
        if len(self.reason) > _LONGEST_REASON:
            what = f"it has {len(self.reason)} characters; at most {_LONGEST_REASON} are taken"
            problems.append(Problem(where="--reason", what=what))
        known = sorted(acceptable)
        problems += [
            Problem(
                where="--accept",
                what=f"{code!r} cannot be accepted",
                remedy=f"what can be: {', '.join(known)}",
            )
            for code in self.accept
            if code not in known
        ]
        return problems
