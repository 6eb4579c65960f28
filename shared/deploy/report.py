"""The record of a run as plain values: `report.json`. `shared.deploy.page` shows it to people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from shared.deploy.drift import Drifted
from shared.deploy.plans import Change
from shared.deploy.work import BAD, Span, Work
from shared.errors import Problem

VERSION = 1
EXIT_OK = 0
EXIT_FAILED = 1
EXIT_REFUSED = 2
EXIT_DRIFT = 2
EXIT_INTERRUPTED = 130
FILE_NAME = "report.json"
#: Phases in which a stack only waits.
WAITING = frozenset({"stage", "upstream", "slot"})


@dataclass(frozen=True, kw_only=True)
class StackReport:
    """One stack of a run. The only values are those that drifted, and none of these is sensitive."""

    address: str
    stage: str
    status: str
    counts: dict[str, int]
    """`add`, `change`, `replace`, `destroy`, `import`, `forget`, `outputs` of its plan."""
    seconds: dict[str, float]
    """Wall time per phase: `queued`, `init`, `plan`, `show`, `apply`, `destroy`, in seconds."""
    waited_for: str | None = None
    """The stack that ended last before this one could start."""
    reasons: tuple[str, ...] = ()
    """Why it is deferred, blocked or refused."""
    error: str | None = None
    """What Terraform said when it failed."""
    notes: tuple[str, ...] = ()
    """What was done beside the plan: a lock broken, a retry, resources taken over."""
    log: str = ""
    """Path of its log."""
    needs: tuple[str, ...] = ()
    """Stacks of this run that had to end before it was its turn."""
    changes: tuple[Change, ...] = ()
    """What its plan does, resource by resource."""
    outputs: dict[str, str] = field(default_factory=dict)
    """Output name -> `create`, `update` or `delete`."""
    problems: tuple[Problem, ...] = ()
    """What it was refused for, with what to do about it."""
    drift: tuple[Drifted, ...] = ()
    """What differs from the state, what operations own included; of `invoke drift` only."""
    spans: tuple[Span, ...] = ()
    """When it waited for what, and when it was at work, in seconds since the run began."""

    @property
    def as_written(self) -> bool:
        """Say whether a plan found the stack as it is written: nothing to do."""
        return self.status == "unchanged"

    @property
    def busy(self) -> float:
        """Return the seconds in which it was at work, and did not wait."""
        return self.busy_since(0.0)

    def busy_since(self, moment: float) -> float:
        """Return the seconds in which it was at work after a moment of the run."""
        done, total = moment, 0.0
        for begin, end in sorted((s.begin, s.end) for s in self.spans if s.phase not in WAITING):
            total += max(end - max(begin, done), 0.0)
            done = max(done, end)
        return total

    @property
    def ended(self) -> float:
        """Return when it was last at work, or waited."""
        return max((span.end for span in self.spans), default=0.0)


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """A whole run."""

    version: int = VERSION
    """Of the form of this document; docs/report.schema.json describes it."""
    command: str
    """As it was typed, without its options: `deploy-region eu-west-1`."""
    environment: str
    suffix: str
    endpoint: str = ""
    """`AWS_ENDPOINT_URL`, empty for AWS itself."""
    started: str
    """UTC, ISO 8601."""
    seconds: float
    """Wall time."""
    exit_code: int
    """0 done, 1 a stack failed, 2 refused or declined, 130 interrupted; of `drift`: 1 not all could be looked
    at, 2 drift."""
    folder: Path
    """Of the run: journal, logs, this file."""
    stacks: tuple[StackReport, ...]
    """In the order of the queue."""
    next_command: str | None = None
    """What finishes the run."""
    questions: tuple[Span, ...] = ()
    """When a question waited for its answer."""
    locks: dict[str, str] = field(default_factory=dict)
    """Stacks whose state is still locked after an interrupt, and by whom."""

    def moment(self, seconds: float) -> datetime:
        """Return the time of day so many seconds after it began."""
        return datetime.fromisoformat(self.started) + timedelta(seconds=seconds)

    @property
    def totals(self) -> dict[str, int]:
        """Sums of the counts of the stacks that were applied or destroyed."""
        done = [s.counts for s in self.stacks if s.status in {"applied", "destroyed"}]
        return {
            kind: sum(counts.get(kind, 0) for counts in done)
            for kind in ("add", "change", "replace", "destroy")
        }

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {**asdict(self), "folder": str(self.folder), "totals": self.totals}

    def write(self) -> Path:
        """Write `report.json` into the run's folder and return its path."""
        path = self.folder / FILE_NAME
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")
        return path


def numbers(work: Work) -> str:
    """Return what the work's plan does, in words: `3 add, 1 change`."""
    counts = work.summary.counts if work.summary else {}
    words = [f"{number} {kind}" for kind, number in counts.items() if number and kind != "outputs"]
    outputs = counts.get("outputs", 0)
    words += [f"{outputs} output{'s' if outputs > 1 else ''}"] if outputs else []
    strays = sum(not found.intended for found in work.drift)
    owned = len(work.drift) - strays
    words += [f"{strays} resource{'s' if strays > 1 else ''}"] if strays else []
    words += [f"{owned} as operations left {'it' if owned == 1 else 'them'}"] if owned else []
    return ", ".join(words)


def since(span: Span, begun: float) -> Span:
    """Return the span in seconds since `begun`, to a millisecond."""
    return replace(span, begin=round(span.begin - begun, 3), end=round(span.end - begun, 3))


def stack_report(work: Work, stage: str, *, begun: float = 0.0, run: Iterable[str] = ()) -> StackReport:
    """Return the record of one stack; `begun` is when the run began, `run` are the stacks in it, in order."""
    return StackReport(
        address=work.address,
        stage=stage,
        status=work.status,
        counts=work.summary.counts if work.summary else {},
        seconds={phase: round(seconds, 3) for phase, seconds in work.seconds.items()},
        waited_for=work.waited_for,
        reasons=work.reasons,
        error=work.error,
        notes=tuple(work.notes),
        log=str(work.log),
        needs=tuple(address for address in run if address in work.needs),
        changes=work.summary.changes if work.summary else (),
        outputs=dict(work.summary.outputs) if work.summary else {},
        problems=work.problems,
        drift=work.drift,
        spans=tuple(since(span, begun) for span in work.spans),
    )


def exit_code(works: Iterable[Work], *, interrupted: bool, refused: int = EXIT_REFUSED) -> int:
    """Return the exit code that the stacks' ends add up to; `refused`: that of a refusal."""
    ends = {work.status for work in works}
    if interrupted:
        return EXIT_INTERRUPTED
    if "failed" in ends:
        return EXIT_FAILED
    if ends & BAD:
        return refused
    return EXIT_DRIFT if "drifted" in ends else EXIT_OK
