"""The migration runbook: one text for a Terraform output, `invoke migrate.runbook` and the documents."""

from __future__ import annotations

from dataclasses import dataclass

from modules.runbook import render

_TEMPLATE = "migration_runbook.md.j2"


@dataclass(frozen=True, kw_only=True)
class RunbookSide:
    """One region's ids."""

    region: str
    set_identifier: str
    """Of this region's weighted record."""
    alb_dns_name: str
    alb_zone_id: str
    alb_arn_suffix: str
    """Dimension of the load balancer's metrics."""
    https_listener_arn: str
    """Where writes are paused."""
    target_group_arn: str
    asg_name: str
    cluster_identifier: str
    cluster_arn: str
    healthy_hosts_alarm: str
    replication_lag_alarm: str
    certificate_arn: str
    kms_key_id: str
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class RunbookInputs:
    """What the text is filled with. Every text may be a reference; numbers and `image` are settings."""

    source: RunbookSide
    target: RunbookSide
    environment_suffix: str
    env_options: str
    """What `invoke` needs to find this deployment: `--env region-migration`."""
    account_id: str
    hosted_zone_id: str
    record_name: str
    peering_id: str
    global_cluster_identifier: str
    database_name: str
    engine_version: str
    image_repository: str
    image: str
    """Tag or digest (`sha256:...`)."""
    application_secret: str
    state_machine_arn: str
    checkpoint_parameter: str
    approval_parameter: str
    phases: tuple[int, ...]
    """The target's share after each phase, in per cent."""
    bake_seconds: int
    replication_lag_ms: int
    """Above it the lag alarm goes off."""
    healthy_hosts_minimum: int
    """Below it a region's alarm goes off."""


def runbook(inputs: RunbookInputs) -> str:
    """Return the runbook in Markdown."""
    return render(_TEMPLATE, vars(inputs))
