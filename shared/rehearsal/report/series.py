"""From looks to spans: a value holds from the look that first saw it to the look that saw another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.rehearsal.report.model import Chapter, Event, Sample

Value = TypeVar("Value")

#: Name of the events that say where the state machine is: too many to mark each.
STATE = "state"


@dataclass(frozen=True, kw_only=True)
class Span(Generic[Value]):
    """A value, and from when to when it was seen, in seconds since the chapter began."""

    begin: float
    end: float
    value: Value


def looks(chapter: Chapter) -> list[Sample]:
    """Return the samples in the order of time."""
    return sorted(chapter.samples, key=lambda sample: sample.seconds)


def spans(chapter: Chapter, read: Callable[[Sample], Value]) -> list[Span[Value]]:
    """Return what `read` sees, neighbours of one value as one; the last holds to the chapter's end.

    Nothing is said about the time before the first look.
    """
    return merged(((sample.seconds, read(sample)) for sample in looks(chapter)), chapter.length)


def merged(changes: Iterable[tuple[float, Value]], end: float) -> list[Span[Value]]:
    """Return the spans between changes that are in the order of time."""
    begun: list[tuple[float, Value]] = []
    for seconds, value in changes:
        if not begun or begun[-1][1] != value:
            begun.append((seconds, value))
    ends = [*(seconds for seconds, _ in begun[1:]), end]
    return [
        Span(begin=seconds, end=until, value=value)
        for (seconds, value), until in zip(begun, ends, strict=False)  # one end too many when nothing began
    ]


def marks(chapter: Chapter) -> list[Event]:
    """Return the events that are marked, in the order of time: not every step of the machine."""
    return sorted((event for event in chapter.events if event.name != STATE), key=lambda one: one.seconds)


def steps(chapter: Chapter) -> list[Span[str]]:
    """Return where the state machine was, from looks and events; empty texts are times without a machine."""
    told = [(event.seconds, event.detail) for event in chapter.events if event.name == STATE]
    seen = [(sample.seconds, sample.state) for sample in chapter.samples]
    return merged(sorted([*told, *seen], key=lambda change: change[0]), chapter.length)


def writers(chapter: Chapter) -> tuple[str, str]:
    """Return the region that wrote first and the one that wrote last; empty when nobody ever knew."""
    known = [sample.writer for sample in looks(chapter) if sample.writer]
    return (known[0], known[-1]) if known else ("", "")


def highest_lag(chapter: Chapter) -> float | None:
    """Return the highest replication lag that was seen, in milliseconds."""
    return max((sample.lag_ms for sample in chapter.samples if sample.lag_ms is not None), default=None)
