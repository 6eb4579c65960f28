"""Numbers and texts as people read them."""

from __future__ import annotations

import re

_MINUTE, _HOUR = 60, 3600
#: Below this, a tenth of a second is worth saying.
_TENTHS = 9.95
#: Seconds between two ticks of an axis.
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
#: What XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets).
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def duration(seconds: float) -> str:
    """Return how long something took: `4.2 s`, `42 s`, `4 min 12 s`, `1 h 02 min`."""
    if seconds < _TENTHS:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes // _MINUTE} h {minutes % _MINUTE:02d} min"


def clock(seconds: float, *, whole: float) -> str:
    """Return a moment of something that takes `whole` seconds: `12.5 s`, `1:05`, `1:02:05`."""
    if whole < _MINUTE:
        return f"{round(seconds, 1):g} s"
    rounded = round(seconds)
    minutes = rounded // _MINUTE
    if whole < _HOUR:
        return f"{minutes}:{rounded % _MINUTE:02d}"
    return f"{minutes // _MINUTE}:{minutes % _MINUTE:02d}:{rounded % _MINUTE:02d}"


def ticks(seconds: float, most: int) -> tuple[float, ...]:
    """Return the moments to mark on an axis from 0 to `seconds`: no more than `most` beside 0."""
    step = next((step for step in _STEPS if seconds / step <= most), seconds / most)
    return tuple(round(number * step, 3) for number in range(int(seconds / step + 1e-9) + 1))


def cut(text: str, most: int) -> str:
    """Return a text of at most so many letters; the last of one that is cut is an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> str:
    """Return a text without a terminal's colours; what no XML document may contain is replaced."""
    return _ILLEGAL.sub("\ufffd", _ESCAPES.sub("", text))


def anchor(text: str) -> str:
    """Return a text as an id within a page: `eu-west-1/database` -> `eu-west-1-database`."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
