"""What the function knows about the deployment: the document in CONFIG."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Names of what stands in `away`, and of what has the same name in both regions."""

    home: str
    """The primary region: the one that may be lost."""
    away: str
    """The standby region: the function's own."""
    global_cluster: str
    checkpoint_parameter: str
    pin_bucket: str
    pin_key: str
    alarms: Mapping[str, tuple[str, ...]]
    """Region -> names of its alarms that have to be OK before the writer is moved there in peace."""
    replication_lag_ms: float
    """Above this lag the writer is not moved in peace."""
    dns_seconds: int
    """After so many seconds everybody who asks DNS has heard of a change."""
    data_api: bool
    """Whether SQL may be sent to the database over HTTPS: the canary and the drain do."""
    secret: str
    """Name of the application's secret, in both regions; its login may insert into the canary's table."""
    database: str
    env_options: str
    """What `invoke` needs to find this deployment, for commands that are said: `--env NAME --suffix x1`."""

    @property
    def regions(self) -> tuple[str, str]:
        """Return both, the one that is left alone in a disaster last."""
        return self.away, self.home


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError or KeyError for a wrong one: a defect of the stack."""
    document = json.loads(text)
    alarms = {region: tuple(names) for region, names in document["alarms"].items()}
    return Configuration(**{**document, "alarms": alarms})
