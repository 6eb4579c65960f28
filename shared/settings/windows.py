"""Maintenance and backup windows: RDS's notation, in UTC, and whether two of them meet."""

from __future__ import annotations

import re

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
"""Minutes."""
SHORTEST = 30
"""Minutes; RDS refuses shorter backup and maintenance windows (CreateDBCluster)."""
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(rf"{_CLOCK}-{_CLOCK}")
_WEEKLY = re.compile(rf"({'|'.join(DAYS)}):{_CLOCK}-({'|'.join(DAYS)}):{_CLOCK}")


def daily_window(value: str) -> str | None:
    """Check a window of every day, `02:00-03:00` (UTC)."""
    minutes = daily_minutes(value)
    if minutes is None:
        return "it is not hh:mm-hh:mm"
    return None if minutes[1] - minutes[0] >= SHORTEST else f"it is shorter than {SHORTEST} minutes"


def weekly_window(value: str) -> str | None:
    """Check a window of every week, `sun:03:30-sun:04:30` (UTC)."""
    minutes = weekly_minutes(value)
    if minutes is None:
        return "it is not ddd:hh:mm-ddd:hh:mm"
    length = minutes[1] - minutes[0]
    if length >= DAY:
        return "it is a day long or longer"
    return None if length >= SHORTEST else f"it is shorter than {SHORTEST} minutes"


def daily_minutes(value: str) -> tuple[int, int] | None:
    """Return begin and end in minutes after midnight, the end after the begin; None if malformed."""
    found = _DAILY.fullmatch(value)
    if found is None:
        return None
    hours = [int(part) for part in found.groups()]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return begin, end if end > begin else end + DAY


def weekly_minutes(value: str) -> tuple[int, int] | None:
    """Return begin and end in minutes after Monday's midnight, the end after the begin."""
    found = _WEEKLY.fullmatch(value)
    if found is None:
        return None
    first, last = DAYS.index(found[1]), DAYS.index(found[4])
    begin = first * DAY + int(found[2]) * 60 + int(found[3])
    end = last * DAY + int(found[5]) * 60 + int(found[6])
    return begin, end if end > begin else end + 7 * DAY


def overlap(daily: str, weekly: str) -> bool:
    """Say whether a window of every day meets one of every week; False when one is malformed."""
    day, week = daily_minutes(daily), weekly_minutes(weekly)
    if day is None or week is None:
        return False
    # One day before and one after the week catch windows that run past its ends.
    shifts = [number * DAY for number in range(-1, len(DAYS) + 1)]
    return any(
        begin + shift < week[1] + turn and week[0] + turn < end + shift
        for begin, end in [day]
        for shift in shifts
        for turn in (0, -7 * DAY)
    )
