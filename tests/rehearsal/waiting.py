"""Waiting for what the embedded AWS does by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def until(look: Callable[[], T], *, seconds: float = 60) -> T:
    """Return what `look` sees as soon as it is true; the test fails when it never is."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s; last seen: {seen!r}")
        time.sleep(0.05)
    return seen
