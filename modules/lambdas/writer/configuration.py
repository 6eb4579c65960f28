"""What the function knows about the deployment: the document in CONFIG."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Region:
    """What is changed in one region."""

    cluster_arn: str
    https_listener_arn: str
    """The listener that clients write through."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """How a write is proved, before and after the switchover."""

    enabled: bool
    secret: str
    """Name of the application's secret, whose login may insert into (and make) the canary's table."""
    database: str


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The global database, both regions and the canary."""

    global_cluster: str
    regions: Mapping[str, Region]
    canary: Canary


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError or KeyError for a wrong one: a defect of the stack."""
    document = json.loads(text)
    return Configuration(
        global_cluster=document["global_cluster"],
        regions={name: Region(**region) for name, region in document["regions"].items()},
        canary=Canary(**document["canary"]),
    )
