"""The looks: each returns why the region is not well, or None. None of them raises for an ill region."""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from .configuration import Configuration


@cache
def client(region: str, seconds: float) -> Any:
    """Return the load balancer's client; made once a container. It never tries twice: the checker does."""
    config = Config(connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1})
    return boto3.client("elbv2", region_name=region, config=config)


def look(configuration: Configuration) -> list[str]:
    """Return every reason why the region is not well; empty when it is. Takes `timeout_ms` at most."""
    end = monotonic() + configuration.timeout_ms / 1000
    pool = ThreadPoolExecutor(1 + len(configuration.database_endpoints))
    try:
        targets = pool.submit(_targets, configuration)
        endpoints = {
            endpoint: pool.submit(_connect, endpoint, configuration)
            for endpoint in configuration.database_endpoints
        }
        reasons = [_reason("the targets' health", targets, end)]
        against = [_reason(endpoint, answer, end) for endpoint, answer in endpoints.items()]
        # one endpoint is enough: a secondary has no writer
        reasons += against if all(against) else []
        return [reason for reason in reasons if reason]
    finally:
        # what still waits ends by its own time-out
        pool.shutdown(wait=False, cancel_futures=True)


def _reason(what: str, answer: Future[str | None], end: float) -> str | None:
    try:
        return answer.result(timeout=max(0, end - monotonic()))
    except Late:
        return f"{what}: no answer in time"


def _connect(endpoint: str, configuration: Configuration) -> str | None:
    try:
        seconds = configuration.timeout_ms / 1000
        socket.create_connection((endpoint, configuration.database_port), timeout=seconds).close()
    except OSError as error:
        return f"{endpoint}: {error}"
    return None


def _targets(configuration: Configuration) -> str | None:
    try:
        answer = client(configuration.region, configuration.timeout_ms / 1000).describe_target_health(
            TargetGroupArn=configuration.target_group_arn
        )
    except (BotoCoreError, ClientError) as error:
        return f"the targets' health: {error}"
    states = [one["TargetHealth"]["State"] for one in answer["TargetHealthDescriptions"]]
    healthy, least = states.count("healthy"), configuration.healthy_targets_minimum
    return None if healthy >= least else f"{healthy} healthy targets, {least} needed"
