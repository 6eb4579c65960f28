"""How long a change of a global database's writer takes. Used by `rds_switchover` and `rds_failover`.

It takes `--switchover-seconds`, as long as nobody holds it: what AWS does in minutes can be looked at in the
middle, and a promotion that does not end can be rehearsed.

    POST /moto-api/regionshift/writer-changes {"held": true}    none ends, until they are released
    GET                                                         {"held": true}
    DELETE                                                      they end
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from moto.moto_api._internal.models import MotoAPIBackend

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.pace import switchover_seconds


class Changes:
    """Those of this server."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.released.set()
        self.resets = 0
        """What began before the last one is not finished."""


CHANGES = Changes()


def install() -> None:
    """Serve the control, and forget with the state what would change it."""
    before = MotoAPIBackend.reset  # others wrapped it

    def reset(self: MotoAPIBackend) -> None:
        CHANGES.resets += 1
        CHANGES.released.set()
        before(self)

    MotoAPIBackend.reset = reset
    controls.add("writer-changes", control)


def later(what: Callable[..., None], *arguments: Any) -> None:
    """Do something after the time that a change of the writer takes, and not while it is held."""
    resets = CHANGES.resets

    def finish() -> None:
        CHANGES.released.wait()
        if CHANGES.resets == resets:
            what(*arguments)

    timer = threading.Timer(switchover_seconds(), finish)
    timer.daemon = True
    timer.start()


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Hold the changes, release them, say how it is. ValueError for a document that says neither."""
    held = document.get("held")
    if method == "POST" and not isinstance(held, bool):
        raise ValueError(f"held has to be true or false, not {held!r}")
    if method == "POST" and held:
        CHANGES.released.clear()
    elif method != "GET":
        CHANGES.released.set()
    return {"held": not CHANGES.released.is_set()}
