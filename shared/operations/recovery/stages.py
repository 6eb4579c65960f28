"""What a checkpoint means for what can be done next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from shared.operations.recovery.facts import Topology

#: The time-out of the function that moves the writer (`modules/failover/function.py`), and some for the way.
_FUNCTION = timedelta(seconds=75)

BEGUN = {"switching-over": "switchover", "failing-over": "failover", "failing-back": "failback"}
"""Stage -> the action that was begun and not finished."""
DONE = {"switched-over": "switchover", "failed-over": "failover", "failed-back": "failback"}
"""Stage, which is also an execution's outcome -> the action that came to its end."""


def unfinished(topology: Topology) -> bool:
    """Say whether the machine has begun something that it did not finish."""
    return topology.stage in BEGUN


def undone(topology: Topology) -> bool:
    """Say whether a move away was begun that can be given up: nothing stands of it but, perhaps, the pin."""
    begun = topology.stage in {"switching-over", "failing-over"}
    return begun and topology.writer == topology.home and not topology.changing


def settles_at(topology: Topology) -> datetime | None:
    """Return until when a function of an execution that was stopped may still do what it was asked for.

    None when that is over, or when the last execution ended by itself: it waits for its functions.
    """
    ended = topology.ended
    if ended is None or ended.at is None or ended.status not in {"ABORTED", "TIMED_OUT"}:
        return None
    until = ended.at + _FUNCTION
    return until if until > topology.looked_at else None
