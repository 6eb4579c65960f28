from __future__ import annotations

import pytest

from shared.rehearsal.report import Chapter, Event
from shared.rehearsal.report.phases import phases
from tests.rehearsal.report.rehearsed import chapter, event, fault, migration, sample, way_back

SHIFT = [sample(second, target) for second, target in ((0, 0), (10, 25), (20, 50), (30, 0))]


def verdicts(seen: Chapter) -> list[tuple[int | None, int | None, str]]:
    return [(phase.source, phase.target, phase.verdict) for phase in phases(seen)]


def judged(*events: Event) -> list[str]:
    return [verdict for *_, verdict in verdicts(chapter(SHIFT, events=events))]


def test_a_migration_passes_its_phases() -> None:
    assert verdicts(migration()) == [
        (100, 0, "as found"),
        (75, 25, "passed the gate"),
        (50, 50, "passed the gate, a person was asked"),
        (25, 75, "passed the gate"),
        (0, 100, "passed the gate, all shifted, a person was asked, moved"),
    ]


def test_a_fault_is_taken_back_and_what_was_not_seen_is_not_known() -> None:
    assert verdicts(fault()) == [
        (100, 0, "as found"),
        (75, 25, "passed the gate"),
        (50, 50, "taken back"),
        (None, None, "not known"),
        (100, 0, "restored"),
    ]


def test_phases_say_from_when_to_when() -> None:
    assert [(phase.begin, phase.end) for phase in phases(way_back())] == [(0, 7), (7, 10.3)]


def test_without_notifications_only_what_was_seen_is_said() -> None:
    assert judged() == ["as found", "then changed", "then changed", "at the end"]


@pytest.mark.parametrize("passed", [event(55, "phase-passed", "25"), event(55, "phase-passed 25")])
def test_a_passed_phase_is_found_by_its_number_however_late_it_was_told(passed: Event) -> None:
    assert judged(passed) == ["as found", "passed the gate", "then changed", "at the end"]


def test_a_passed_phase_without_a_number_is_found_by_its_time() -> None:
    assert judged(event(19, "phase-passed")) == ["as found", "passed the gate", "then changed", "at the end"]


def test_a_passed_phase_that_no_look_saw_is_no_verdict_on_another() -> None:
    assert judged(event(19, "phase-passed", "75")) == judged()


def test_what_is_told_after_a_change_belongs_to_what_the_next_look_sees() -> None:
    assert judged(event(29.5, "rolled-back")) == ["as found", "then changed", "then changed", "restored"]
    assert judged(event(29.5, "rolling-back")) == ["as found", "then changed", "taken back", "at the end"]


def test_what_is_told_after_the_last_look_belongs_to_the_last_phase() -> None:
    assert judged(event(40, "rollback-incomplete"))[-1] == "rollback incomplete"


def test_other_events_and_those_before_the_first_look_are_no_verdicts() -> None:
    assert judged(event(12, "fault injected"), event(-1, "held")) == judged()


def test_weights_of_nobody_and_weights_beyond_100_are_phases_too() -> None:
    seen = [
        sample(0, weights={"source": 0, "target": 0}),
        sample(1, weights={"source": 3, "target": 1}),
        sample(2, weights={"target": 7}),
    ]
    found = chapter(seen, events=(event(2, "phase-passed", "25"), event(2, "waiting"), event(3, "waiting")))
    assert verdicts(found) == [(0, 0, "as found"), (3, 1, "passed the gate"), (0, 7, "a person was asked")]
