"""The phases of a chapter: what Route 53 held, from when to when, and what came of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.rehearsal.report import series

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Event, Sample
    from shared.rehearsal.report.series import Span

Weights = tuple[int, int] | None

#: What a notification says about the weights it is sent under.
_DURING = {
    "phase-passed": "passed the gate",
    "waiting": "a person was asked",
    "rolling-back": "taken back",
    "held": "held",
    "lost": "region lost",
    "back": "region back",
}
#: What is told after the weights were changed: it belongs to what the next look sees.
_AFTER = {
    "shifted": "all shifted",
    "moved": "moved",
    "rolled-back": "restored",
    "rollback-incomplete": "rollback incomplete",
    "failed-over": "failed over",
    "switched-over": "switched over",
    "failed-back": "failed back",
}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One pair of weights and the time that it was in force."""

    source: int | None
    """None: Route 53 did not say."""
    target: int | None
    begin: float
    end: float
    verdict: str


def weights(sample: Sample) -> Weights:
    """Return the source's and the target's weight."""
    held = sample.weights
    return None if held is None else (held.get("source", 0), held.get("target", 0))


def phases(chapter: Chapter) -> list[Phase]:
    """Return the phases in the order of time."""
    held = series.spans(chapter, weights)
    said: dict[int, list[str]] = defaultdict(list)
    for event in series.marks(chapter):
        words = _words(event)
        place = _place(event, chapter, held)
        if words and place is not None and words not in said[place]:
            said[place].append(words)
    return [
        Phase(
            source=span.value[0] if span.value else None,
            target=span.value[1] if span.value else None,
            begin=span.begin,
            end=span.end,
            verdict=", ".join(said[place]) or _position(place, held),
        )
        for place, span in enumerate(held)
    ]


def _words(event: Event) -> str:
    kind = event.name.split(" ")[0]
    return {**_DURING, **_AFTER}.get(kind, "")


def _place(event: Event, chapter: Chapter, held: list[Span[Weights]]) -> int | None:
    """Return the number of the span that an event speaks of: by its own number, otherwise by its time."""
    kind, _, rest = event.name.partition(" ")
    number = _NUMBER.match(rest) or _NUMBER.match(event.detail)
    begun = [place for place, span in enumerate(held) if span.begin <= _seen(kind, event.seconds, chapter)]
    if kind == "phase-passed" and number:
        share = int(number.group())
        begun = [place for place in begun if (value := held[place].value) and _share(value) == share]
    return begun[-1] if begun else None


def _seen(kind: str, seconds: float, chapter: Chapter) -> float:
    """Return when an event's effect was seen: at the next look, for what is told after a change."""
    later = (sample.seconds for sample in series.looks(chapter) if sample.seconds >= seconds)
    return next(later, seconds) if kind in _AFTER else seconds


def _share(value: tuple[int, int]) -> float | None:
    return 100 * value[1] / sum(value) if sum(value) else None


def _position(place: int, held: list[Span[Weights]]) -> str:
    """Return what can be said of a phase that nobody was told about."""
    if held[place].value is None:
        return "not known"
    if place == 0:
        return "as found"
    return "then changed" if place + 1 < len(held) else "at the end"
