"""What one environment file may say: the typed settings of a deployment."""

from typing import Literal

from pydantic import Field

from shared.settings.base import Settings
from shared.settings.database import DatabaseSettings
from shared.settings.service import ServiceSettings
from shared.settings.values import (
    AccountId,
    ApprovalSeconds,
    ApprovedPhases,
    BakeSeconds,
    Bucket,
    Emails,
    GroupSize,
    LagMilliseconds,
    Percentage,
    Period,
    Periods,
    Phases,
    RecordLabel,
    Region,
    RetrySeconds,
    Samples,
    Suffix,
    Tags,
    Tolerance,
    VpcBlock,
    WritePauseSeconds,
    ZoneName,
    Zones,
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
]


class StateSettings(Settings):
    """Where Terraform's state lives (S3 with its native lock file)."""

    bucket: Bucket
    """Name of the state bucket. `invoke bootstrap` makes it. S3 names are unique in the world."""
    region: Region
    """Region of the bucket: never the region that is being left or may be lost."""


class RegionSettings(Settings):
    """One region and its network."""

    region: Region
    """AWS region, e.g. `eu-west-1`."""
    vpc_cidr: VpcBlock
    """IPv4 block of the VPC, /16 to /22; must not overlap a peered VPC's."""
    availability_zones: Zones
    """Full names of at least three zones of this region, e.g. `eu-west-1a`."""
    nat_mode: Literal["per-az", "single", "none"] = "per-az"
    """`per-az`: a zone's loss takes only its own NAT. `single`: one NAT for all (cheaper)."""


class DomainSettings(Settings):
    """The public name of the platform."""

    zone_name: ZoneName
    """Hosted zone that the platform makes, e.g. `payments.example.com`."""
    record: RecordLabel = "api"
    """Label of the records below the zone: `api` gives `api.payments.example.com`."""

    @property
    def record_name(self) -> str:
        """Return the full name that clients resolve."""
        return f"{self.record}.{self.zone_name}"


class AlarmSettings(Settings):
    """Thresholds, and who is told."""

    replication_lag_ms: LagMilliseconds = 1000
    """Replication lag between the regions, in milliseconds, above which the alarm goes off."""
    healthy_hosts_minimum: GroupSize = 2
    """Healthy instances per region below which the alarm goes off."""
    period_seconds: Period = 60
    """Length of a period that an alarm looks at."""
    evaluation_periods: Periods = 2
    """Periods in a row that have to be bad."""
    emails: Emails = ()
    """Addresses subscribed to the alarm topics; each has to confirm once."""


class MigrationSettings(Settings):
    """The traffic shift, its gate, and the switchover. An execution's input may say otherwise."""

    phases: Phases = (25, 50, 75, 100)
    """Share of traffic in the target region after each phase, in per cent; rises to 100."""
    bake_seconds: BakeSeconds = 300
    """Wait after each phase before the gate looks at it."""
    approve_phases: ApprovedPhases = ()
    """Phases before which a person is asked; the database switchover always asks."""
    approval_timeout_seconds: ApprovalSeconds = 86_400
    """How long a question waits for its answer; without one the migration holds, or rolls back."""
    drain_seconds: WritePauseSeconds = 10
    """Between the pause of writes and the switchover: requests under way end meanwhile."""
    settle_seconds: WritePauseSeconds = 60
    """After the switchover, before writes go on: DNS and connection pools follow the writer meanwhile."""
    failure_limit: Tolerance = 0
    """Failed verdicts of the gate that a phase survives."""
    inconclusive_limit: Tolerance = 0
    """Inconclusive verdicts that a phase survives before a person is asked."""
    consecutive_error_limit: Tolerance = 4
    """Errors of the gate itself in a row that a phase survives."""
    retry_seconds: RetrySeconds = 10
    """Wait before the gate looks again."""
    minimum_samples: Samples = 100
    """Requests in the window below which an error rate says nothing: inconclusive."""
    error_rate_increase: Percentage = 1.0
    """Percentage points by which the target's error rate may be above the source's."""
    canary: bool = True
    """Write a row through RDS Data API after the switchover (Aurora MySQL 3.07 or newer)."""


class Environment(Settings):
    """Common part of every environment file."""

    name: str
    """The file's stem; not a key of the file."""
    system: str
    """Which of the systems this is; decides which other keys there are."""
    environment_suffix: Suffix
    """Part of every name: keeps two deployments in one account apart."""
    account_id: AccountId
    """The one account this may be applied to (12 digits)."""
    protection: Literal["destroyable", "production"] = "destroyable"
    """`destroyable`: everything can be taken down at once. `production`: the inverse."""
    tags: Tags = Field(default_factory=dict)
    """Tags on every resource, beside the ones that the stacks set themselves."""
    state: StateSettings
    """Where Terraform's state lives."""

    @property
    def env_options(self) -> str:
        """Return what `invoke` needs to find this deployment: `--env disaster-recovery --suffix x1`."""
        return f"--env {self.name} --suffix {self.environment_suffix}"


class RegionMigration(Environment):
    """A payment platform moves from `source` to `target`."""

    system: Literal["region-migration"]
    """Which of the systems this is; decides which other keys there are."""
    source: RegionSettings
    """The region that is being left, and its network."""
    target: RegionSettings
    """The region that the platform moves to, and its network."""
    domain: DomainSettings
    """The public name of the platform."""
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    """The Aurora global database."""
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    """The payment processor: instances behind a load balancer."""
    alarms: AlarmSettings = Field(default_factory=AlarmSettings)
    """Thresholds, and who is told."""
    migration: MigrationSettings = Field(default_factory=MigrationSettings)
    """The traffic shift."""

    @property
    def sides(self) -> dict[str, RegionSettings]:
        """Return role -> region, the home side first."""
        return {"source": self.source, "target": self.target}

    @property
    def home(self) -> RegionSettings:
        """Return where the platform runs and writes at first."""
        return self.source

    @property
    def away(self) -> RegionSettings:
        """Return where it goes: what outlives `home` and what is global is operated from here."""
        return self.target

    @property
    def data_api(self) -> bool:
        """Return whether SQL may be sent to the database over HTTPS: the canary does."""
        return self.migration.canary
