"""The order of acceptance: texts that sort as they were made."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

_NANOSECONDS = 1_000_000


class Sequences:
    """Makes them in one process: each sorts after the one before, also when the clock is set back.

    Between processes the order is that of their clocks, and random within a millisecond.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        """`clock` returns nanoseconds since 1970."""
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0
        self._count = 0
        self._process = secrets.token_hex(4)

    def next(self) -> str:
        """Return the next one: `MILLISECONDS-COUNT-PROCESS`, 33 characters until the year 2286."""
        with self._lock:
            now = self._clock() // _NANOSECONDS
            self._count = 0 if now > self._last else self._count + 1
            self._last = max(now, self._last)
            return f"{self._last:013d}-{self._count:010d}-{self._process}"
