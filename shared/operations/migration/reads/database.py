"""The global database and its clusters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from shared.operations.migration.facts import Database, Member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.common.asking import Asking
    from shared.operations.migration.handles import Handles


def database(handles: Handles, asking: Asking) -> Database | None:
    """Return the global database, as the target's region says it, or else the source's."""
    cluster = _global_cluster(handles, asking)
    if cluster is None:
        return None
    return Database(
        status=cluster["Status"],
        changing=bool(cluster.get("FailoverState")),
        members=tuple(_member(member, asking) for member in cluster["GlobalClusterMembers"]),
    )


def _global_cluster(handles: Handles, asking: Asking) -> Mapping[str, Any] | None:
    for side in reversed(handles.sides):
        rds = asking.client("rds", side.region)
        ask = partial(rds.describe_global_clusters, GlobalClusterIdentifier=handles.global_cluster)
        answer: Any = asking.ask(side.region, ask)
        if answer is not None:
            return dict(answer["GlobalClusters"][0])
    return None


def _member(member: Mapping[str, Any], asking: Asking) -> Member:
    arn = str(member["DBClusterArn"])
    region = arn.split(":")[3]
    rds = asking.client("rds", region)
    # by its identifier: an ARN is for clusters of other accounts
    answer = asking.ask(
        region, lambda: rds.describe_db_clusters(DBClusterIdentifier=arn.rpartition(":")[2])["DBClusters"][0]
    )
    return Member(
        region=region,
        cluster_arn=arn,
        writer=bool(member["IsWriter"]),
        status=str(answer["Status"]) if answer else "",
        engine_version=str(answer["EngineVersion"]) if answer else "",
    )
