"""What stacks publish and read: nothing else crosses a stack's border.

A contract is a frozen dataclass. The producer publishes an instance (one Terraform output a
field, under the field's name); the consumer reads the same class from remote state. Field types
are `str`, `tuple[str, ...]` and `Mapping[str, str]`.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

TERRAFORM_TYPES: dict[Any, str] = {
    str: "string",
    tuple[str, ...]: "list(string)",
    Mapping[str, str]: "map(string)",
}


@dataclass(frozen=True, kw_only=True)
class Contract:
    """Base of all contracts."""

    @classmethod
    def schema(cls) -> dict[str, str]:
        """Return output name -> Terraform type. Raises TypeError for a field of another type."""
        hints = typing.get_type_hints(cls)
        schema = {}
        for field in fields(cls):
            hint = hints[field.name]
            if hint not in TERRAFORM_TYPES:
                raise TypeError(f"{cls.__name__}.{field.name}: {hint} cannot cross a stack's border")
            schema[field.name] = TERRAFORM_TYPES[hint]
        return schema


@dataclass(frozen=True, kw_only=True)
class Foundation(Contract):
    """A region's network without its routes, its key and its alarm topic."""

    vpc_id: str
    vpc_cidr: str
    public_subnet_ids: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]
    internet_gateway_id: str
    nat_gateway_ids: tuple[str, ...]
    """One per private subnet, in the same order; a NAT that serves several is repeated."""
    kms_key_id: str
    kms_key_arn: str
    alarm_topic_arn: str


@dataclass(frozen=True, kw_only=True)
class Routing(Contract):
    """A region's side of the peering and its route tables."""

    vpc_peering_id: str
    public_route_table_id: str
    private_route_table_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Database(Contract):
    """One region's Aurora cluster."""

    aurora_cluster_identifier: str
    aurora_cluster_arn: str
    aurora_cluster_endpoint: str
    """Writer endpoint; a secondary's is not writable until the switchover."""
    aurora_cluster_reader_endpoint: str
    replication_lag_alarm: str
    """Name of the RPO lag alarm in this region."""


@dataclass(frozen=True, kw_only=True)
class PrimaryDatabase(Database):
    """The cluster that wrote when the global database was made, and the global database."""

    global_cluster_identifier: str
    global_writer_endpoint: str
    """Follows the writer through a switchover: what the service connects to."""
    engine_version: str


@dataclass(frozen=True, kw_only=True)
class Domain(Contract):
    """The hosted zone, and one certificate per region."""

    route53_zone_id: str
    name_servers: tuple[str, ...]
    """What the parent zone has to delegate to: an undelegated zone moves nobody."""
    record_name: str
    certificate_arns: Mapping[str, str]
    """Region -> ARN of the issued certificate."""


@dataclass(frozen=True, kw_only=True)
class Service(Contract):
    """A region's payment service."""

    alb_dns_name: str
    alb_zone_id: str
    alb_arn_suffix: str
    https_listener_arn: str
    """Where the migration pauses writes for a moment."""
    target_group_arn: str
    target_group_arn_suffix: str
    asg_name: str
    healthy_hosts_alarm: str
    """Name of the healthy hosts alarm in this region."""


@dataclass(frozen=True, kw_only=True)
class Traffic(Contract):
    """The weighted records."""

    traffic_record_name: str
    source_set_identifier: str
    target_set_identifier: str


@dataclass(frozen=True, kw_only=True)
class Probe(Contract):
    """What answers for a region when Route 53 asks whether it is well."""

    probe_function: str
    probe_host: str
    """Host of its URL: `https://HOST/` answers 200 or 503."""
    probe_unwell_alarm: str
    """Name of the alarm on answers of 5xx."""
    probe_unasked_alarm: str
    """Name of the alarm on silence: nobody asks."""


@dataclass(frozen=True, kw_only=True)
class FailoverTraffic(Contract):
    """The failover records, what decides between them, and the pin."""

    traffic_record_name: str
    primary_set_identifier: str
    standby_set_identifier: str
    primary_health_check: str
    """Of the primary's record: its probe is well, and it is not pinned."""
    primary_probe_health_check: str
    standby_probe_health_check: str
    pin_health_check: str
    """Healthy while there is no pin."""
    pin_bucket: str
    """In the standby region."""
    pin_key: str
    """An object with this key, whatever is in it, keeps the primary out of DNS."""


@dataclass(frozen=True, kw_only=True)
class Intents(Contract):
    """The global table of payment intents (its keys: `shared/intents/schema.py`)."""

    intents_table: str
    """The same name in both regions."""


@dataclass(frozen=True, kw_only=True)
class Failover(Contract):
    """What brings the platform to the standby region, and back. All of it is in the standby region."""

    state_machine_arn: str
    """Carries out `failover`, `switchover` and `failback`."""
    checkpoint_parameter: str
    """How far it came."""
    failover_function: str
    """What it looks, pins and moves the writer with."""
    drain_function: str
    """Brings intents into the database; called again while it answers `done: false`."""
    failover_runbook: str
    """Markdown with this deployment's ids."""


@dataclass(frozen=True, kw_only=True)
class Migration(Contract):
    """What the migration is carried out with."""

    state_machine_arn: str
    migration_runbook: str
    """Markdown with this deployment's ids."""
    checkpoint_parameter: str
    approval_parameter: str
    start_function: str
    gate_function: str
    writer_function: str


@dataclass(frozen=True, kw_only=True)
class LandedDatabase(Contract):
    """The Aurora PostgreSQL cluster that a database comes to."""

    aurora_cluster_identifier: str
    aurora_cluster_arn: str
    aurora_cluster_endpoint: str
    """Writer endpoint: what the target's secret and the write name lead to."""
    aurora_cluster_reader_endpoint: str
    aurora_security_group_id: str


@dataclass(frozen=True, kw_only=True)
class Replication(Contract):
    """DMS: the instance, its endpoints, and a task in each direction."""

    dms_replication_instance_arn: str
    dms_replication_instance_id: str
    dms_security_group_id: str
    dms_source_endpoint_arn: str
    dms_target_endpoint_arn: str
    dms_forward_task_arn: str
    dms_forward_task_id: str
    """Last part of its ARN: its dimension in CloudWatch."""
    dms_reverse_task_arn: str
    """Aurora to on-premises: the way back. Started before Aurora's first write."""


@dataclass(frozen=True, kw_only=True)
class Cutover(Contract):
    """What moves the write name, what it looks at, and what it writes down."""

    route53_zone_id: str
    name_servers: tuple[str, ...]
    """What the parent zone has to delegate to."""
    record_name: str
    on_premises_set_identifier: str
    aurora_set_identifier: str
    cutover_function: str
    cutover_dead_letters_url: str
    config_parameter: str
    state_parameter: str
    migration_topic_arn: str
    dashboard_name: str
    lag_source_alarm: str
    lag_target_alarm: str
    cutover_runbook: str
    """Markdown with this deployment's ids."""


@dataclass(frozen=True, kw_only=True)
class Backup(Contract):
    """Copies beside Aurora's own."""

    backup_vault_name: str
    backup_plan_id: str
