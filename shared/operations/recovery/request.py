"""What an operator asks of an execution: its input, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.errors import Problem

_LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Request:
    """The input of an execution, beside its action."""

    reason: str = ""
    """Why, for the checkpoint, the notifications and the history."""
    accept_data_loss: bool = False
    """Go on although it is not certain that the standby has everything; of a failover only."""

    def document(self, action: str, by: str) -> dict[str, Any]:
        """Return the input that asks for `action` (`failover`, `switchover`, `failback`)."""
        return {
            "action": action,
            "accept_data_loss": self.accept_data_loss,
            "reason": self.reason,
            "requested_by": by,
        }

    def problems(self) -> list[Problem]:
        """Return what is wrong with it."""
        length = len(self.reason)
        if length <= _LONGEST_REASON:
            return []
        what = f"it has {length} characters; at most {_LONGEST_REASON} are taken"
        return [Problem(where="--reason", what=what)]
