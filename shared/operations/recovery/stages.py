"""What a checkpoint means for what can be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.operations.recovery.facts import Topology

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
