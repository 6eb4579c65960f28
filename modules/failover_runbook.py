"""The failover runbook: one text for a Terraform output, `invoke failover.runbook` and the documents."""

from __future__ import annotations

from dataclasses import dataclass

from modules.runbook import render

_TEMPLATE = "failover_runbook.md.j2"


@dataclass(frozen=True, kw_only=True)
class FailoverRunbookSide:
    """One region's ids."""

    region: str
    vpc_cidr: str
    alb_dns_name: str
    https_listener_arn: str
    """Where the primary is fenced by hand."""
    target_group_arn: str
    cluster_identifier: str
    cluster_arn: str
    healthy_hosts_alarm: str
    replication_lag_alarm: str
    probe_function: str
    probe_unwell_alarm: str
    probe_unasked_alarm: str
    kms_key_arn: str
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class FailoverRunbookInputs:
    """What the text is filled with. Every text may be a reference; numbers come from the settings."""

    primary: FailoverRunbookSide
    standby: FailoverRunbookSide
    environment_suffix: str
    env_options: str
    """What `invoke` needs to find this deployment: `--env disaster-recovery`."""
    account_id: str
    hosted_zone_id: str
    record_name: str
    global_cluster_identifier: str
    database_name: str
    engine_version: str
    instance_class: str
    application_secret: str
    intents_table: str
    pin_bucket: str
    pin_key: str
    state_machine_arn: str
    checkpoint_parameter: str
    failover_function: str
    drain_function: str
    firewall_description: str
    """Of the rule that lets the platform's networks reach the database."""
    database_port: int
    recovery_time: str
    """The arithmetic of the entry point's recovery: `10 x 3 + 6 + 5 + 10 = 51 s`."""
    recovery_seconds: int
    replication_lag_ms: int
    """Above it the lag alarm goes off, and a switchover is refused."""
    healthy_hosts_minimum: int
    """Below it a region's alarm goes off."""
    retention_days: int
    """How long a drained intent is kept, and a repetition recognised."""
    backup_retention_days: int
    """How long Aurora keeps the snapshot of what the old primary held."""


def failover_runbook(inputs: FailoverRunbookInputs) -> str:
    """Return the runbook in Markdown."""
    return render(_TEMPLATE, vars(inputs))
