"""What a report calls things: the systems are rehearsed in the same way, and speak of different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Report


@dataclass(frozen=True, kw_only=True)
class Words:
    """One system's words; {source} and {target} are filled in where a report is at hand."""

    headline: str
    """What was rehearsed, after the environment's name."""
    regions: str
    """Name of the two regions."""
    traffic: str
    """Beside the drawing of the traffic."""
    unknown: str
    """Of a time in which nobody said where the traffic goes."""
    phases: str
    """Heading of the table of the traffic."""
    weighed: bool
    """The two regions share the traffic by weights; otherwise one of them has all of it."""
    caption: str
    """Below a drawing, after the number of looks."""

    def of(self, report: Report) -> str:
        """Return the headline of a report."""
        return self.headline.format(source=report.source, target=report.target)


MIGRATION = Words(
    headline="the move from {source} to {target}",
    regions="From → to",
    traffic="traffic, by weight",
    unknown="weights not known",
    phases="Weights, as Route 53 held them",
    weighed=True,
    caption="looks at Route 53, RDS, CloudWatch and the state machine; a step is where a look first saw it. "
    "Numbers on top are those of the events below. Replication lag is measured only where nobody writes: in "
    "the writer's region its alarm has no data.",
)
RECOVERY = Words(
    headline="{source} is lost, {target} takes over, and back",
    regions="Primary, standby",
    traffic="DNS answers with",
    unknown="no answer",
    phases="Where DNS sent clients",
    weighed=False,
    caption="looks at DNS, RDS, CloudWatch, the pin, the intents and the state machine, none of them in a "
    "region that was lost; a step is where a look first saw it. Numbers on top are those of the events "
    "below. Replication lag is measured only where nobody writes: in the writer's region its alarm has no "
    "data.",
)
LANDING = Words(
    headline="the database goes from the {source} to {target}, back, and over again",
    regions="From → to",
    traffic="the write name leads to",
    unknown="no answer",
    phases="Where the write name led",
    weighed=False,
    caption="looks at the name server, at what customers were told, and at DMS's latency; a step is where a "
    "look first saw it. Numbers on top are those of the events below. The writer is the database that "
    "acknowledged payments; where nobody was told anything it is not known. Replication lag is the forward "
    "task's CDCLatencyTarget.",
)
_WORDS: Mapping[str, Words] = {
    "region-migration": MIGRATION,
    "disaster-recovery": RECOVERY,
    "database-migration": LANDING,
}


def words(report: Report) -> Words:
    """Return the words of the report's system; those of the migration for one that is not known."""
    return _WORDS.get(report.system, MIGRATION)
