"""The marks of a drawing: a line at the moment of each event, with a label that overlaps no other.

A label begins at its line. It lies above every label whose line runs below it, so no line crosses a
label, however many events there are in a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.rehearsal.report import series
from shared.reporting.canvas import Frame, Layers, breadth, line, text
from shared.reporting.figures import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.rehearsal.report.model import Chapter, Event

#: Height of a lane of labels, pixels between a line and its label, and between two labels.
LANE, _INDENT, _GAP = 16.0, 3.0, 6.0
#: A label with its detail is no longer than this.
_LONGEST = 24


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One event and its label."""

    event: Event
    label: str

    @property
    def breadth(self) -> float:
        """Return the room that it takes from its line to the right, in pixels."""
        return _INDENT + breadth(self.label) + _GAP


def marks(chapter: Chapter, *, worded: bool) -> list[Mark]:
    """Return the chapter's marks; without words they are the numbers of the table of events."""
    return [
        Mark(event=event, label=_label(place, event) if worded else str(place))
        for place, event in enumerate(series.marks(chapter), start=1)
    ]


def _label(place: int, event: Event) -> str:
    short, long = event.name, f"{event.name} {event.detail}".strip()
    words = long if len(long) <= _LONGEST else short
    return f"{place}. {cut(words, _LONGEST)}"


def room(found: Sequence[Mark], seconds: float, width: float) -> float:
    """Return how long the axis can be, of `width` pixels, so that no label ends outside."""
    limits = [
        (width - mark.breadth) * seconds / mark.event.seconds for mark in found if mark.event.seconds > 0
    ]
    return min([width, *limits])


def lanes(found: Sequence[Mark], frame: Frame) -> list[int]:
    """Return each mark's lane, counted from below. The marks are in the order of time."""
    places = [frame.x(mark.event.seconds) for mark in found]
    taken = [0] * len(found)
    for place in reversed(range(len(found))):
        end = places[place] + found[place].breadth
        below = [taken[other] for other in range(place + 1, len(found)) if places[other] < end]
        taken[place] = 1 + max(below) if below else 0
    return taken


def draw(layers: Layers, found: Sequence[Mark], frame: Frame, *, top: float, bottom: float) -> float:
    """Draw the marks with lines down to `bottom`; return where the labels end."""
    levels = lanes(found, frame)
    plot = top + LANE * (max(levels, default=-1) + 1)
    for mark, level in zip(found, levels, strict=True):
        x = frame.x(mark.event.seconds)
        baseline = plot - LANE * level - 5
        line(layers.lines, (x, baseline - LANE + 7), (x, plot + bottom), "event")
        says = f"{mark.event.name} {mark.event.detail}".strip()
        text(layers.words, (x + _INDENT, baseline), mark.label, "mark halo", says)
    return plot
