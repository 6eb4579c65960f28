"""Moving the writer: with loss, because its region is gone, or in peace. Both may be asked for again."""

from __future__ import annotations

from typing import Any

from .aws import client
from .configuration import Configuration
from .errors import FailoverError, StillChanging, calling
from .topology import Topology, described


def promote(configuration: Configuration) -> dict[str, Any]:
    """Ask for the failover to the standby region, with loss; nothing is asked of the primary region.

    Not asked for when it writes there already or the failover is under way. StillChanging when something
    else is: a switchover whose region was lost ends first. FailoverError when it cannot be asked for.
    """
    away = configuration.away
    topology = described(configuration, only=away)
    if _promoted(topology, away):
        return {"asked": False, "writer": topology.writer}
    target = topology.member(away).cluster_arn
    try:
        calling(
            "rds:FailoverGlobalCluster",
            away,
            lambda: client("rds", away).failover_global_cluster(
                GlobalClusterIdentifier=configuration.global_cluster,
                TargetDbClusterIdentifier=target,
                AllowDataLoss=True,
            ),
        )
    except FailoverError as error:
        # It may have been taken, though its answer got lost: the repeated call is refused then.
        now = described(configuration, only=away)
        if not _promoted(now, away):
            raise _kind_of(error, now) from error
    return {"asked": True, "writer": topology.writer}


def switch(configuration: Configuration, to: str) -> dict[str, Any]:
    """Ask for the switchover to a region, unless it writes there or that is under way already.

    It is sent to the region of the present writer: RDS takes it nowhere else ("Using switchover or
    failover in Amazon Aurora Global Database"). Raises as `promote` does.
    """
    if to not in configuration.regions:
        raise FailoverError(f"to is {to!r}, which is none of {', '.join(configuration.regions)}")
    topology = described(configuration)
    if _switched(topology, to):
        return {"asked": False, "writer": topology.writer}
    target, writer = topology.member(to).cluster_arn, topology.writer
    if not writer:
        raise FailoverError(f"{configuration.global_cluster} has not exactly one writer")
    try:
        calling(
            "rds:SwitchoverGlobalCluster",
            writer,
            lambda: client("rds", writer).switchover_global_cluster(
                GlobalClusterIdentifier=configuration.global_cluster, TargetDbClusterIdentifier=target
            ),
        )
    except FailoverError as error:
        now = described(configuration)
        if not _switched(now, to):
            raise _kind_of(error, now) from error
    return {"asked": True, "writer": writer}


def _promoted(topology: Topology, away: str) -> bool:
    """Say whether the failover was taken: it is done, or under way."""
    change = topology.change
    return topology.stays_in(away) or (change is not None and change.to == away and change.loses)


def _switched(topology: Topology, to: str) -> bool:
    return topology.stays_in(to) or (topology.change is not None and topology.change.to == to)


def _kind_of(error: FailoverError, topology: Topology) -> FailoverError:
    if not topology.under_way:
        return error
    to = topology.change.to if topology.change else "nobody says where"
    return StillChanging(f"{error}; the global database is {topology.status} (to: {to})")
