"""What the environment file of a system whose database comes from a data centre may say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.settings.landingsections import (
    BackupSettings,
    CutoverSettings,
    LandingAlarmSettings,
    LandingDatabaseSettings,
    LandingDomainSettings,
    LandingRegionSettings,
    OnPremisesSettings,
    ProductionSettings,
    ReplicationSettings,
)
from shared.settings.model import Environment, RegionSettings
from shared.settings.values import LogDays

_BYTES_PER_UNIT = 2 * 1024**3
"""A capacity unit has about 2 GiB (Aurora user guide, Serverless v2)."""
_BYTES_PER_CONNECTION, _MOST_CONNECTIONS = 9_531_392, 5_000
"""Aurora PostgreSQL: max_connections is LEAST(memory / 9531392, 5000) (Aurora user guide)."""
WANTED_CONNECTIONS = 800
"""The requirement's threshold."""
_SHARE = 0.8


def connections_ceiling(max_capacity: float) -> int:
    """Return how many connections an instance takes at most, by its most capacity units.

    It is an upper bound: the memory that Aurora counts is somewhat less than 2 GiB a unit.
    """
    return min(_MOST_CONNECTIONS, int(max_capacity * _BYTES_PER_UNIT / _BYTES_PER_CONNECTION))


class DatabaseMigration(Environment):
    """A PostgreSQL database comes from a data centre to Aurora in `landing`."""

    system: Literal["database-migration"]
    """Which of the systems this is; decides which other keys there are."""
    landing: LandingRegionSettings
    """The region that the database comes to, and its network."""
    production: ProductionSettings
    """The network that exists, in the same region."""
    on_premises: OnPremisesSettings
    """The server in the data centre."""
    domain: LandingDomainSettings
    """The name that writers of the database use."""
    database: LandingDatabaseSettings = Field(default_factory=LandingDatabaseSettings)
    """The Aurora PostgreSQL cluster."""
    replication: ReplicationSettings = Field(default_factory=ReplicationSettings)
    """DMS."""
    cutover: CutoverSettings = Field(default_factory=CutoverSettings)
    """When and how the write name moves."""
    alarms: LandingAlarmSettings = Field(default_factory=LandingAlarmSettings)
    """Thresholds, and who is told."""
    backup: BackupSettings = Field(default_factory=BackupSettings)
    """AWS Backup."""
    log_retention_days: LogDays = 30
    """Days that logs are kept in CloudWatch Logs; production wants a year."""

    @property
    def sides(self) -> dict[str, RegionSettings]:
        """Return role -> region: there is one."""
        return {"landing": self.landing}

    @property
    def home(self) -> RegionSettings:
        """Return the region of everything that is made."""
        return self.landing

    @property
    def away(self) -> RegionSettings:
        """Return the same region: nothing goes on to another one."""
        return self.landing

    @property
    def zone_name(self) -> str:
        """Return the hosted zone: `migration-SUFFIX.PARENT`."""
        return f"migration-{self.environment_suffix}.{self.domain.parent}"

    @property
    def record_name(self) -> str:
        """Return the write name."""
        return f"{self.domain.record}.{self.zone_name}"

    @property
    def connections_threshold(self) -> int:
        """Return from how many connections the alarm goes off, within what the capacity allows."""
        if self.alarms.connections is not None:
            return self.alarms.connections
        return min(WANTED_CONNECTIONS, int(_SHARE * connections_ceiling(self.database.max_capacity)))
