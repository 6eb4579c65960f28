"""The rows below the traffic: what was lost, who wrote, the pin, the intents, every alarm, the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.rehearsal.report import series
from shared.rehearsal.report.series import Span, Value
from shared.reporting.figures import cut
from shared.reporting.rows import Bar, Row

if TYPE_CHECKING:
    from shared.rehearsal.report.model import Chapter, Report, Sample

#: CloudWatch's word -> class of the bar, and what is written on it.
_ALARMS = {"OK": ("ok", "OK"), "ALARM": ("alarm", "ALARM"), "INSUFFICIENT_DATA": ("nodata", "no data")}

#: A row's name is no longer than this; CloudWatch allows 255 letters.
_LONGEST = 36


def rows(report: Report, chapter: Chapter) -> list[Row]:
    """Return the rows from top to bottom; one that says nothing is left out, but the writer's never."""
    writer = [
        _bar(span, _side(report, span.value), span.value or "not known")
        for span in series.spans(chapter, lambda sample: sample.writer)
    ]
    found = [
        _lost(chapter),
        Row(label="writer", says="Region that writes", bars=tuple(writer)),
        _paused(chapter),
        _pinned(report, chapter),
        _waiting(chapter),
        _unpaid(chapter),
        _high(
            chapter,
            "payments a second",
            "Payments that were acknowledged, a second",
            lambda sample: sample.paid_a_second,
        ),
        _high(
            chapter,
            "slowest, ms",
            "The slowest payment of a look, in milliseconds",
            lambda sample: sample.slowest_ms,
        ),
    ]
    names = sorted({name for sample in chapter.samples for name in sample.alarms})
    found += [_alarm(report, chapter, name) for name in names]
    steps = [_bar(span, "step", span.value) for span in series.steps(chapter) if span.value]
    found.append(Row(label="state machine", says="State of the state machine", bars=tuple(steps)))
    return [row for row in found if row.bars or row.label == "writer"]


def _paused(chapter: Chapter) -> Row:
    regions = series.spans(chapter, lambda sample: tuple(sorted(sample.paused)))
    bars = [_bar(span, "paused", f"paused: {', '.join(span.value)}") for span in regions if span.value]
    return Row(label="writes", says="Writes that the load balancers refuse", bars=tuple(bars))


def _lost(chapter: Chapter) -> Row:
    regions = series.spans(chapter, lambda sample: tuple(sorted(sample.lost)))
    bars = [_bar(span, "lost", f"lost: {', '.join(span.value)}") for span in regions if span.value]
    return Row(label="region", says="Regions that do not answer", bars=tuple(bars))


def _pinned(report: Report, chapter: Chapter) -> Row:
    spans = series.spans(chapter, lambda sample: sample.pinned)
    bars = [_bar(span, "pinned", f"{report.source} pinned") for span in spans if span.value]
    return Row(label="pin", says=f"{report.source} is kept out of DNS", bars=tuple(bars))


def _waiting(chapter: Chapter) -> Row:
    """Return bars as high as intents waited; the most that there were fill the row."""
    spans = [span for span in series.spans(chapter, lambda sample: sample.waiting or 0) if span.value]
    most = max((span.value for span in spans), default=0)
    bars = tuple(
        Bar(begin=span.begin, end=span.end, kind="waiting", words="", part=span.value / most)
        for span in spans
    )
    says = f"Payment intents that wait for the database, {most} at most"
    return Row(label=f"intents, up to {most}", says=says, bars=bars)


def _unpaid(chapter: Chapter) -> Row:
    """Return the looks between which nobody was told that a payment is made."""
    spans = series.spans(chapter, lambda sample: sample.paid_a_second == 0)
    bars = [_bar(span, "paused", f"{span.end - span.begin:.1f} s") for span in spans if span.value]
    return Row(label="no payment", says="Nobody was told that a payment is made", bars=tuple(bars))


def _high(chapter: Chapter, what: str, says: str, read: Callable[[Sample], float | None]) -> Row:
    """Return bars as high as a value; the highest fills the row."""
    spans = [span for span in series.spans(chapter, lambda sample: read(sample) or 0.0) if span.value]
    most = max((span.value for span in spans), default=0.0)
    bars = tuple(
        Bar(begin=span.begin, end=span.end, kind="measured", words="", part=span.value / most)
        for span in spans
    )
    return Row(label=f"{what}, to {most:.0f}", says=f"{says}; {most:g} at most", bars=bars)


def _alarm(report: Report, chapter: Chapter, name: str) -> Row:
    states = series.spans(chapter, lambda sample: sample.alarms.get(name, ""))
    bars = [_bar(span, *_ALARMS.get(span.value, ("unknown", span.value or "not known"))) for span in states]
    return Row(label=_short(name, report.suffix), says=name, bars=tuple(bars))


def _short(name: str, suffix: str) -> str:
    """Return `eu-west-1 healthy hosts` for `eu-west-1 alarm-healthy-hosts-abc123`."""
    region, _, alarm = name.partition(" ")
    words = alarm.removeprefix("alarm-").removesuffix(f"-{suffix}").replace("-", " ")
    return cut(f"{region} {words}".strip(), _LONGEST)


def _side(report: Report, region: str) -> str:
    return {report.source: "source", report.target: "target"}.get(region, "unknown")


def _bar(span: Span[Value], kind: str, words: str) -> Bar:
    return Bar(begin=span.begin, end=span.end, kind=kind, words=words)
