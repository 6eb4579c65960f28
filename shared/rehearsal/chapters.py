"""What a rehearsal saw of each migration, rollback, failover and fault, as its report shows it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.rehearsal.report.model import Chapter, Check, Event, Number, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(kw_only=True)
class Draft:
    """A chapter that is being written."""

    title: str
    began: float
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    samples: list[Sample] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    outcome: str = ""

    def event(self, name: str, detail: str = "") -> None:
        """Note that something happened now."""
        self.events.append(Event(seconds=time.monotonic() - self.began, name=name, detail=detail))

    def told(self, note: Mapping[str, Any]) -> None:
        """Note what the machine published, at the time that it says; of before the chapter, nothing."""
        seconds = (datetime.fromisoformat(note["at"]) - self.began_at).total_seconds()
        if seconds >= 0:
            phase = str(note["phase"]) if note["event"] == "phase-passed" else ""
            detail = phase or "; ".join(note["reasons"] or [])
            self.events.append(Event(seconds=seconds, name=note["event"], detail=detail))

    def number(self, name: str, value: str, detail: str = "") -> None:
        """Note something that was measured or counted."""
        self.numbers.append(Number(name=name, value=value, detail=detail))

    def check(self, name: str, *, passed: bool, detail: str = "") -> None:
        """Note whether something is as it has to be."""
        self.checks.append(Check(name=name, passed=passed, detail=detail))

    @property
    def failed(self) -> list[Check]:
        """Return what is not as it has to be."""
        return [check for check in self.checks if not check.passed]


class Chapters:
    """The chapters of a rehearsal, in order."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.written: list[Chapter] = []
        self._open: Draft | None = None

    @contextmanager
    def chapter(self, title: str) -> Iterator[Draft]:
        """Write a chapter until the block ends, whatever ends it."""
        draft = Draft(title=title, began=time.monotonic())
        self._open = draft
        try:
            yield draft
        finally:
            self._open = None
            self.written.append(self._chapter(draft))

    def sample(self, **seen: Any) -> None:
        """Note what stands now (the fields of a Sample but for its moment), if a chapter is open."""
        if self._open is not None:
            self._open.samples.append(Sample(seconds=time.monotonic() - self._open.began, **seen))

    def _chapter(self, draft: Draft) -> Chapter:
        return Chapter(
            title=draft.title,
            began=draft.began - self.began,
            seconds=time.monotonic() - draft.began,
            samples=tuple(draft.samples),
            events=tuple(sorted(draft.events, key=lambda event: event.seconds)),
            checks=tuple(draft.checks),
            outcome=draft.outcome,
            numbers=tuple(draft.numbers),
        )
