"""What the function and the state machine of the failover act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class FailoverIds:
    """Ids of the standby region and of what both regions share.

    Of the primary region there is what permissions name: none of it has to answer for a failover.
    """

    naming: Naming
    account_id: str
    kms_key_arn: str
    """Of the standby region."""
    log_retention_days: int
    home: str
    """The primary region."""
    away: str
    """The standby region."""
    cluster_arns: Mapping[str, str]
    """Region -> ARN of its cluster."""
    global_cluster_identifier: str
    checkpoint_parameter: str
    checkpoint_parameter_arn: str
    pin_bucket: str
    pin_key: str
    alarms: Mapping[str, tuple[str, ...]]
    """Region -> names of its alarms that have to be OK before the writer is moved there in peace."""
    replication_lag_ms: int
    """Above this lag the writer is not moved in peace."""
    dns_seconds: int
    """After so many seconds everybody who asks DNS has heard of a change."""
    data_api: bool
    secret: str
    """Name of the application's secret, in both regions."""
    database: str
    env_options: str
    """What `invoke` needs to find this deployment: `--env disaster-recovery --suffix x1`."""

    @property
    def regions(self) -> tuple[str, str]:
        """Return both regions."""
        return self.home, self.away

    @property
    def global_cluster_arn(self) -> str:
        """Return the global database's ARN, which has no region."""
        return f"arn:aws:rds::{self.account_id}:global-cluster:{self.global_cluster_identifier}"
