"""Which apps make up a system, by role."""

from __future__ import annotations

from collections.abc import Sequence

from regions.app import Build
from regions.database_migration import landing
from regions.disaster_recovery import global_dns as recovery_dns
from regions.disaster_recovery import primary, standby
from regions.region_migration import global_dns, source, target
from shared.settings import Environment

SYSTEMS: dict[str, tuple[Build, ...]] = {
    "region-migration": (source.build, target.build, global_dns.build),
    "disaster-recovery": (primary.build, standby.build, recovery_dns.build),
    "database-migration": (landing.build,),
}


def builds(environment: Environment) -> Sequence[Build]:
    """Return the apps of the environment's system."""
    return SYSTEMS[environment.system]
