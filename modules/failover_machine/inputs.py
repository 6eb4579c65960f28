"""What the state machine is built from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FailoverMachineInputs:
    """Names and ids of what the machine acts on: all of the standby region. May be Terraform references."""

    home: str
    """The primary region."""
    away: str
    """The standby region: the machine's own."""
    failover_function_arn: str
    drain_function_arn: str
    drain_seconds: int
    """How long one call of the drain may take: its own time-out, and some for Lambda."""
    checkpoint_parameter: str
    topic_arn: str
    """Where the machine tells what it does."""
    env_options: str
    """What `invoke` needs to find this deployment, for commands that are said: `--env NAME --suffix x1`."""
