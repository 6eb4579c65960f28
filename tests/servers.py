"""Embedded AWS servers whose own code is not what a test is about: coverage does not slow them down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unmeasured() -> Iterator[None]:
    """Let processes that are started here, and theirs, run without taking coverage: in half of the time."""
    kept = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_PROCESS")}
    try:
        yield
    finally:
        os.environ.update(kept)
