"""What is known of one table of a task, in DMS's words (DMS API reference, TableStatistics)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.rehearsal.replication.tables import Table
from shared.rehearsal.replication.validation import Verdict

BEFORE, LOADING, COMPLETED, ERROR = "Before load", "Full load", "Table completed", "Table error"


@dataclass
class TableState:
    """A table on its way."""

    table: Table
    state: str = BEFORE
    rows: int = 0
    """Copied by the full load."""
    began: datetime | None = None
    ended: datetime | None = None
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was looked at last."""
    failure: str = ""
    verdict: Verdict = field(default_factory=Verdict)

    def loading(self) -> None:
        """Note that it is being copied."""
        self.state, self.began = LOADING, datetime.now(UTC)
        self._now()

    def loaded(self, rows: int) -> None:
        """Note how many rows were copied."""
        self.rows = rows
        self._now()

    def completed(self) -> None:
        """Note that from now on only changes come."""
        self.state, self.ended = COMPLETED, datetime.now(UTC)
        self._now()

    def error(self, why: str) -> None:
        """Note that it cannot be replicated."""
        self.state, self.failure = ERROR, why.strip()
        self._now()

    def compared(self, verdict: Verdict) -> None:
        """Note what came of a comparison."""
        self.verdict = verdict
        self._now()

    def _now(self) -> None:
        self.updated = datetime.now(UTC)
