"""One finding, and how many become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["blocks", "warns", "ok"]
#: A sentence names so many at most; the rest is a number.
_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one look found."""

    code: str
    """What was looked at, in a word that `--accept` takes."""
    verdict: Verdict
    what: str
    why: str = ""
    """What would come of it; empty when all is well."""
    remedy: str = ""
    acceptable: bool = False
    """Whether a person may say that it is known and taken."""


def ok(code: str, what: str) -> Finding:
    """Return that something is well."""
    return Finding(code=code, verdict="ok", what=what)


def warns(code: str, what: str, *, why: str, remedy: str) -> Finding:
    """Return something to know before."""
    return Finding(code=code, verdict="warns", what=what, why=why, remedy=remedy)


def blocks(code: str, what: str, *, why: str, remedy: str, acceptable: bool = False) -> Finding:
    """Return something that no cutover begins with."""
    return Finding(code=code, verdict="blocks", what=what, why=why, remedy=remedy, acceptable=acceptable)


def some(names: Iterable[str]) -> str:
    """Return names with commas between them, the first few of many."""
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def size(number: float) -> str:
    """Return bytes for people: `1.5 GB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1024:  # noqa: PLR2004 - the units' factor
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TB"
