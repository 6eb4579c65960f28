"""Settings of the failover: DNS, the probes that it believes, and what is promised."""

from __future__ import annotations

from pydantic import Field

from shared.recovery_time import RecoveryTime
from shared.settings.base import Settings
from shared.settings.values import (
    FailureThreshold,
    IntentDays,
    ProbeMinutes,
    RequestInterval,
    RpoLimit,
    RtoLimit,
    Ttl,
)


class ProbeSettings(Settings):
    """A region's probe, beside what it answers to Route 53."""

    deep_minutes: ProbeMinutes = 1
    """Minutes between two deep looks, which put metrics: latency, healthy instances, replication lag."""


class FailoverSettings(Settings):
    """When DNS gives a region up, and what is promised.

    `request_interval * failure_threshold + 6 + 5 + ttl` seconds must not be above `rto_limit_seconds`.
    """

    request_interval: RequestInterval = 10
    """Seconds between two looks of a Route 53 health checker."""
    failure_threshold: FailureThreshold = 3
    """Looks in a row that have to fail, or to succeed, before a region is given up, or taken back."""
    ttl: Ttl = 10
    """Seconds that resolvers keep an answer: what a client may still be sent wrong after the change."""
    rto_limit_seconds: RtoLimit = 60
    """Within this time of a region's loss clients get the other region's address."""
    rpo_limit_seconds: RpoLimit = 5
    """Replication lag that is not to be passed; Aurora can alarm on it, not enforce it."""
    data_api: bool = True
    """Let what was queued be written through RDS Data API (Aurora MySQL 3.07 or newer)."""
    probe: ProbeSettings = Field(default_factory=ProbeSettings)
    """A region's probe, beside what it answers to Route 53."""

    @property
    def recovery_time(self) -> RecoveryTime:
        """Return the arithmetic of the entry point's recovery."""
        return RecoveryTime(
            request_interval=self.request_interval,
            failure_threshold=self.failure_threshold,
            ttl=self.ttl,
        )


class IntentSettings(Settings):
    """Payment intents: what was accepted while no database could be written to."""

    retention_days: IntentDays = 35
    """Days that an intent is kept after it was written to the database, and a repetition recognised."""
