"""The error by whose name the state machine counts looks that failed."""

from __future__ import annotations

from collections.abc import Sequence


class GateError(Exception):
    """A look that came to no verdict, with every reason, one a line: which call, where, why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
