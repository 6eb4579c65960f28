"""What the stacks publish, as their states say: `invoke outputs`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.table import Table

from shared.deploy import states
from shared.deploy.queue import command_for
from shared.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shared.deploy.manifest import Manifest, StackEntry
    from shared.deploy.states import ClientFactory

_REGION_NAMES = (
    "vpc_id",
    "vpc_cidr",
    "public_subnet_ids",
    "private_subnet_ids",
    "aurora_cluster_endpoint",
    "aurora_cluster_reader_endpoint",
    "alb_dns_name",
    "asg_name",
    "route53_zone_id",
    "vpc_peering_id",
    "kms_key_id",
    "kms_key_arn",
)
#: The flat file's names, for each system (requirements A11, B8, C14).
FLAT_NAMES = {
    "region-migration": (*_REGION_NAMES, "state_machine_arn", "migration_runbook"),
    "disaster-recovery": (
        *_REGION_NAMES,
        "probe_host",
        "traffic_record_name",
        "primary_health_check",
        "standby_probe_health_check",
        "pin_bucket",
        "pin_key",
        "intents_table",
        "state_machine_arn",
        "failover_runbook",
    ),
    "database-migration": (
        "vpc_id",
        "vpc_cidr",
        "public_subnet_ids",
        "private_subnet_ids",
        "kms_key_id",
        "kms_key_arn",
        "alarm_topic_arn",
        "vpc_peering_id",
        "private_route_table_ids",
        "aurora_cluster_identifier",
        "aurora_cluster_arn",
        "aurora_cluster_endpoint",
        "aurora_cluster_reader_endpoint",
        "aurora_security_group_id",
        "dms_replication_instance_arn",
        "dms_security_group_id",
        "dms_source_endpoint_arn",
        "dms_target_endpoint_arn",
        "dms_forward_task_arn",
        "dms_forward_task_id",
        "dms_reverse_task_arn",
        "route53_zone_id",
        "name_servers",
        "record_name",
        "cutover_function",
        "config_parameter",
        "state_parameter",
        "migration_topic_arn",
        "dashboard_name",
        "lag_source_alarm",
        "lag_target_alarm",
        "backup_vault_name",
        "backup_plan_id",
    ),
}
#: Apps whose outputs the flat file takes: the region that the platform goes to, and what is global.
FLAT_APPS = {
    "region-migration": ("target", "global"),
    "disaster-recovery": ("standby", "global"),
    "database-migration": ("landing",),
}


def read(manifest: Manifest, clients: ClientFactory, addresses: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return address -> output name -> value for the stacks that stand, in the manifest's order."""
    chosen = set(addresses)
    found = states.observe(manifest, clients, chosen)
    return {e.address: dict(found[e.address].outputs) for e in manifest.stacks if e.address in found}


def flat_region(manifest: Manifest) -> str:
    """Return the region whose outputs the flat file takes."""
    return next(entry.region for entry in manifest.stacks if entry.app == FLAT_APPS[manifest.system][0])


def flat(manifest: Manifest, clients: ClientFactory) -> dict[str, Any]:
    """Return the target region's outputs under the requirement's names.

    Names that no stack of this version publishes are left out. Raises UserError with every output
    that is not there because its stack was never applied, and every name that two stacks claim with
    different values.
    """
    names = FLAT_NAMES.get(manifest.system, ())
    entries = [entry for entry in manifest.stacks if entry.app in FLAT_APPS.get(manifest.system, ())]
    publishers = {n: [e for e in entries if n in e.publishes] for n in names}
    values = read(manifest, clients, [entry.address for entry in entries])
    merged: dict[str, Any] = {}
    problems = []
    for name, stacks in publishers.items():
        problem = _problem(name, stacks, values, manifest.place)
        if problem:
            problems.append(problem)
        elif stacks:
            merged[name] = values[stacks[0].address][name]
    if not names:
        problems.append(Problem(what=f"no flat outputs are defined for the system {manifest.system}"))
    if problems:
        raise UserError(problems)
    return merged


def _problem(
    name: str, stacks: list[StackEntry], values: Mapping[str, Mapping[str, Any]], place: str
) -> Problem | None:
    """Return why the output has no single value, None when it has one or nobody publishes it."""
    for entry in stacks:
        if name not in values.get(entry.address, {}):
            what = f"{name} has no value: {entry.address} was not applied"
            return Problem(what=what, remedy=f"run `{command_for(entry.address, place)}`")
    if len({json.dumps(values[entry.address][name]) for entry in stacks}) > 1:
        claims = " and ".join(entry.address for entry in stacks)
        return Problem(what=f"{name} has different values in {claims}", remedy="one stack has to publish it")
    return None


def write(document: Mapping[str, Any], path: Path) -> None:
    """Write the outputs as JSON; a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    fresh.replace(path)


def table(values: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return the outputs as a table for a terminal: one section a stack."""
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("stack", style="cyan", no_wrap=True)
    drawn.add_column("output", no_wrap=True)
    drawn.add_column("value", overflow="fold")
    for address, published in values.items():
        for number, (name, value) in enumerate(sorted(published.items())):
            drawn.add_row(address if number == 0 else "", name, _text(value))
    return drawn


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {item}" for key, item in sorted(value.items()))
    return str(value)
