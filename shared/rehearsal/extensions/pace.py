"""How long here what takes minutes in AWS: the server's options `--time-scale`, `--switchover-seconds`.

Kept in moto's configuration, which every handler can read; the defaults are a server's without options.
"""

from __future__ import annotations

from moto.core.config import default_user_config

#: Metric periods as long as AWS's.
TIME_SCALE = 1.0
#: AWS takes about a minute; a rehearsal has to see the moment, not to wait for it.
SWITCHOVER_SECONDS = 2.0

_NAME = "regionshift"


def configure(*, scale: float, switchover: float) -> None:
    """Set both, before the first request."""
    default_user_config[_NAME] = {"time_scale": scale, "switchover_seconds": switchover}


def time_scale() -> float:
    """Return what a period of one second lasts, in seconds."""
    return float(default_user_config.get(_NAME, {}).get("time_scale", TIME_SCALE))


def switchover_seconds() -> float:
    """Return how long a global database takes to move its writer."""
    return float(default_user_config.get(_NAME, {}).get("switchover_seconds", SWITCHOVER_SECONDS))
