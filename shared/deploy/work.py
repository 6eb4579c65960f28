"""One stack of a run: where it stands and what happened to it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from shared.deploy.drift import Drifted
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
    "absent",  # to be destroyed or looked at, and not there
    "drifted",  # what stands differs from the state, and no operation owns that
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


#: Shorter waits are not worth a word, in seconds.
_NOTICED = 0.05


@dataclass(frozen=True, kw_only=True)
class Span:
    """A part of a run's time, in seconds; of `time.monotonic` in a work, since the run began in a report."""

    phase: str
    """`stage` (waits for the review of its stage), `upstream` (for another stack), `slot` (for its turn),
    `init`, `plan`, `show`, `refresh`, `apply`, `destroy`; `question` of a whole run."""
    begin: float
    end: float
    waits_for: str = ""
    """Of `upstream`: the stack that ended last."""


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
    promised: frozenset[str] | None = None
    """Of a stack that a reviewed set defers: the addresses it may create, all else is asked about."""
    inputs: str | None = None
    """Digest of the upstream values that the plan was made with."""
    reasons: tuple[str, ...] = ()
    """Why it is deferred, blocked or refused."""
    problems: tuple[Problem, ...] = ()
    passing: bool = False
    """What it is refused for ends without this command: somebody holds the lock."""
    error: str | None = None
    waited_for: str | None = None
    """The stack that ended last before this one could start."""
    needs: set[str] = field(default_factory=set)
    """Stacks of the run that had to end before it was its turn."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Phase -> wall time: `queued`, `init`, `plan`, `show`, `apply`."""
    spans: list[Span] = field(default_factory=list)
    """When it waited for what, and when it was at work."""
    drift: tuple[Drifted, ...] = ()
    """What a look found to differ from the state, what operations own included."""
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
            ended = time.monotonic()
            self.seconds[phase] = self.seconds.get(phase, 0.0) + ended - begun
            self.spans.append(Span(phase=phase, begin=begun, end=ended))

    def waited(self, begun: float, upstreams: Mapping[str, float]) -> None:
        """Record the wait that ends now: `upstreams` are what it waited for, and when each ended.

        `begun` is when the round began; what had been done with the stack before that, or since, counts.
        """
        now = time.monotonic()
        self.seconds["queued"] = self.seconds.get("queued", 0.0) + now - begun
        before = max((span.end for span in self.spans), default=begun)
        begin = max(begun, before)
        last = max(upstreams, key=upstreams.__getitem__, default="")
        free = max(upstreams.get(last, begin), begin)
        self.waited_for = last or self.waited_for
        waits = (("stage", before, begin, ""), ("upstream", begin, free, last), ("slot", free, now, ""))
        for phase, start, end, name in waits:
            if end - start >= _NOTICED:
                self.spans.append(Span(phase=phase, begin=start, end=end, waits_for=name))

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
