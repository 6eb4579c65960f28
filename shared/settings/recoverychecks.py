"""The rules between settings that only a system with a standby region has: what it promises has to add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.recovery_time import RecoveryTime
from shared.settings import crosschecks
from shared.settings.document import Mistake
from shared.settings.pair import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings.facts import Facts

_PAIR = Pair(
    home="primary",
    away="standby",
    home_is="the region that may be lost",
    away_is="another region, which takes over",
    outlives="the loss",
)


def recovery_time(facts: Facts) -> Iterator[Mistake]:
    """Require a failover of DNS that ends within the limit."""
    keys = ("request_interval", "failure_threshold", "ttl")
    interval, threshold, ttl = (facts.number("failover", key) for key in keys)
    limit = facts.number("failover", "rto_limit_seconds")
    if interval is None or threshold is None or ttl is None or limit is None:
        return
    time = RecoveryTime(request_interval=interval, failure_threshold=threshold, ttl=ttl)
    if time.seconds > limit:
        yield Mistake(
            places=(*(("failover", key) for key in (*reversed(keys), "rto_limit_seconds")), ("failover",)),
            what=f"clients would find the standby after {time}, and failover.rto_limit_seconds is {limit}",
            remedy="request_interval x failure_threshold + 6 (a checker gives up) + 5 (the verdict reaches "
            f"DNS) + ttl <= {limit}: lower ttl or failure_threshold",
        )


def recovery_point(facts: Facts) -> Iterator[Mistake]:
    """Require the lag's alarm to go off before the promise is broken."""
    lag, limit = facts.number("alarms", "replication_lag_ms"), facts.number("failover", "rpo_limit_seconds")
    if lag is not None and limit is not None and lag > limit * 1000:
        yield Mistake(
            places=(("alarms", "replication_lag_ms"), ("failover", "rpo_limit_seconds")),
            what=f"alarms.replication_lag_ms is {lag}, above failover.rpo_limit_seconds, which is {limit}",
            remedy=f"at most {limit * 1000}: nobody would be told when the limit is passed",
        )


def ways_out(facts: Facts) -> Iterator[Mistake]:
    """Require a way out of the private subnets: load balancers and APIs have public addresses only."""
    for side in (_PAIR.home, _PAIR.away):
        if facts.text(side, "nat_mode") == "none":
            yield Mistake(
                places=((side, "nat_mode"),),
                what=f'{side}.nat_mode is "none", and the probe in the private subnets '
                "reaches the load balancer at its public address",
                remedy='"per-az", or "single" (the loss of its zone then takes the probe\'s answers along)',
            )


DISASTER_RECOVERY: tuple[crosschecks.Rule, ...] = (
    _PAIR.regions,
    _PAIR.networks,
    _PAIR.zones,
    crosschecks.sizes,
    _PAIR.adopted_cluster,
    crosschecks.maintenance,
    recovery_time,
    recovery_point,
    ways_out,
    crosschecks.data_api("failover", "data_api", "what was queued is written"),
    crosschecks.certificate,
    crosschecks.production,
    crosschecks.history("service", "log_retention_days"),
)
"""Rules of the system `disaster-recovery`, in the order of their messages on one line."""
