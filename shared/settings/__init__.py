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

__all__ = [
    "AlarmSettings",
    "DatabaseSettings",
    "DomainSettings",
    "Environment",
    "MigrationSettings",
    "RegionMigration",
    "RegionSettings",
    "ServiceSettings",
    "StateSettings",
    "load",
    "names",
    "parse",
]
