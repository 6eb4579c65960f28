from __future__ import annotations

import pytest

from shared.reporting.figures import anchor, clock, cut, duration, plain, ticks


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"), (4.24, "4.2 s"), (9.949, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"),
        (252, "4 min 12 s"), (3599.4, "59 min 59 s"), (3599.6, "1 h 00 min"), (3750, "1 h 02 min"),
    ],
)  # fmt: skip
def test_a_duration_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "whole", "said"),
    [(12.34, 59, "12.3 s"), (0, 59, "0 s"), (65, 120, "1:05"), (5, 120, "0:05"), (3725, 7200, "1:02:05")],
)
def test_a_moment_is_as_fine_as_the_whole_asks_for(seconds: float, whole: float, said: str) -> None:
    assert clock(seconds, whole=whole) == said


@pytest.mark.parametrize(
    ("seconds", "most", "step"),
    [(0.9, 10, 0.1), (10, 10, 1), (68, 8, 10), (300, 6, 60), (5400, 6, 900), (86400, 6, 14400)],
)
def test_ticks_begin_at_0_have_even_steps_and_reach_as_far_as_they_can(
    seconds: float, most: int, step: float
) -> None:
    found = ticks(seconds, most)
    assert found == tuple(pytest.approx(number * step) for number in range(len(found)))
    assert seconds - step < found[-1] <= seconds
    assert len(found) <= most + 1


def test_ticks_of_days_are_as_many_as_there_is_room_for() -> None:
    assert ticks(10 * 86400, 4) == (0, 216000, 432000, 648000, 864000)


def test_the_last_tick_is_not_lost_to_rounding() -> None:
    assert ticks(0.3, 3)[-1] == 0.3


def test_what_no_document_may_contain_is_taken_out_of_a_text() -> None:
    assert plain("\x1b[1;31mred\x1b[0m\n\ttab") == "red\n\ttab"
    assert plain("a\x00b\x08c\ud800d\ufffee") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert plain("größer → ✓ 𝄞") == "größer → ✓ 𝄞"


def test_a_text_is_cut_only_when_it_is_too_long() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"


def test_a_text_becomes_an_id_within_a_page() -> None:
    assert anchor("eu-west-1/database") == "eu-west-1-database"
    assert anchor("/a b <c>") == "a-b-c"
