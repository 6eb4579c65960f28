"""The rehearsal's report: what was seen, as JSON, as a page for people and as JUnit XML."""

from shared.rehearsal.report.files import read, write
from shared.rehearsal.report.model import Chapter, Check, Event, Number, Part, Report, Sample, StackLine

__all__ = [
    "Chapter", "Check", "Event", "Number", "Part", "Report", "Sample", "StackLine", "read", "write",
]  # fmt: skip
