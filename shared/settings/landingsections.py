"""The sections of an environment whose database comes from a data centre."""

from __future__ import annotations

from typing import Literal

from shared.settings.base import Settings
from shared.settings.landingvalues import (
    BackupDays,
    BackupSchedule,
    Capacity,
    Certificate,
    Connections,
    DrainSeconds,
    FreshMinutes,
    HeartbeatMinutes,
    HostName,
    LagMinutes,
    LagSeconds,
    LobSize,
    NoPostgresBacktrack,
    Percent,
    Port,
    PostgresName,
    PostgresNames,
    PostgresUser,
    PostgresVersion,
    Readers,
    ReplicationClass,
    ReplicationVersion,
    RouteTableIds,
    SequenceGap,
    StorageSize,
    TransactionSeconds,
    VpcId,
    VpnGatewayId,
    Weight,
)
from shared.settings.model import RegionSettings
from shared.settings.values import (
    Counter,
    DailyWindow,
    Emails,
    Ipv4Blocks,
    Period,
    Periods,
    RecordLabel,
    RetentionDays,
    SecretName,
    Ttl,
    VpcBlock,
    WeeklyWindow,
    ZoneName,
)


class LandingRegionSettings(RegionSettings):
    """The region that the database comes to, and its network."""

    nat_mode: Literal["per-az", "single", "none"] = "none"
    """What leads out of the private subnets; DMS and Aurora need none: AWS's APIs have endpoints in them."""
    vpn_gateway_id: VpnGatewayId | None = None
    """Virtual private gateway (VPN, Direct Connect) to the data centre: attached to this VPC, routed to."""


class ProductionSettings(Settings):
    """The network that exists, in the same region: the application that uses the database runs in it."""

    vpc_id: VpcId
    """The VPC that is peered with the one made here."""
    vpc_cidr: VpcBlock
    """Its IPv4 block; must not overlap the other networks."""
    route_table_ids: RouteTableIds = ()
    """Its route tables that get a route back; not those whose routes stand inline in other Terraform."""


class OnPremisesSettings(Settings):
    """The PostgreSQL server in the data centre: what is migrated."""

    host: HostName
    """Name that the server is found by: the write name leads there until the cutover."""
    port: Port = 5432
    """TCP port of PostgreSQL there."""
    cidrs: Ipv4Blocks
    """Networks of the data centre: reached by DMS, and allowed to connect to Aurora."""
    database: PostgresName
    """Database that is migrated; it has the same name in Aurora."""
    secret_name: SecretName = "payments/on-premises/replication"  # noqa: S105 - a name
    """Existing secret for DMS: JSON with `host`, `port`, `username` and `password`."""
    operator_secret_name: SecretName | None = None
    """Existing secret, of the same form, of the database's owner: the cutover freezes with it. Left out:
    DMS's login does."""
    ca_certificate: Certificate | None = None
    """Authority of the server's certificate: with it DMS checks certificate and name (`verify-full`),
    without it the connection is encrypted only (`require`)."""


class LandingDatabaseSettings(Settings):
    """The Aurora PostgreSQL cluster: Serverless v2, one writer and its readers in different zones."""

    engine: Literal["aurora-postgresql"] = "aurora-postgresql"
    """Engine of the cluster."""
    engine_version: PostgresVersion = "15.10"
    """Exact version."""
    min_capacity: Capacity = 0.5
    """Fewest capacity units (of about 2 GiB) per instance; 2 or more are recommended."""
    max_capacity: Capacity = 2.0
    """Most capacity units per instance; 16 or more are recommended for the full load."""
    readers: Readers = 2
    """Instances beside the writer, spread over the zones."""
    master_username: PostgresUser = "payments_admin"
    """Administrator of the cluster."""
    master_secret_name: SecretName = "payments/database/master"  # noqa: S105 - a name
    """Existing secret: JSON with a `password` key."""
    master_password_version: Counter = 1
    """Raise by one after rotating the secret: the new password is then written to the cluster."""
    operator_secret_name: SecretName | None = None
    """Existing secret (`host`, `port`, `username`, `password`) of the owner in Aurora: the cutover sets
    sequences with it, a rollback freezes with it. Left out: DMS's login does."""
    backup_retention_days: RetentionDays = 7
    """Days of point-in-time recovery."""
    backup_window: DailyWindow = "02:00-03:00"
    """When automated backups are taken (UTC); must not meet the maintenance window."""
    maintenance_window: WeeklyWindow = "sun:03:30-sun:04:30"
    """When AWS may maintain the instances (UTC)."""
    backtrack_window: NoPostgresBacktrack = None
    """Always refused: backtrack exists only for Aurora MySQL."""


class ReplicationSettings(Settings):
    """DMS: what copies the database, and keeps copying until the cutover."""

    instance_class: ReplicationClass = "dms.r5.large"
    """Class of the replication instance."""
    storage_gb: StorageSize = 100
    """Its disk: logs and changes that wait are on it."""
    engine_version: ReplicationVersion = "3.5.4"
    """Exact version of the DMS engine; it does not upgrade itself."""
    multi_az: bool = True
    """A standby in another zone takes over without a new full load."""
    account_roles: Literal["exist", "make"] = "exist"
    """`dms-vpc-role` and `dms-cloudwatch-logs-role` belong to the account: `make` where it never used DMS."""
    target_secret_name: SecretName = "payments/aurora/replication"  # noqa: S105 - a name
    """Existing secret for DMS: `host` (Aurora's writer endpoint), `port`, `username` and `password`."""
    target_ca_certificate: Certificate | None = None
    """Authority of Aurora's certificate (RDS's bundle), for `verify-full`; without it `require`."""
    schemas: PostgresNames = ("public",)
    """Schemas that are migrated, with every table in them."""
    plugin: Literal["test_decoding", "pglogical"] = "test_decoding"
    """Decoding plugin; `pglogical` has to be installed on the server in the data centre."""
    batch_apply: bool = True
    """Apply changes in batches, as required. Breaks on tables with a primary and a unique key, and
    applies out of order: false is the safer choice."""
    loopback_prevention: bool = False
    """Mark what DMS wrote, so that both directions may run at once; refused together with `batch_apply`."""
    lob_mode: Literal["limited", "full"] = "limited"
    """`limited`: a larger object stops the task (it is never cut). `full`: any size, slowly."""
    lob_max_kb: LobSize = 32
    """Largest object with `limited`; also what the validation compares."""
    capture_ddl: bool = True
    """Carry changes of tables over; a table that is dropped is never dropped in Aurora."""
    heartbeat_minutes: HeartbeatMinutes = 1
    """A write into the source so often lets its log be cleaned up while nothing else happens."""
    heartbeat_schema: PostgresName = "dms_heartbeat"
    """Schema of the heartbeat in the source, and of the cutover's sentinel rows in both databases."""

    @property
    def sentinel_table(self) -> tuple[str, str]:
        """Return schema and name of the table of sentinel rows, which both tasks carry."""
        return self.heartbeat_schema, "cutover_sentinel"


class CutoverSettings(Settings):
    """The cutover. Terraform writes these values once, into Parameter Store; later they are changed there."""

    mode: Literal["approval", "automated"] = "approval"
    """`approval`: a person says so when everything is ready. `automated`: what is ready is done."""
    ttl: Ttl = 60
    """Seconds that resolvers keep the write name's answer."""
    on_premises_weight: Weight = 100
    """Weight of the on-premises record when it is made; the cutover changes it, not Terraform."""
    aurora_weight: Weight = 0
    """Weight of Aurora's record when it is made."""
    lag_limit_seconds: LagSeconds = 5
    """Latency of DMS, source and target together, above which nothing is cut over."""
    lag_window_minutes: LagMinutes = 10
    """How long it has to have been below the limit."""
    drained_minutes: FreshMinutes = 30
    """How old the note that the source is frozen and drained may be."""
    drain_seconds: DrainSeconds = 300
    """How long writes may pause for the last row to arrive; then the source is opened again."""
    transaction_seconds: TransactionSeconds = 60
    """A transaction of the source that is older refuses the cutover; a younger one is ended by it."""
    sequence_gap: SequenceGap = 1000
    """By how many steps sequences are set beyond the last value of the other database."""


class LandingDomainSettings(Settings):
    """The name that writers of the database use: `RECORD.migration-SUFFIX.PARENT`."""

    parent: ZoneName
    """Domain below which the zone `migration-SUFFIX` is made."""
    record: RecordLabel = "db"
    """Label of the write name."""
    private: bool = False
    """Only the two VPCs resolve the zone; a data centre then needs an inbound Resolver endpoint of yours."""


class LandingAlarmSettings(Settings):
    """Thresholds, and who is told."""

    lag_seconds: LagSeconds = 60
    """Latency of DMS, on either side, above which an alarm goes off."""
    cpu_percent: Percent = 80
    """Processor use of Aurora above which the alarm goes off."""
    connections: Connections | None = None
    """Connections to Aurora; left out: 800, or 80 % of what `database.max_capacity` allows if less."""
    period_seconds: Period = 60
    """Length of a period that an alarm looks at."""
    evaluation_periods: Periods = 2
    """Periods in a row that have to be bad."""
    emails: Emails = ()
    """Addresses subscribed to both topics; each has to confirm twice."""


class BackupSettings(Settings):
    """AWS Backup: copies in a vault, beside Aurora's own."""

    schedule: BackupSchedule = "cron(0 5 ? * * *)"
    """When, in UTC."""
    retention_days: BackupDays = 7
    """Days that a copy is kept."""
