"""What ends an invocation; Lambda repeats an event that ended so, and keeps it in the end."""

from __future__ import annotations

from collections.abc import Sequence


class InputRefused(Exception):
    """The event, or what is in a parameter, is none that can be acted on; with every reason, one a line."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))


class ChangedMeanwhile(Exception):
    """Somebody else wrote the state between the look and the act; nothing was moved."""
