"""How long here what takes minutes in AWS: the server's options `--time-scale`, `--switchover-seconds`.

Kept in moto's configuration, which every handler can read; the defaults are a server's without options.
How long the waits of a state machine last can be said while the server runs:

    POST /moto-api/regionshift/waits {"scale": 0.05}     a wait of 300 s lasts 15 s
    GET                              {"scale": 1.0}
    DELETE                                               as long as they say, again
"""

from __future__ import annotations

from typing import Any

from moto.core.config import default_user_config

#: Metric periods as long as AWS's.
TIME_SCALE = 1.0
#: AWS takes about a minute; a rehearsal has to see the moment, not to wait for it.
SWITCHOVER_SECONDS = 2.0

_NAME = "regionshift"


def configure(*, scale: float, switchover: float) -> None:
    """Set both, before the first request."""
    default_user_config[_NAME] = {"time_scale": scale, "switchover_seconds": switchover, "wait_scale": 1.0}


def time_scale() -> float:
    """Return what a period of one second lasts, in seconds."""
    return float(default_user_config.get(_NAME, {}).get("time_scale", TIME_SCALE))


def switchover_seconds() -> float:
    """Return how long a global database takes to move its writer."""
    return float(default_user_config.get(_NAME, {}).get("switchover_seconds", SWITCHOVER_SECONDS))


def wait_scale() -> float:
    """Return what a second of a state machine's Wait state lasts, in seconds."""
    return float(default_user_config.get(_NAME, {}).get("wait_scale", 1.0))


def control_waits(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Set, show or forget how long waits last. ValueError for a scale that is not above 0, up to 1."""
    if method == "POST":
        scale = document.get("scale")
        if not isinstance(scale, int | float) or not 0 < scale <= 1:
            raise ValueError(f"scale has to be above 0 and not above 1, not {scale!r}")
        default_user_config[_NAME]["wait_scale"] = float(scale)
    elif method == "DELETE":
        default_user_config[_NAME]["wait_scale"] = 1.0
    return {"scale": wait_scale()}
