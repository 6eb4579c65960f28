"""Clusters by themselves: identifiers, secrets, what their engine can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.checks.members import CLUSTER, INSTANCE, instances
from shared.policy.model import Platform, Resource
from shared.policy.registry import C, Judged, check, complaints, unless
from shared.policy.values import blocks, is_expression, leaves, number, on

_POSTGRES = "aurora-postgresql"
#: What turns the way back on, and plain text off (Aurora PostgreSQL's parameters).
_NEEDED = {"rds.logical_replication": "1", "rds.force_ssl": "1"}
_LEAST_DAYS = 7
_READERS = 2
_SECRETS = {
    "password",
    "master_password",
    "master_user_password",
    "secret_string",
    "secret_binary",
    "auth_token",
    "secret_key",
    "token",
}


@check(
    "RS11",
    "Identifiers of clusters and instances are unique across regions",
    why="A snapshot, an alarm or a command that names a cluster would mean two of them; members of a "
    "global database must differ (Aurora User Guide, configuration requirements)",
    remedy="Let Naming put the side into the purpose: aurora-source-SUFFIX, aurora-target-SUFFIX.",
)
def unique(platform: Platform) -> Iterator[Judged]:
    """Look at every cluster and instance."""
    named = [
        (each, each.get("cluster_identifier" if each.kind == CLUSTER else "identifier"))
        for each in platform.of(CLUSTER, INSTANCE)
    ]
    times = Counter((each.kind, str(name)) for each, name in named)
    for each, name in named:
        yield from complaints(
            each,
            unless(name, "it has no identifier"),
            unless(
                times[each.kind, str(name)] == 1, f"{name} is the identifier of {times[each.kind, str(name)]}"
            ),
        )


@check(
    "RS13",
    "No secret is written into a stack",
    why="What is in the JSON is in the state, the plan and the repository (PCI DSS 8.3, docs/decisions/0008)",
    remedy="Name a secret by its ARN, or use a write-only argument with an ephemeral value.",
)
def no_secrets(platform: Platform) -> Iterator[Judged]:
    """Look at every resource that has a place for a secret, and at every cluster's login."""
    for owner in platform.resources():
        found = [
            (path, value) for path, value in leaves(owner.values) if path and path[-1].lower() in _SECRETS
        ]
        write_only = owner.get("master_password_wo")
        if (
            not found
            and write_only is None
            and not owner.kind.startswith(("aws_rds_cluster", "aws_dms_endpoint"))
        ):
            continue
        open_ones = write_only is not None and "ephemeral." not in str(write_only)
        yield from complaints(
            owner,
            *(
                f"{'.'.join(path)} holds "
                + ("a value that goes into the state" if is_expression(value) else "a secret in plain text")
                for path, value in found
            ),
            "master_password_wo does not come from an ephemeral secret" if open_ones else "",
        )


@check(
    "RS15",
    "No cluster asks for backtrack where there is none",
    why="Backtrack exists for Aurora MySQL alone, and not in a global database: the apply fails "
    "(Aurora User Guide, backtracking)",
    remedy="Remove backtrack_window: the way back is point-in-time recovery, or the reverse task.",
)
def no_backtrack(platform: Platform) -> Iterator[Judged]:
    """Look at every cluster."""
    for cluster in platform.of(CLUSTER):
        asked = (number(cluster.get("backtrack_window")) or 0) > 0
        reason = (
            "a global database" if cluster.get("global_cluster_identifier") else str(cluster.get("engine"))
        )
        without = cluster.get("global_cluster_identifier") or cluster.get("engine") == _POSTGRES
        yield from complaints(
            cluster, f"it sets backtrack_window, which {reason} does not have" if asked and without else ""
        )


@check(
    "RS32",
    "The landing cluster can replicate back, refuses plain text, is backed up and has two readers",
    why="Logical replication is a static parameter: turned on at the cutover it costs a restart (DMS "
    "User Guide, Aurora PostgreSQL as a source)",
    remedy="Make it with modules/postgres_cluster.py and postgres_support.py.",
    systems=(C,),
)
def landing(platform: Platform) -> Iterator[Judged]:
    """Look at every cluster of Aurora PostgreSQL."""
    for cluster in platform.of(CLUSTER):
        if cluster.get("engine") != _POSTGRES:
            continue
        said = _parameters(platform, cluster)
        ours = instances(platform, cluster)
        zones = {each.get("availability_zone") for each in ours if each.get("availability_zone")}
        yield from complaints(
            cluster,
            *(f"{name} is not {value}" for name, value in _NEEDED.items() if said.get(name) != value),
            unless(
                (number(cluster.get("backup_retention_period")) or 0) >= _LEAST_DAYS,
                "it is kept less than 7 days",
            ),
            unless(len(ours) > _READERS, f"it has {max(len(ours) - 1, 0)} readers"),
            unless(len(zones) > _READERS or len(zones) == len(ours), "its readers share a zone"),
            unless(on(cluster.get("storage_encrypted")), "storage_encrypted is off"),
        )


def _parameters(platform: Platform, cluster: Resource) -> dict[str, str]:
    groups = tracing.of(platform, cluster, "db_cluster_parameter_group_name")
    return {
        str(each.get("name")): str(each.get("value"))
        for group in groups
        for each in blocks(group.values, "parameter")
    }
