"""What the functions of the migration act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class RegionIds:
    """What the functions look at in one region."""

    region: str
    cluster_identifier: str
    cluster_arn: str
    replication_lag_alarm: str
    healthy_hosts_alarm: str
    load_balancer_arn_suffix: str
    target_group_arn: str
    target_group_arn_suffix: str
    https_listener_arn: str


@dataclass(frozen=True, kw_only=True)
class MigrationIds:
    """Ids of both regions and of what they share, and what was set for the migration."""

    naming: Naming
    account_id: str
    kms_key_arn: str
    log_retention_days: int
    source: RegionIds
    target: RegionIds
    global_cluster_identifier: str
    hosted_zone_id: str
    record_name: str
    set_identifiers: Mapping[str, str]
    """`source` and `target` -> the record's set identifier."""
    checkpoint_parameter: str
    checkpoint_parameter_arn: str
    canary: Mapping[str, Any]
    """`enabled`, `secret`, `database`: how the canary writes."""
    limits: Mapping[str, float]
    """What the gate allows: `replication_lag_ms`, `healthy_hosts_minimum`, ..."""
    defaults: Mapping[str, Any]
    """What an execution's input means when it does not say."""

    @property
    def sides(self) -> tuple[RegionIds, RegionIds]:
        """Return the source and the target."""
        return self.source, self.target
