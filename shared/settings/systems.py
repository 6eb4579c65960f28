"""The systems there are: the settings of each, and the rules between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.errors import UserError
from shared.settings.crosschecks import REGION_MIGRATION
from shared.settings.landing import DatabaseMigration
from shared.settings.landingchecks import DATABASE_MIGRATION
from shared.settings.model import RegionMigration
from shared.settings.recovery import DisasterRecovery
from shared.settings.recoverychecks import DISASTER_RECOVERY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.settings.crosschecks import Rule

TwoRegions = RegionMigration | DisasterRecovery
"""The settings of any system whose two regions are peers: both have `sides`, `home`, `away`."""
Platform = TwoRegions | DatabaseMigration
"""The settings of any system; where there is one region only, it is `home`, `away` and all of `sides`."""


@dataclass(frozen=True, kw_only=True)
class System:
    """How an environment file of a system is read."""

    model: type[Platform]
    rules: tuple[Rule, ...]


SYSTEMS: Mapping[str, System] = {
    "region-migration": System(model=RegionMigration, rules=REGION_MIGRATION),
    "disaster-recovery": System(model=DisasterRecovery, rules=DISASTER_RECOVERY),
    "database-migration": System(model=DatabaseMigration, rules=DATABASE_MIGRATION),
}


def of(data: Mapping[str, Any]) -> System:
    """Return the system of a file; where it does not say which, the one that most of its keys belong to."""
    named = data.get("system")
    if isinstance(named, str) and named in SYSTEMS:
        return SYSTEMS[named]
    return max(SYSTEMS.values(), key=lambda system: _known(system, data))


def _known(system: System, keys: Collection[str]) -> int:
    return len(system.model.model_fields.keys() & set(keys))


def migration(environment: Platform, command: str) -> RegionMigration:
    """Return the settings of a region migration. Raises UserError: `command` is of no use to others."""
    if isinstance(environment, RegionMigration):
        return environment
    raise _of_another(environment, command, "region-migration")


def recovery(environment: Platform, command: str) -> DisasterRecovery:
    """Return the settings of a disaster recovery. Raises UserError: `command` is of no use to others."""
    if isinstance(environment, DisasterRecovery):
        return environment
    raise _of_another(environment, command, "disaster-recovery")


def landing(environment: Platform, command: str) -> DatabaseMigration:
    """Return the settings of a database migration. Raises UserError: `command` is of no use to others."""
    if isinstance(environment, DatabaseMigration):
        return environment
    raise _of_another(environment, command, "database-migration")


def _of_another(environment: Platform, command: str, system: str) -> UserError:
    return UserError(
        f"{command} is for the system {system}, and {environment.name} is of {environment.system}",
        remedy=f"name an environment of that system: --env {system}",
    )
