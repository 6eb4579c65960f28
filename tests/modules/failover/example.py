"""The ids of the documented example."""

from __future__ import annotations

from modules.failover.ids import FailoverIds
from shared.naming import Naming

HOME, AWAY = "us-east-1", "us-west-2"
CLUSTERS = {
    region: f"arn:aws:rds:{region}:123456789012:cluster:aurora-{side}-x1"
    for region, side in ((HOME, "primary"), (AWAY, "standby"))
}
IDS = FailoverIds(
    naming=Naming(suffix="x1"),
    account_id="123456789012",
    kms_key_arn="key",
    log_retention_days=30,
    home=HOME,
    away=AWAY,
    cluster_arns=CLUSTERS,
    global_cluster_identifier="aurora-global-payments-x1",
    checkpoint_parameter="/failover/x1/checkpoint",
    checkpoint_parameter_arn="arn:checkpoint",
    pin_bucket="pin-primary-x1-abc",
    pin_key="primary-is-pinned",
    alarms={HOME: ("alarm-healthy-hosts-x1",), AWAY: ("alarm-probe-unwell-x1", "alarm-healthy-hosts-x1")},
    replication_lag_ms=5000,
    dns_seconds=51,
    data_api=True,
    secret="payments/application",
    database="payments",
    env_options="--env disaster-recovery --suffix x1",
)
