"""What an operator asks of an execution: its input, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.errors import Problem

#: Bytes, as the function that looks at it counts (`modules/lambdas/failover/request.py`).
_LONGEST_REASON, _LONGEST_BY = 500, 256


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
            "requested_by": by.encode()[:_LONGEST_BY].decode(errors="ignore"),
        }

    def problems(self) -> list[Problem]:
        """Return what is wrong with it."""
        found = []
        length = len(self.reason.encode())
        if length > _LONGEST_REASON:
            found.append(f"it has {length} bytes; at most {_LONGEST_REASON} are taken")
        if "{{" in self.reason:  # Parameter Store API, PutParameter: Value
            found.append("two braces {{ cannot be written down: Parameter Store refuses them")
        return [Problem(where="--reason", what=what) for what in found]
