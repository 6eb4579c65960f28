"""The global database and its clusters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from shared.operations.recovery.facts import Database, Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.operations.common.asking import Asking


def database(name: str, regions: Sequence[str], asking: Asking) -> Database | None:
    """Return the global database as the first of the regions says that does say; no other is asked.

    That includes the members: their own state is asked for in `regions` only.
    """
    cluster = next(filter(None, (_global_cluster(name, region, asking) for region in regions)), None)
    if cluster is None:
        return None
    state = cluster.get("FailoverState") or {}
    to = str(state.get("ToDbClusterArn") or "")
    return Database(
        status=cluster["Status"],
        change=str(state.get("Status", "")),
        to=to.split(":")[3] if to else "",
        loses=bool(state.get("IsDataLossAllowed")),
        members=tuple(_member(member, regions, asking) for member in cluster["GlobalClusterMembers"]),
    )


def _global_cluster(name: str, region: str, asking: Asking) -> Mapping[str, Any] | None:
    rds = asking.client("rds", region)
    ask = partial(rds.describe_global_clusters, GlobalClusterIdentifier=name)
    answer: Any = asking.ask(f"RDS in {region}", ask)
    return None if answer is None else dict(answer["GlobalClusters"][0])


def _member(member: Mapping[str, Any], regions: Sequence[str], asking: Asking) -> Member:
    arn = str(member["DBClusterArn"])
    region, identifier = arn.split(":")[3], arn.rpartition(":")[2]
    answer: Mapping[str, Any] | None = None
    if region in regions:
        rds = asking.client("rds", region)
        # by its identifier: an ARN is for clusters of other accounts
        ask = partial(rds.describe_db_clusters, DBClusterIdentifier=identifier)
        answered: Any = asking.ask(f"RDS in {region}", ask)
        answer = None if answered is None else answered["DBClusters"][0]
    return Member(
        region=region,
        cluster_arn=arn,
        writer=bool(member["IsWriter"]),
        synchronization=str(member.get("SynchronizationStatus") or ""),
        status=str(answer["Status"]) if answer else "",
        engine_version=str(answer["EngineVersion"]) if answer else "",
    )
