"""An environment file as it was read: plain data, and where each key stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str | int, ...]
"""Way to a value from the top: `("source", "availability_zones", 0)`."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """Something that is wrong at a place, or between several places."""

    places: tuple[Place, ...]
    """The first one that stands in the file gives the message its line."""
    what: str
    remedy: str | None = None


@dataclass(kw_only=True)
class Document:
    """Data of one file. Arrays are tuples."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    """Line of every key and every array's element, from 1."""
    mistakes: list[Mistake] = field(default_factory=list)
    """What could not be read."""
    unreadable: set[Place] = field(default_factory=set)
    """Places whose value could not be read; they are not in `data`."""
    whole: bool = True
    """False when lines with broken syntax were left out: then nothing counts as missing."""


def dotted(place: Place) -> str:
    """Return a place as a person writes it: `source.availability_zones[0]`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: Any) -> str:
    """Return a value as it stands in a file, cut to the length of a message."""
    longest = 80
    if isinstance(value, Mapping):
        return "an object"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else f"{text[:longest]}..."
