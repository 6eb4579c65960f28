"""What the function knows about the deployment: the document in CONFIG."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The region's table, and the cluster that writes when intents are drained."""

    region: str
    """Of the function, the replica of the table and the cluster: nothing else has to be there."""
    table: str
    cluster_arn: str
    """Of the cluster in `region`."""
    secret: str
    """Name of the application's secret in each region; its login may insert into `payment_intents`."""
    database: str
    retention_days: int = 30
    """How long an intent that was drained is kept: repetitions are recognised so long."""
    global_cluster: str = ""
    """Whose members say which cluster is the other region's."""
    other_region: str = ""
    """The region that wrote before, and may again."""
    index_seconds: float = 1.5
    """How long the index is waited for, which follows the table within about a second."""


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError for a wrong one: a defect of the stack."""
    return Configuration(**json.loads(text))
