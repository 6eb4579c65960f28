"""What a failover may lose: what the standby had not received. Pure, from what the standby knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.operations.recovery.facts import LAG_WINDOW
from shared.operations.recovery.stages import unfinished

if TYPE_CHECKING:
    from shared.operations.recovery.facts import Topology

ACCEPT = "--accept-data-loss"
FRESH = timedelta(seconds=120)
"""An older sample of the lag says nothing of now: CloudWatch has one a minute, and shows it later."""


def loss(topology: Topology) -> str:
    """Return what is known of what a failover would lose; nothing when it is certain that it is nothing.

    Also when that is decided: nothing more is lost then.
    """
    return "" if decided(topology) else unless_none(topology)


def decided(topology: Topology) -> bool:
    """Say whether what was begun has moved the writer to the standby, or is promoting it with a loss.

    A planned move there that is still under way may end at home again: what a failover after that would
    lose has to be accepted anew.
    """
    database = topology.database
    if database is None or not unfinished(topology):
        return False
    return database.stays_in(topology.away) or database.promotes(topology.away)


def unless_none(topology: Topology) -> str:
    """Return what the standby knows of its lag; nothing when it is fresh, and zero."""
    lag = topology.lags.get(topology.away)
    if lag is None:
        return f"the lag is not known: no sample in {LAG_WINDOW.seconds // 60} minutes"
    age = topology.looked_at - lag.at
    if lag.milliseconds == 0 and age <= FRESH:
        return ""
    return (
        f"the last known lag is {lag.milliseconds:g} ms, of {lag.at:%H:%M:%S}, "
        f"{max(0, round(age.total_seconds()))} s before"
    )
