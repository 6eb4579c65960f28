"""Lambda: functions reach load balancers and databases by their names, as far as these would answer.

No name of AWS's leads to this machine, and behind an emulated load balancer or cluster nothing listens: a
function that connects to one would find nobody whatever the state is. Here it gets a connection when the
state says so: to a cluster's endpoint with an instance behind it (the writer endpoint of a secondary leads
nowhere, its reader endpoint does; the global endpoint follows the writer), to a load balancer, which
answers HTTP 200 while a target is healthy, else 503. TLS to them is taken for granted. What a database
says is not emulated. The function's end of it is `lambda_sockets`.

AWS: "Amazon Aurora endpoint connections", "Connecting to Amazon Aurora Global Database".

    POST /moto-api/regionshift/reach {"host": "NAME.us-west-2.elb.amazonaws.com", "port": 443}
         {"status": 200}, null when nothing answers, 0 for a connection without HTTP
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, rds_backends

from shared.rehearsal.extensions import controls, health_endpoints
from shared.rehearsal.extensions.outages import OUTAGES
from shared.rehearsal.extensions.rds_global import is_secondary

#: The status of a connection that is not HTTP.
CONNECTED = 0


def install() -> None:
    """Serve the control."""
    controls.add("reach", control)


def control(_method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Say how a host answers. ValueError without a host."""
    host, port = document.get("host"), document.get("port")
    if not isinstance(host, str) or not isinstance(port, int):
        raise ValueError("host has to be a name, port a number")  # noqa: TRY004 - one kind of refusal
    if host.endswith(".rds.amazonaws.com"):
        return {"status": CONNECTED if _takes_connections(host, port) else None}
    return {"status": health_endpoints.ask(host, "/").status}


def _takes_connections(host: str, port: int) -> bool:
    cluster = _cluster_at(host)
    return (
        cluster is not None
        and int(cluster.port) == port
        and bool(cluster._members)
        and not OUTAGES.dead(cluster.region)
    )


def _cluster_at(host: str) -> DBCluster | None:
    """Return the cluster that an endpoint leads to now."""
    for account in list(rds_backends.values()):
        for backend in list(account.values()):
            for one in list(backend.global_clusters.values()):
                if one.endpoint == host:
                    return next((member for member in one.members if member.is_writer), None)
            for cluster in list(backend.clusters.values()):
                if host == cluster.reader_endpoint or (
                    host == cluster.endpoint and not is_secondary(cluster)
                ):
                    return cluster
    return None
