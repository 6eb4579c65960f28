from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as some

from shared.rehearsal.report import Event
from shared.rehearsal.report.marks import Mark, lanes, marks, room
from shared.reporting.canvas import Frame
from tests.rehearsal.report.rehearsed import chapter, event

LENGTH, WIDTH = 60.0, 750.0
MOMENTS = some.lists(some.floats(min_value=0, max_value=LENGTH), max_size=25)


def placed(events: list[Event]) -> tuple[list[Mark], Frame]:
    found = marks(chapter(events=tuple(events), seconds=LENGTH), worded=True)
    return found, Frame(left=170, width=room(found, LENGTH, WIDTH), seconds=LENGTH)


@given(MOMENTS)
def test_no_label_overlaps_another_and_no_line_crosses_a_label(moments: list[float]) -> None:
    found, frame = placed([event(moment, "phase-passed", "25") for moment in moments])
    levels = lanes(found, frame)
    drawn = [(frame.x(mark.event.seconds), mark.breadth) for mark in found]
    for (left, (x, wide)), (right, (other, _)) in combinations(enumerate(drawn), 2):
        if other < x + wide:
            assert levels[left] > levels[right]


@given(MOMENTS)
def test_every_label_ends_inside(moments: list[float]) -> None:
    found, frame = placed([event(moment, "rolling-back", "an alarm") for moment in moments])
    assert all(frame.x(mark.event.seconds) + mark.breadth <= 170 + WIDTH + 0.001 for mark in found)


def test_labels_with_room_share_the_lowest_lane() -> None:
    found, frame = placed([event(0, "started"), event(20, "waiting"), event(40, "moved")])
    assert lanes(found, frame) == [0, 0, 0]


def test_ten_events_in_two_seconds_are_ten_lanes() -> None:
    found, frame = placed([event(29 + number / 5, "phase-passed") for number in range(10)])
    assert lanes(found, frame) == list(range(9, -1, -1))


def test_a_label_says_its_detail_when_that_is_short() -> None:
    seen = chapter(
        events=(
            event(1, "phase-passed", "25"),
            event(2, "waiting", "shift 75 % of the traffic to eu-west-1?"),
            event(3, "an event whose name is too long by itself"),
            event(4, "moved"),
        )
    )
    words = [mark.label for mark in marks(seen, worded=True)]
    assert words == ["1. phase-passed 25", "2. waiting", "3. an event whose name is …", "4. moved"]
    assert [mark.label for mark in marks(seen, worded=False)] == ["1", "2", "3", "4"]


def test_without_events_the_axis_takes_all_the_room() -> None:
    assert room([], LENGTH, WIDTH) == WIDTH
