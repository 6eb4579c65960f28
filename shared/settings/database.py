"""Settings of the Aurora global database."""

from typing import Literal

from shared.settings.base import Settings
from shared.settings.values import (
    ClusterArn,
    Counter,
    DailyWindow,
    DatabaseName,
    EngineVersion,
    InstanceClass,
    Instances,
    NoBacktrack,
    RetentionDays,
    SecretName,
    Username,
    WeeklyWindow,
)


class DatabaseSettings(Settings):
    """The Aurora global database."""

    engine: Literal["aurora-mysql"] = "aurora-mysql"
    """Engine of the global database."""
    engine_version: EngineVersion = "8.0.mysql_aurora.3.10.1"
    """Exact version with its patch: Aurora MySQL switches over between equal patches only."""
    instance_class: InstanceClass = "db.r6g.large"
    """Memory-optimized class; a global database does not support t classes."""
    instances: Instances = 2
    """Instances per region, spread over the zones; the first is the designated writer."""
    name: DatabaseName = "payments"
    """Name of the database that is created in the primary."""
    master_username: Username = "payments_admin"
    """Administrator of the primary that is created."""
    master_secret_name: SecretName = "payments/database/master"  # noqa: S105 - a name
    """Existing Secrets Manager secret in the source (primary) region: JSON with a `password` key."""
    master_password_version: Counter = 1
    """Raise by one after rotating the secret: the new password is then written to the cluster."""
    existing_primary_cluster_arn: ClusterArn | None = None
    """ARN of a cluster in the source (primary) region to adopt instead of creating one. Its network stays
    yours: both VPCs of this file have to reach it."""
    backup_retention_days: RetentionDays = 7
    """Days that automated backups are kept in each region."""
    backup_window: DailyWindow = "02:00-03:00"
    """When automated backups are taken (UTC); must not meet the maintenance window."""
    maintenance_window: WeeklyWindow = "sun:03:30-sun:04:30"
    """When AWS may maintain the instances (UTC)."""
    backtrack_window: NoBacktrack = None
    """Always refused: an Aurora global database has no backtrack."""
