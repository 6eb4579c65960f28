"""The members of an Aurora global database: what a secondary must and must not say."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import A, B, Judged, check, complaints, unless
from shared.policy.values import on, texts

CLUSTER = "aws_rds_cluster"
INSTANCE = "aws_rds_cluster_instance"
GLOBAL = "aws_rds_global_cluster"
_TAKEN_FROM = (GLOBAL, "engine_version")
#: An exact version of Aurora MySQL: 8.0.mysql_aurora.3.10.1.
_MYSQL_DOTS = 5
_LEAST_ZONES = 2
_LEFT_ALONE = {"replication_source_identifier", "global_cluster_identifier", "engine_version"}


def members(platform: Platform) -> list[Resource]:
    """Return the clusters that belong to a global database."""
    return [each for each in platform.of(CLUSTER) if each.get("global_cluster_identifier")]


def worldwide(platform: Platform, member: Resource) -> Resource | None:
    """Return the global database of a cluster; None when it is not found."""
    found = tracing.of(platform, member, "global_cluster_identifier")
    return next((each for each in found if each.kind == GLOBAL), None)


def secondaries(platform: Platform) -> list[Resource]:
    """Return the members that stand in another region than their global database was made in."""
    pairs = [(each, worldwide(platform, each)) for each in members(platform)]
    return [each for each, whole in pairs if whole is None or whole.region != each.region]


def instances(platform: Platform, cluster: Resource) -> list[Resource]:
    """Return the instances of a cluster."""
    return [
        each for each in platform.of(INSTANCE) if cluster in tracing.of(platform, each, "cluster_identifier")
    ]


@check(
    "RS09",
    "A secondary cluster takes everything from its primary, and keeps what a switchover changes",
    why="With a login of its own it is no secondary; without a local key or source region it is not "
    "made; with `replication_source_identifier` managed the second apply makes it stand alone "
    "(terraform-provider-aws#13715, #40921, #43214)",
    remedy="Make it with modules/aurora_secondary.py.",
    systems=(A, B),
)
def secondary(platform: Platform) -> Iterator[Judged]:
    """Look at every secondary cluster."""
    for cluster in secondaries(platform):
        whole = worldwide(platform, cluster)
        own = sorted(name for name in cluster.values if name.startswith("master_") or name == "database_name")
        managed = sorted(_LEFT_ALONE - cluster.ignores())
        yield from complaints(
            cluster,
            unless(whole, "its global database is not found"),
            unless(not own, f"it sets {', '.join(own)}, which come from the primary"),
            unless(cluster.get("source_region"), "it has no source_region"),
            unless(cluster.get("kms_key_id"), "it has no kms_key_id of its region"),
            unless(not managed, f"it does not ignore changes of {', '.join(managed)}"),
            unless(
                whole is None or _comes_after(cluster, whole),
                "nothing makes it wait for the primary's instances",
            ),
        )


def _comes_after(cluster: Resource, whole: Resource) -> bool:
    if cluster.stack is whole.stack:
        waits = texts(cluster.get("depends_on"))
        return any(each.startswith(f"{INSTANCE}.") for each in waits)
    return whole.stack.address in cluster.stack.reads


@check(
    "RS10",
    "All members have one exact engine version, and nothing raises it by itself",
    why="Aurora MySQL cannot switch over between different patch levels (Aurora User Guide, upgrading "
    "a global database)",
    remedy="Set `database.engine_version` to the full version and leave auto_minor_version_upgrade off.",
    systems=(A, B),
)
def one_version(platform: Platform) -> Iterator[Judged]:
    """Look at the global database, its members and their instances."""
    wholes = platform.of(GLOBAL)
    said = {each.place: _versions(platform, each) for each in [*wholes, *members(platform)]}
    known = {version for versions in said.values() for version in versions}
    for each in [*wholes, *members(platform)]:
        ours = said[each.place]
        yield from complaints(
            each,
            unless(
                ours or _adopts(each) or not known, "its engine_version is not known before it is applied"
            ),
            unless(
                len(known) <= 1 or not ours,
                f"its engine_version is {', '.join(ours)}, and there is {' and '.join(sorted(known))}",
            ),
            *(
                f"engine_version {v} has no patch level"
                for v in ours
                if "mysql" in str(each.get("engine")) and v.count(".") < _MYSQL_DOTS
            ),
        )
    for cluster in members(platform):
        for instance in instances(platform, cluster):
            upgrades = instance.get("auto_minor_version_upgrade") is not False
            yield from complaints(instance, "its minor version is raised by itself" if upgrades else "")


def _versions(platform: Platform, each: Resource) -> list[str]:
    """Return the version that is written, there or at the global database that it is taken from."""
    found = tracing.targets(platform, each.stack, each.get("engine_version"))
    written = {str(target.literal) for target in found if target.literal is not None}
    for target in found:
        if target.resource is not None and (target.resource.kind, target.attribute) == _TAKEN_FROM:
            written.update(_versions(platform, target.resource))
    return sorted(written)


def _adopts(each: Resource) -> bool:
    return bool(each.get("source_db_cluster_identifier"))


@check(
    "RS12",
    "A global database runs on classes that it supports, with instances to promote in two zones",
    why="A global database does not run on t classes; without a promotion tier chance decides who "
    "becomes the writer (Aurora User Guide, configuration requirements)",
    remedy="Use db.r5 or newer, set promotion_tier, and place the instances in different zones.",
)
def promotable(platform: Platform) -> Iterator[Judged]:
    """Look at every cluster and its instances."""
    together = members(platform)
    for cluster in platform.of(CLUSTER):
        ours = instances(platform, cluster)
        zones = {str(each.get("availability_zone")) for each in ours if each.get("availability_zone")}
        yield from complaints(
            cluster, unless(len(zones) >= _LEAST_ZONES, f"its instances are in {len(zones)} zones")
        )
        for each in ours:
            small = cluster in together and str(each.get("instance_class")).startswith("db.t")
            yield from complaints(
                each,
                f"{each.get('instance_class')} does not run in a global database" if small else "",
                unless(each.get("promotion_tier") is not None, "it has no promotion_tier"),
            )


@check(
    "RS14",
    "No member lets RDS manage its password",
    why="A global database does not support it (Aurora User Guide, password management with Secrets Manager)",
    remedy="Use master_password_wo with a secret that is fetched (docs/decisions/0008).",
    systems=(A, B),
)
def unmanaged(platform: Platform) -> Iterator[Judged]:
    """Look at every member."""
    for cluster in members(platform):
        yield from complaints(
            cluster,
            "it sets manage_master_user_password" if on(cluster.get("manage_master_user_password")) else "",
        )
