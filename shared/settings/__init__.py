"""The settings of an environment: read from one .tfvars file, typed and validated."""

from shared.settings.landing import DatabaseMigration
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
from shared.settings.systems import Platform, TwoRegions

__all__ = [
    "AlarmSettings",
    "DatabaseMigration",
    "DatabaseSettings",
    "DisasterRecovery",
    "DomainSettings",
    "Environment",
    "MigrationSettings",
    "Platform",
    "RegionMigration",
    "RegionSettings",
    "ServiceSettings",
    "StateSettings",
    "TwoRegions",
    "load",
    "names",
    "parse",
]
