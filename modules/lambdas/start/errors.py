"""The error by whose name the state machine knows a refusal."""

from __future__ import annotations

from collections.abc import Sequence


class InputRefused(Exception):
    """An execution that must not begin, with every reason, one a line; nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
