"""Threads that look at the state again and again, for what AWS does by itself."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable

Look = Callable[[float], None]
"""Takes the monotonic clock's time."""


def start(name: str, pause: float, look: Look) -> None:
    """Look every `pause` seconds as long as this server runs."""
    threading.Thread(target=run, args=(pause, look), name=name, daemon=True).start()


def run(pause: float, look: Look) -> None:
    """Look for ever; what goes wrong in one look is logged and does not stop the next."""
    while True:
        time.sleep(pause)
        try:
            look(time.monotonic())
        except Exception:  # noqa: BLE001 - one resource's trouble must not stop the clock of all
            sys.stderr.write(traceback.format_exc())
