"""What the function knows about its region: the document in CONFIG."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

HTTPS, TCP = "https", "tcp"


@dataclass(frozen=True, kw_only=True)
class Service:
    """How the service is reached."""

    protocol: str
    """`https`: the health path has to answer 2xx. `tcp`: the connection is enough."""
    host: str
    """Name of the load balancer."""
    port: int
    path: str
    """Health path; nothing for `tcp`."""
    server_name: str
    """The name on the load balancer's certificate, which is verified, and the `Host` header."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """How the region's cluster is reached."""

    host: str
    """The cluster's endpoint; of a secondary the reader endpoint, for its writer endpoint leads nowhere."""
    port: int


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One region."""

    region: str
    namespace: str
    """Of the metrics that the deep probe puts."""
    service: Service
    database: Database
    database_decides: bool
    """Whether the answer is 200 only when the database is reached, too; the metrics tell in any case."""
    cluster: str
    """DBClusterIdentifier, the dimension of the lag metric."""
    target_group_arn: str


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError, KeyError or ValueError for a wrong one: a defect of the stack."""
    document = json.loads(text)
    service = Service(**document.pop("service"))
    if service.protocol not in (HTTPS, TCP):
        raise ValueError(f"protocol is {service.protocol!r}, which is neither {HTTPS} nor {TCP}")
    return Configuration(service=service, database=Database(**document.pop("database")), **document)
