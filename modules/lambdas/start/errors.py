"""The errors by whose names the state machine knows what to do."""

from __future__ import annotations

from collections.abc import Sequence


class InputRefused(Exception):
    """An execution that must not begin, with every reason, one a line; nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))


class AnotherRuns(Exception):
    """An execution that began earlier still runs, or the list of executions is not up to date."""
