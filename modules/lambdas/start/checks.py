"""What a value of the input has to be. A check returns what is wrong, or None.

Nothing is converted: `true` is no number, and 25.0 is no whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

Check = Callable[[Any], str | None]

_PER_CENT = (1, 100)


def whole(least: int, most: int) -> Check:
    """Return the check for a whole number within both bounds."""

    def check(value: Any) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return None
        return f"{value!r} is not a whole number from {least} to {most}"

    return check


def one_of(*allowed: str) -> Check:
    """Return the check for one of some words."""

    def check(value: Any) -> str | None:
        return None if value in allowed else f"{value!r} is none of {', '.join(allowed)}"

    return check


def text(most: int) -> Check:
    """Return the check for a text of at most `most` characters."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"{value!r} is not a text"
        return f"it has {len(value)} characters, and {most} are allowed" if len(value) > most else None

    return check


def list_of(check_one: Check) -> Check:
    """Return the check for a list without repetitions, which may be empty."""

    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return f"{value!r} is not a list"
        wrong = [problem for one in value if (problem := check_one(one))]
        if wrong:
            return "; ".join(wrong)
        return None if len(set(value)) == len(value) else f"something is in {value!r} twice"

    return check


def boolean(value: Any) -> str | None:
    """Check for true or false."""
    return None if isinstance(value, bool) else f"{value!r} is neither true nor false"


def phases(value: Any) -> str | None:
    """Check for per cents that rise."""
    wrong = list_of(whole(*_PER_CENT))(value)
    if wrong:
        return wrong
    if not value:
        return "there is no phase"
    falls = [f"{after} comes after {before}" for before, after in pairwise(value) if after <= before]
    return f"the phases have to rise, but {'; '.join(falls)}" if falls else None


def shares(value: Any) -> str | None:
    """Check for per cents in any order."""
    return list_of(whole(*_PER_CENT))(value)


def unknown(keys: Iterable[str], known: Iterable[str], *, where: str = "") -> list[str]:
    """Return a sentence for each key that is not known, with the nearest one that is."""
    names = list(known)
    return [
        f"{where}{key}: there is no such key; the nearest one is "
        f"`{get_close_matches(key, names, n=1, cutoff=0)[0]}`"
        for key in keys
        if key not in names
    ]
