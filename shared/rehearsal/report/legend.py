"""The patterns of a drawing, and the legend that explains them without any colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.rehearsal.report.model import Report

#: Class of what is filled with a pattern -> the pattern's side in pixels and its strokes.
PATTERNS = {
    "target": (7, "M-1 8L8 -1M-1 1L1 -1M6 8L8 6"),
    "nodata": (6, "M1 1h2v2h-2z"),
    "unknown": (8, "M0 0L8 8M8 0L0 8"),
    "paused": (5, "M2.5 0V5"),
    "lost": (6, "M0 6L6 0M-1 1L1 -1M5 7L7 5"),
    "pinned": (7, "M0 3.5H7"),
    "waiting": (6, "M3 1.5v3M1.5 3h3"),
}


def words(report: Report) -> Mapping[str, str]:
    """Return what each class of a report's drawings means."""
    return {
        "source": report.source,
        "target": report.target,
        "ok": "OK",
        "alarm": "ALARM",
        "nodata": "no data",
        "unknown": "not known",
        "paused": "writes paused",
        "lost": "does not answer",
        "pinned": "pinned",
        "waiting": "intents that wait",
        "measured": "payments",
    }
