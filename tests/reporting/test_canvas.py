from __future__ import annotations

import pytest

from shared.reporting.canvas import Frame, breadth, number


def test_a_moment_is_where_it_is_on_the_axis_and_never_outside() -> None:
    frame = Frame(left=100, width=400, seconds=20)
    assert [frame.x(seconds) for seconds in (-1, 0, 5, 20, 21)] == [100, 100, 200, 500, 500]
    assert frame.right == 500


def test_capitals_need_more_room_than_small_letters() -> None:
    # measured in a browser with DejaVu Sans, the widest of the usual fonts: 47.4 pixels (bold) and 34.5
    assert breadth("ALARM") > 47.4
    assert breadth("alarm") > 34.5
    assert breadth("ALARM") > breadth("alarm")


@pytest.mark.parametrize(
    ("value", "said"), [(3.0, "3"), (3.14159, "3.14"), (-0.5, "-0.5"), (1234.567, "1234.57")]
)
def test_a_length_has_two_places_at_most(value: float, said: str) -> None:
    assert number(value) == said
