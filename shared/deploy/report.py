"""The record of a run: `report.json`, and what is said last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from shared.deploy.work import BAD, Work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_REFUSED = 2
EXIT_INTERRUPTED = 130
FILE_NAME = "report.json"


@dataclass(frozen=True, kw_only=True)
class StackReport:
    """One stack of a run, without any value of it."""

    address: str
    stage: str
    status: str
    counts: dict[str, int]
    """`add`, `change`, `replace`, `destroy`, `import`, `outputs` of its plan."""
    seconds: dict[str, float]
    """Wall time per phase: `queued`, `init`, `plan`, `show`, `apply`."""
    waited_for: str | None = None
    reasons: tuple[str, ...] = ()
    error: str | None = None
    notes: tuple[str, ...] = ()
    log: str = ""

    @property
    def as_written(self) -> bool:
        """Say whether a plan found the stack as it is written: nothing to do."""
        return self.status == "unchanged"


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """A whole run."""

    command: str
    environment: str
    suffix: str
    endpoint: str = ""
    """`AWS_ENDPOINT_URL`, empty for AWS itself."""
    started: str
    """UTC, ISO 8601."""
    seconds: float
    exit_code: int
    """0 done, 1 a stack failed, 2 refused or declined, 130 interrupted."""
    folder: Path
    stacks: tuple[StackReport, ...]
    next_command: str | None = None
    locks: dict[str, str] = field(default_factory=dict)
    """Stacks whose state is still locked after an interrupt, and by whom."""

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
    return ", ".join(words)


def stack_report(work: Work, stage: str) -> StackReport:
    """Return the record of one stack."""
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
    )


def exit_code(works: Iterable[Work], *, interrupted: bool) -> int:
    """Return the exit code that the stacks' ends add up to."""
    ends = {work.status for work in works}
    if interrupted:
        return EXIT_INTERRUPTED
    if "failed" in ends:
        return EXIT_FAILED
    return EXIT_REFUSED if ends & BAD else EXIT_OK
