"""boto3 clients: an explicit region, few retries, short time-outs."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

#: A dozen calls in a row stay well below the function's own time-out, even when each is tried twice.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=5,
)


@cache
def client(service: str, region: str) -> Any:
    """Return the client of a service (`rds`) in a region; made once a container."""
    return boto3.client(service, region_name=region, config=_CONFIG)
