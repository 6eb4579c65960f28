"""What the commands share that carry an operation out: their options, and how they tell what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.commands.outcome import show_json
from shared.deploy.saying import say
from shared.operations.common.operator import Operator

if TYPE_CHECKING:
    from rich.console import Console

    from shared.operations.common.facts import SeenT
    from shared.operations.common.operator import Result


@dataclass(frozen=True, kw_only=True)
class Context:
    """The options that every such command has."""

    env: str
    suffix: str | None = None
    as_json: bool = False
    yes: bool = False
    detach: bool = False
    poll_seconds: float = Operator.poll_seconds
    """Between two looks of whatever watches."""


def told(result: Result[SeenT], console: Console, *, as_json: bool) -> int:
    """Say what came of an operation, and what to do next; returns its exit code."""
    if as_json:
        show_json(result.as_json())
        return result.exit_code
    for sentence in result.said:
        say(console, sentence)
    if result.next_command:
        say(console, f"Next: {result.next_command}")
    return result.exit_code
