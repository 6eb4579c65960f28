"""What the state machine is built from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RecordSide:
    """One of the two weighted records: the machine writes both in one change batch."""

    set_identifier: str
    dns_name: str
    zone_id: str
    """Hosted zone id of the load balancer, not of our zone."""


@dataclass(frozen=True, kw_only=True)
class MachineInputs:
    """Names and ids of what the machine acts on. All may be Terraform references."""

    source_region: str
    target_region: str
    hosted_zone_id: str
    record_name: str
    source: RecordSide
    target: RecordSide
    start_function_arn: str
    gate_function_arn: str
    writer_function_arn: str
    checkpoint_parameter: str
    approval_parameter: str
    kms_key_arn: str
    """Encrypts the approval's token."""
    topic_arn: str
    """Where the machine tells what it does."""
