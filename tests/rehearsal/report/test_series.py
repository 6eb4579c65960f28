from __future__ import annotations

from shared.rehearsal.report import series
from shared.rehearsal.report.series import Span
from tests.rehearsal.report.rehearsed import EU, US, chapter, event, sample


def span(begin: float, end: float, value: object) -> Span[object]:
    return Span(begin=begin, end=end, value=value)


def test_a_value_holds_until_another_is_seen_and_the_last_to_the_end() -> None:
    seen = chapter([sample(1, 0), sample(2, 0), sample(3, 25), sample(4, 0)], seconds=10)
    assert series.spans(seen, lambda one: one.share) == [span(1, 3, 0), span(3, 4, 0.25), span(4, 10, 0)]


def test_looks_that_are_out_of_order_are_put_in_order() -> None:
    seen = chapter([sample(3, 25), sample(1, 0)], seconds=4)
    assert series.spans(seen, lambda one: one.share) == [span(1, 3, 0), span(3, 4, 0.25)]


def test_nothing_seen_is_no_span() -> None:
    assert series.spans(chapter(), lambda one: one.writer) == []
    assert series.steps(chapter()) == []


def test_events_are_marked_in_order_but_not_each_step_of_the_machine() -> None:
    seen = chapter(events=(event(5, "moved"), event(2, "state", "Bake"), event(1, "started")))
    assert [one.name for one in series.marks(seen)] == ["started", "moved"]


def test_the_machine_is_followed_by_looks_and_by_events() -> None:
    events = (event(2, "state", "Drain"), event(3, "state", "SwitchWriter"))
    seen = chapter([sample(1, state="Drain"), sample(4, state="Canary"), sample(5)], events=events, seconds=9)
    assert series.steps(seen) == [
        span(1, 3, "Drain"), span(3, 4, "SwitchWriter"), span(4, 5, "Canary"), span(5, 9, "")
    ]  # fmt: skip


def test_the_first_and_the_last_known_writer() -> None:
    seen = [sample(0, writer=""), sample(1, writer=US), sample(2, writer=EU), sample(3, writer="")]
    assert series.writers(chapter(seen)) == (US, EU)
    assert series.writers(chapter(seen[:1])) == ("", "")


def test_the_highest_lag_is_of_the_looks_that_had_data() -> None:
    seen = [sample(0, lag_ms=None), sample(1, lag_ms=80.5), sample(2, lag_ms=12)]
    assert series.highest_lag(chapter(seen)) == 80.5
    assert series.highest_lag(chapter(seen[:1])) is None
