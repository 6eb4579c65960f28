"""Who moves what Terraform leaves alone: the intended exceptions of `invoke drift`, and nothing else.

`OWNED` has every argument that stands under `ignore_changes` somewhere in a system's stacks, with the
operation that moves it; a test holds it against the synthesized JSON. `ALONG` has what changes with it and is
only read by the provider: nobody can set it, so no apply puts it back. Whatever is in neither is drift, and
so is an argument of the table on a resource that does not ignore it: the next apply would put that back.
A cluster that left its global cluster is drift, too, unless `invoke migrate.finalize` takes it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MIGRATION, RECOVERY, LANDING = "region-migration", "disaster-recovery", "database-migration"
Values = Mapping[str, Any]
_ALL = (MIGRATION, RECOVERY, LANDING)
_REGIONAL = (MIGRATION, RECOVERY)


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who moves it, and why that is meant."""

    operation: str
    """Commands, or what it is in AWS that does it."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Owned:
    """An attribute of a type of resource, and its owner in some systems."""

    type: str
    attribute: str
    """A top-level argument, as `ignore_changes` names it."""
    owner: Owner
    systems: tuple[str, ...] = _ALL


def _owned(kind: str, attributes: str, operation: str, reason: str, *systems: str) -> Iterator[Owned]:
    """Yield an entry for each of the attributes, which stand with blanks between."""
    owner = Owner(operation=operation, reason=reason)
    for attribute in attributes.split():
        yield Owned(type=kind, attribute=attribute, owner=owner, systems=systems or _ALL)


_PLACES = "replication_source_identifier global_cluster_identifier"
_UPGRADE = "the upgrade of the global cluster", "its members follow the version of the global cluster"
_SCALING = "the scaling policy", "the number of instances follows the load"
_WHERE = "which cluster writes, and which is a member, is where the database was moved to"
_STANDS = "it says where the operation stands, and what it found"

#: Every argument under `ignore_changes`, and nothing else.
OWNED: tuple[Owned, ...] = (
    *_owned(
        *("aws_route53_record", "weighted_routing_policy", "invoke migrate.*"),
        *("the weights are how much of the traffic the migration has moved", MIGRATION),
    ),
    *_owned(
        *("aws_route53_record", "weighted_routing_policy", "invoke cutover.*"),
        *("the write name leads to the database that the cutover chose", LANDING),
    ),
    *_owned("aws_rds_cluster", _PLACES, "invoke migrate.*", _WHERE, MIGRATION),
    *_owned("aws_rds_cluster", _PLACES, "invoke failover.*", _WHERE, RECOVERY),
    *_owned("aws_rds_cluster", "engine_version", *_UPGRADE, *_REGIONAL),
    *_owned("aws_rds_global_cluster", "engine_version", *_UPGRADE, MIGRATION),
    *_owned(
        *("aws_rds_global_cluster", "source_db_cluster_identifier", "the adoption"),
        *("it is what the global cluster was made around, and the writer moves on", MIGRATION),
    ),
    *_owned("aws_autoscaling_group", "desired_capacity", *_SCALING, *_REGIONAL),
    *_owned("aws_ssm_parameter", "value", "invoke migrate.*", _STANDS, MIGRATION),
    *_owned("aws_ssm_parameter", "value", "invoke failover.*", _STANDS, RECOVERY),
    *_owned(
        *("terraform_data", "input", "service.ami_release in the settings"),
        *("a newer machine image of AWS's is taken when a release is asked for", *_REGIONAL),
    ),
)
_WRITER = "the writer is where the database was moved to"
_WRITES = "the database was moved, or an instance that failed handed the writing over"
#: What the provider only reads and operations change.
ALONG: tuple[Owned, ...] = (
    *_owned("aws_ssm_parameter", "version insecure_value", "invoke migrate.*", _STANDS, MIGRATION),
    *_owned("aws_ssm_parameter", "version insecure_value", "invoke failover.*", _STANDS, RECOVERY),
    *_owned("aws_ssm_parameter", "version", "invoke cutover.*", _STANDS, LANDING),
    *_owned("aws_rds_global_cluster", "global_cluster_members", "invoke migrate.*", _WRITER, MIGRATION),
    *_owned("aws_rds_global_cluster", "global_cluster_members", "invoke failover.*", _WRITER, RECOVERY),
    *_owned("aws_rds_global_cluster", "engine_version_actual", *_UPGRADE, *_REGIONAL),
    *_owned("aws_rds_cluster", "engine_version_actual", *_UPGRADE, *_REGIONAL),
    *_owned("aws_rds_cluster_instance", "engine_version_actual", *_UPGRADE, *_REGIONAL),
    *_owned("aws_rds_cluster_instance", "writer", "invoke migrate.*", _WRITES, MIGRATION),
    *_owned("aws_rds_cluster_instance", "writer", "invoke failover.*", _WRITES, RECOVERY),
    *_owned("aws_rds_cluster_instance", "writer", "Aurora", _WRITES, LANDING),
    *_owned(
        *("aws_dms_replication_task", "status", "invoke cutover.*"),
        *("the cutover starts and stops the tasks, Terraform never does", LANDING),
    ),
)

_OWNED, _ALONG = (
    {(system, one.type, one.attribute): one.owner for one in table for system in one.systems}
    for table in (OWNED, ALONG)
)


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Who owns what in one stack."""

    system: str
    ignored: frozenset[tuple[str, str]]
    """Address and argument of everything under `ignore_changes` in the stack."""
    leaves: str = ""
    """Region whose cluster an operation takes out of the global cluster; empty: none does."""

    def of(self, address: str, kind: str, attribute: str, change: tuple[Values, Values]) -> Owner | None:
        """Return who moves an attribute of a resource; None when nobody does.

        `change`: the resource before and after.
        """
        if any(arn.split(":")[3] != self.leaves for arn in _left(attribute, *change)):
            return None
        entry = (self.system, kind, attribute)
        # of several of one block each has an index behind its address
        ignored = (address.partition("[")[0], attribute) in self.ignored
        return (_OWNED.get(entry) if ignored else None) or _ALONG.get(entry)


def _left(attribute: str, before: Values, after: Values) -> set[str]:
    """Return the ARNs of the clusters that are in no global cluster, or not in this one, any more."""
    if attribute == "global_cluster_identifier" and before.get(attribute) and not after.get(attribute):
        return {before["arn"]}
    if attribute == "global_cluster_members":
        old, new = ({one["db_cluster_arn"] for one in side.get(attribute) or ()} for side in (before, after))
        return old - new
    return set()


def in_stack(system: str, document: Mapping[str, Any]) -> Owners:
    """Return the owners in a stack of a system, whose synthesized JSON this is."""
    blocks = (
        (f"{kind}.{name}", block)
        for kind, made in document.get("resource", {}).items()
        for name, block in made.items()
    )
    # the global cluster is in the stack of the source's, which leaves it in the end
    home = system == MIGRATION and "aws_rds_global_cluster" in document.get("resource", {})
    providers = document.get("provider", {}).get("aws", ()) if home else ()
    return Owners(
        system=system,
        leaves=next((one["region"] for one in providers if "alias" not in one), ""),
        ignored=frozenset(
            (address, attribute)
            for address, block in blocks
            # who owns what of it, the table says
            for attribute in block.get("lifecycle", {}).get("ignore_changes") or ()
        ),
    )
