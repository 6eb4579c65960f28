"""What the function finds in its variable CONFIG."""

from __future__ import annotations

from typing import Any

from modules.failover.ids import FailoverIds


def configuration(inputs: FailoverIds) -> dict[str, Any]:
    """Return what the function `failover` has to know."""
    return {
        "home": inputs.home,
        "away": inputs.away,
        "global_cluster": inputs.global_cluster_identifier,
        "checkpoint_parameter": inputs.checkpoint_parameter,
        "pin_bucket": inputs.pin_bucket,
        "pin_key": inputs.pin_key,
        "alarms": {region: list(names) for region, names in inputs.alarms.items()},
        "replication_lag_ms": inputs.replication_lag_ms,
        "dns_seconds": inputs.dns_seconds,
        "data_api": inputs.data_api,
        "secret": inputs.secret,
        "database": inputs.database,
        "env_options": inputs.env_options,
    }
