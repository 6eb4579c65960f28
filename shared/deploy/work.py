"""One stack of a run: where it stands and what happened to it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shared.deploy.manifest import StackEntry
    from shared.deploy.plans import PlanSummary
    from shared.errors import Problem

Status = Literal[
    "pending",  # nothing decided yet
    "planned",  # a saved plan waits
    "deferred",  # waits for an upstream of this run
    "unchanged",  # the plan is empty
    "applied",
    "destroyed",
    "absent",  # to be destroyed, and not there
    "failed",
    "refused",  # a guard, a contract or a lock is against it
    "blocked",  # something before it failed
    "declined",  # a person said no
    "interrupted",  # not started because of Ctrl-C, or stopped in the middle by the second one
]
#: With these, whoever waits for the stack may go on.
DONE = frozenset({"unchanged", "applied", "destroyed", "absent"})
BAD = frozenset({"failed", "refused", "blocked", "declined", "interrupted"})
OPEN = frozenset({"pending", "planned", "deferred"})


@dataclass(kw_only=True)
class Work:
    """A stack in a run; changed by the run only."""

    entry: StackEntry
    stage: int
    log: Path
    status: Status = "pending"
    summary: PlanSummary | None = None
    plan: Path | None = None
    """The saved plan, as long as it is to be applied."""
    state_version: str | None = None
    """Lineage and serial of the state that the plan was made on; None: there was no state."""
    orphans: dict[str, str] = field(default_factory=dict)
    """Address -> import id of what no state knows and the destruction takes along, once agreed to."""
    exact: bool = False
    """The plan was saved by an earlier command: it is applied as it is, and never made anew."""
    inputs: str | None = None
    """Digest of the upstream values that the plan was made with."""
    reasons: tuple[str, ...] = ()
    """Why it is deferred, blocked or refused."""
    problems: tuple[Problem, ...] = ()
    passing: bool = False
    """What it is refused for ends without this command: somebody holds the lock."""
    error: str | None = None
    waited_for: str | None = None
    """The upstream that ended last before this stack could start."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Phase -> wall time: `queued`, `init`, `plan`, `show`, `apply`."""
    notes: list[str] = field(default_factory=list)
    """What was done beside the plan: a lock broken, a retry, resources taken over."""

    @property
    def address(self) -> str:
        """The stack's address."""
        return self.entry.address

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the wall time of the block to this phase."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.monotonic() - begun

    def drop_plan(self) -> None:
        """Delete the saved plan: it is applied, or no longer true, and may hold secrets."""
        if self.plan:
            self.plan.unlink(missing_ok=True)
            self.plan = None

    def defer(self, reasons: tuple[str, ...]) -> None:
        """Mark as waiting for an upstream, forgetting a plan made too early."""
        self.drop_plan()
        self.status, self.reasons, self.summary = "deferred", reasons, None

    def refuse(self, problems: list[Problem], *, passing: bool = False) -> None:
        """Mark as refused with every reason; `passing`: the same command may work later."""
        self.drop_plan()
        self.passing = passing
        self.status, self.problems = "refused", tuple(problems)
        self.reasons = tuple(problem.what for problem in problems)

    def fail(self, text: str) -> None:
        """Mark as failed with what the engine said."""
        self.drop_plan()
        self.status, self.error = "failed", text

    def stop(self, status: Literal["blocked", "interrupted", "declined"], reason: str) -> None:
        """Mark as not run."""
        self.drop_plan()
        self.status, self.reasons = status, (reason,)
