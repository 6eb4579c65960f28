"""What the environment file of a system with a standby region may say."""

from typing import Literal

from pydantic import Field

from shared.settings.database import DatabaseSettings
from shared.settings.failover import FailoverSettings, IntentSettings
from shared.settings.model import AlarmSettings, DomainSettings, Environment, RegionSettings
from shared.settings.service import ServiceSettings
from shared.settings.values import LagMilliseconds


class RecoveryAlarmSettings(AlarmSettings):
    """Thresholds, and who is told."""

    replication_lag_ms: LagMilliseconds = 5000
    """Replication lag between the regions, in milliseconds, above which the alarm goes off; not above
    `failover.rpo_limit_seconds`."""


class DisasterRecovery(Environment):
    """A payment platform in `primary`, and a `standby` that takes over when it is lost."""

    system: Literal["disaster-recovery"]
    """Which of the systems this is; decides which other keys there are."""
    primary: RegionSettings
    """The region that serves and writes, and its network."""
    standby: RegionSettings
    """The region that takes over, and its network."""
    domain: DomainSettings
    """The public name of the platform."""
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    """The Aurora global database."""
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    """The payment processor: instances behind a load balancer."""
    alarms: RecoveryAlarmSettings = Field(default_factory=RecoveryAlarmSettings)
    """Thresholds, and who is told."""
    failover: FailoverSettings = Field(default_factory=FailoverSettings)
    """When DNS gives a region up, and what is promised."""
    intents: IntentSettings = Field(default_factory=IntentSettings)
    """What was accepted while no database could be written to."""

    @property
    def sides(self) -> dict[str, RegionSettings]:
        """Return role -> region, the home side first."""
        return {"primary": self.primary, "standby": self.standby}

    @property
    def home(self) -> RegionSettings:
        """Return where the platform runs and writes at first."""
        return self.primary

    @property
    def away(self) -> RegionSettings:
        """Return where it goes: what outlives `home` and what is global is operated from here."""
        return self.standby

    @property
    def data_api(self) -> bool:
        """Return whether SQL may be sent to the database over HTTPS: the drain of the intents does."""
        return self.failover.data_api
