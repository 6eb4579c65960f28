"""What the function knows about the deployment: the document in CONFIG."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Region:
    """What is looked at in one region."""

    healthy_hosts_alarm: str
    replication_lag_alarm: str
    cluster: str
    """DBClusterIdentifier, the dimension of the lag metric."""
    target_group_arn: str
    target_group: str
    """Suffix of the ARN, as the metrics' dimensions have it."""
    load_balancer: str
    """Suffix of the ARN."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is still healthy."""

    replication_lag_ms: float
    healthy_hosts_minimum: int
    minimum_samples: int
    """Requests in the window below which an error rate says nothing."""
    error_rate_increase: float
    """Percentage points by which the target's error rate may exceed the source's."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Both regions and the limits."""

    source: str
    target: str
    regions: Mapping[str, Region]
    limits: Limits

    def other(self, region: str) -> str:
        """Return the region that is not `region`."""
        return self.target if region == self.source else self.source


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError or KeyError for a wrong one: a defect of the stack."""
    document = json.loads(text)
    return Configuration(
        source=document["source"],
        target=document["target"],
        regions={name: Region(**region) for name, region in document["regions"].items()},
        limits=Limits(**document["limits"]),
    )
