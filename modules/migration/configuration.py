"""What each function of the migration finds in its variable CONFIG."""

from __future__ import annotations

from typing import Any

from modules.migration.ids import MigrationIds


def start(inputs: MigrationIds) -> dict[str, Any]:
    """Return what `start` has to know: where to look, and the defaults of an execution's input."""
    return {
        "source": inputs.source.region,
        "target": inputs.target.region,
        "hosted_zone_id": inputs.hosted_zone_id,
        "record_name": inputs.record_name,
        "set_identifiers": dict(inputs.set_identifiers),
        "global_cluster": inputs.global_cluster_identifier,
        "cluster_arns": {side.region: side.cluster_arn for side in inputs.sides},
        "checkpoint_parameter": inputs.checkpoint_parameter,
        "defaults": dict(inputs.defaults),
    }


def gate(inputs: MigrationIds) -> dict[str, Any]:
    """Return what `gate` has to know: what it looks at in each region, and the limits."""
    return {
        "source": inputs.source.region,
        "target": inputs.target.region,
        "regions": {
            side.region: {
                "healthy_hosts_alarm": side.healthy_hosts_alarm,
                "replication_lag_alarm": side.replication_lag_alarm,
                "cluster": side.cluster_identifier,
                "target_group_arn": side.target_group_arn,
                "target_group": side.target_group_arn_suffix,
                "load_balancer": side.load_balancer_arn_suffix,
            }
            for side in inputs.sides
        },
        "limits": dict(inputs.limits),
    }


def writer(inputs: MigrationIds) -> dict[str, Any]:
    """Return what `writer` has to know: the database and the listeners of both regions, and the canary."""
    return {
        "global_cluster": inputs.global_cluster_identifier,
        "regions": {
            side.region: {
                "cluster_arn": side.cluster_arn,
                "https_listener_arn": side.https_listener_arn,
            }
            for side in inputs.sides
        },
        "canary": dict(inputs.canary),
    }
