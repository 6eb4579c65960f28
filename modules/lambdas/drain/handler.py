"""The function `drain`: may be called again and again, and twice at once."""

from __future__ import annotations

import os
import time
from typing import Any

from . import configuration as configurations
from .destination import destination
from .drain import drain
from .errors import DrainError
from .intents import Waiting
from .ledger import Ledger

ACTIONS = ("drain", "count")
#: What is kept of the function's time for the intent that is being drained, in milliseconds.
RESERVE_MS = 20_000


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do `event["action"]` (`drain` when there is none).

    `drain` returns `drained`, `already_there`, `failed`, `failures` and `done`; call it again while `done`
    is false. Done is what was accepted before the call, by the clocks of those who accepted it. It writes
    into this region's cluster, or with `region` into the other's; what waits is always read from this
    region's replica. `count` returns how many wait. Raises DrainError when the table or the database does
    not answer, or the cluster does not write (yet).
    """
    configuration = configurations.read(os.environ["CONFIG"])
    waiting = Waiting(configuration)
    match event.get("action", "drain"):
        case "count":
            return {"waiting": sum(1 for _ in waiting.pending())}
        case "drain":
            report = drain(
                waiting,
                Ledger(configuration, destination(configuration, str(event.get("region") or ""))),
                began=f"{int(time.time() * 1000):013d}",
                may_go_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
                pause=lambda: time.sleep(configuration.index_seconds),
            )
            return report.shown()
        case other:
            raise DrainError(f"action is {other!r}, which is none of {', '.join(ACTIONS)}")
