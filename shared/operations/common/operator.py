"""Who carries out an operation, and with what: the one argument that all operations of a system share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal

from shared.operations.common.facts import SeenT

if TYPE_CHECKING:
    from rich.console import Console

    from shared.clients import Clients
    from shared.deploy.manifest import Manifest

Follow = Literal["end", "question", "nothing"]

EXIT_OK, EXIT_OTHERWISE, EXIT_DECLINED, EXIT_INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, kw_only=True)
class Operator(Generic[SeenT]):
    """Everything that an operation needs and does not look up itself."""

    manifest: Manifest
    clients: Clients
    console: Console
    yes: bool = False
    """Ask nothing."""
    follow: Follow = "end"
    """How long an execution is watched: to its end, to its next question, or not at all."""
    ask: Callable[[str], str] | None = None
    """Takes a question, returns what was typed; None asks on the console."""
    seen: Callable[[SeenT], None] | None = None
    """Is told all that is seen while an execution is watched."""
    poll_seconds: float = 5.0
    """Between two looks at an execution. Route 53 takes five requests a second from an account."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Result(Generic[SeenT]):
    """What came of an operation."""

    operation: str
    exit_code: int
    """0 done as asked, 1 it ended otherwise, 2 declined, 130 no longer watched."""
    outcome: str
    """The word that an execution ended with, its error, or what became of an operation without one:
    `started`, `waiting`, `declined`, ..."""
    said: tuple[str, ...]
    """Sentences for people."""
    before: SeenT
    after: SeenT
    execution: str = ""
    """ARN of the execution, if there was one."""
    next_command: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "operation": self.operation,
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "said": list(self.said),
            "execution": self.execution,
            "next_command": self.next_command,
            "before": self.before.as_json(),
            "after": self.after.as_json(),
        }


def declined(operation: str, seen: SeenT, why: str = "not confirmed: nothing was changed") -> Result[SeenT]:
    """Return the result of an operation that a person did not want."""
    return Result(
        operation=operation,
        exit_code=EXIT_DECLINED,
        outcome="declined",
        said=(why,),
        before=seen,
        after=seen,
    )
