"""boto3 clients: an explicit region, few retries, short time-outs."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

#: Every action ends before the function's own time-out (60 s) when a region cannot be reached.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=15,
)


@cache
def client(service: str, region: str) -> Any:
    """Return the client of a service (`rds`) in a region; made once a container."""
    return boto3.client(service, region_name=region, config=_CONFIG)
