"""boto3 clients: an explicit region, few retries, short time-outs."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

#: A call to a region that hangs is given up after two of these and a pause: about ten seconds. What one
#: action asks of such a region ends well before the function's own time-out (60 s).
_CONNECT_SECONDS, _READ_SECONDS = 2, 4
#: A database that has just been promoted answers its first statement slowly.
_STATEMENT_SECONDS = 15


@cache
def client(service: str, region: str) -> Any:
    """Return the client of a service (`rds`) in a region; made once a container."""
    seconds = _STATEMENT_SECONDS if service == "rds-data" else _READ_SECONDS
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 2},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=seconds,
    )
    return boto3.client(service, region_name=region, config=config)
