"""The cutover's runbook: one text for a Terraform output, `invoke cutover.runbook` and the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modules.runbook import render

_TEMPLATE = "cutover_runbook.md.j2"


@dataclass(frozen=True, kw_only=True)
class RunbookStep:
    """A step of a command, as the command itself has it."""

    name: str
    stage: str
    """Noted before its deed."""
    does: str
    undone_by: str


@dataclass(frozen=True, kw_only=True)
class RunbookWay:
    """Steps in their order, and the stage that is noted after the last one."""

    steps: tuple[RunbookStep, ...]
    ends: str


@dataclass(frozen=True, kw_only=True)
class CutoverRunbookInputs:
    """What the text is filled with. Every text may be a reference; numbers come from the settings."""

    region: str
    environment_suffix: str
    env_options: str
    """What `invoke` needs to find this deployment: `--env database-migration --suffix x1`."""
    account_id: str
    hosted_zone_id: str
    private_zone: bool
    """Nobody delegates to a private zone."""
    record_name: str
    """The write name."""
    on_premises_set_identifier: str
    aurora_set_identifier: str
    on_premises_host: str
    database_name: str
    """The same in both servers."""
    cluster_identifier: str
    cluster_endpoint: str
    instance_arn: str
    """Of DMS."""
    instance_id: str
    source_endpoint_arn: str
    target_endpoint_arn: str
    """Of the forward task."""
    forward_task_arn: str
    forward_task_id: str
    """Its dimension in CloudWatch."""
    reverse_task_arn: str
    function: str
    config_parameter: str
    state_parameter: str
    lag_source_alarm: str
    lag_target_alarm: str
    topic_arn: str
    kms_key_arn: str
    """Of the state parameter."""
    on_premises_secret: str
    aurora_secret: str
    """Of the login that freezes and opens the database."""
    sentinel_table: str
    """`schema.table`, in both databases."""
    ttl: int
    """Of the write name, in seconds."""
    drain_seconds: int
    """After so long without the last row the data centre is opened again."""
    drained_minutes: int
    """How old the note that everything is drained may be when the name is moved."""
    lag_limit_seconds: int
    lag_window_minutes: int
    backup_retention_days: int
    """How far back Aurora's own point-in-time recovery goes."""
    ways: Mapping[str, RunbookWay]
    """`start`, `unwind`, `rollback`, `unwind-back`, `finish`."""


def cutover_runbook(inputs: CutoverRunbookInputs) -> str:
    """Return the runbook in Markdown."""
    return render(_TEMPLATE, vars(inputs))
