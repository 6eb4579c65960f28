"""The settings of an environment: read from one .tfvars file, typed and validated."""

from shared.settings.loader import load, names, parse
from shared.settings.model import (
    AlarmSettings,
    DatabaseSettings,
    DomainSettings,
    Environment,
    MigrationSettings,
    RegionMigration,
    RegionSettings,
    ServiceSettings,
    StateSettings,
)
from shared.settings.recovery import DisasterRecovery
from shared.settings.systems import TwoRegions

__all__ = [
    "AlarmSettings",
    "DatabaseSettings",
    "DisasterRecovery",
    "DomainSettings",
    "Environment",
    "MigrationSettings",
    "RegionMigration",
    "RegionSettings",
    "ServiceSettings",
    "StateSettings",
    "TwoRegions",
    "load",
    "names",
    "parse",
]
