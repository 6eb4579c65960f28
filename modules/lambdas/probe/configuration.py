"""What the function knows about its region: the document in CONFIG."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What it looks at."""

    region: str
    side: str
    """`primary` or `standby`."""
    database_endpoints: tuple[str, ...]
    """Of the region's cluster; one that takes connections is enough."""
    database_port: int
    target_group_arn: str
    healthy_targets_minimum: int
    timeout_ms: int
    """For all looks together."""
    metrics_namespace: str


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError for a wrong one: a defect of the stack."""
    document = json.loads(text)
    return Configuration(**{**document, "database_endpoints": tuple(document["database_endpoints"])})
