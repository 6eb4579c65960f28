"""What a system with a standby promises, and how it adds up; nothing is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.check import Check
from shared.settings import DisasterRecovery

if TYPE_CHECKING:
    from shared.settings import Platform


def recovery(env: Platform) -> list[Check]:
    """Show the arithmetic of the failover, and what the lag's alarm watches; empty for other systems.

    The settings refuse what does not add up, so this is never a failure.
    """
    if not isinstance(env, DisasterRecovery):
        return []
    failover = env.failover
    looks = "interval x threshold + a checker gives up + its verdict reaches DNS + ttl"
    return [
        Check(
            name="recovery time",
            verdict="ok",
            seen=f"{failover.recovery_time}, at most {failover.rto_limit_seconds} s: {looks}. "
            "For clients to find the standby; the writer of the database takes minutes",
        ),
        Check(
            name="recovery point",
            verdict="ok",
            seen=f"an alarm from {env.alarms.replication_lag_ms} ms of replication lag, "
            f"at most {failover.rpo_limit_seconds} s",
        ),
    ]
