import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.settings import windows


@pytest.mark.parametrize(
    ("daily", "weekly", "meet"),
    [
        ("02:00-03:00", "sun:03:00-sun:04:00", False),
        ("02:00-03:01", "sun:03:00-sun:04:00", True),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("00:00-01:00", "sun:23:30-mon:00:30", True),
        ("12:00-13:00", "sun:23:30-mon:00:30", False),
        ("nonsense", "sun:23:30-mon:00:30", False),
        ("12:00-13:00", "nonsense", False),
    ],
)
def test_windows_meet_across_the_ends_of_days_and_weeks(daily: str, weekly: str, meet: bool):
    assert windows.overlap(daily, weekly) is meet


MINUTES = st.integers(0, windows.DAY - 1)


def clock(minute: int):
    return f"{minute // 60:02}:{minute % 60:02}"


@given(MINUTES, st.integers(30, 600), st.integers(0, 7 * windows.DAY - 1), st.integers(30, 600))
def test_two_windows_meet_exactly_when_they_share_a_minute(
    begin: int, length: int, week_begin: int, week_length: int
):
    week, day = 7 * windows.DAY, windows.DAY
    daily = f"{clock(begin)}-{clock((begin + length) % day)}"
    end = (week_begin + week_length) % week
    weekly = "-".join(f"{windows.DAYS[at // day]}:{clock(at % day)}" for at in (week_begin, end))
    minutes = {(begin + minute) % day for minute in range(length)}
    shared = any((week_begin + minute) % day in minutes for minute in range(week_length))
    assert windows.overlap(daily, weekly) is shared
