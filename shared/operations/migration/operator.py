"""Who carries out an operation, and with what: the one argument that all operations share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from shared.operations.migration import dns
from shared.operations.migration.facts import Topology

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from shared.clients import Clients
    from shared.deploy.manifest import Manifest
    from shared.deploy.options import Options
    from shared.deploy.terraform import Program
    from shared.operations.migration.delegation import Resolve
    from shared.settings.model import RegionMigration

Follow = Literal["end", "question", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Everything that an operation needs and does not look up itself."""

    environment: RegionMigration
    manifest: Manifest
    clients: Clients
    workdir: Path
    """Where the engine keeps its records: the repository's root."""
    console: Console
    options: Options
    """How the engine plans the stacks, before a migration begins."""
    yes: bool = False
    """Ask nothing (except for the name that `finalize` wants)."""
    follow: Follow = "end"
    """How long an execution is watched: to its end, to its next question, or not at all."""
    ask: Callable[[str], str] | None = None
    """Takes a question, returns what was typed; None asks on the console."""
    seen: Callable[[Topology], None] | None = None
    """Is told every topology that an execution is watched by."""
    poll_seconds: float = 5.0
    """Between two looks at an execution. Route 53 takes five requests a second from an account."""
    sleep: Callable[[float], None] = time.sleep
    resolve: Resolve = field(default=dns.name_servers)
    program: Program | None = None
    """Terraform; None looks for it."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of an operation."""

    operation: str
    exit_code: int
    """0 done as asked, 1 it ended otherwise, 2 declined, 130 no longer watched."""
    outcome: str
    """`moved`, `shifted`, `finished`, `rolled-back`, `finalized`, `stopped`, `answered`, `started`,
    `waiting`, `declined`, or the error that the execution ended with (`MigrationHeld`)."""
    said: tuple[str, ...]
    """Sentences for people."""
    before: Topology
    after: Topology
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
