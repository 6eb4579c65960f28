"""A global database and two load balancers, and the function's configuration about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.modules.lambdas.world import REGIONS, TARGET, World, global_database, load_balancer


@dataclass(frozen=True)
class Deployment:
    """The ids by region."""

    world: World
    arns: dict[str, str]
    listeners: dict[str, str]
    config: dict[str, Any]


@pytest.fixture
def deployment(world: World, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    arns = global_database(world.aws)
    listeners = {region: load_balancer(world.aws, region, targets=0)["listener"] for region in REGIONS}
    world.aws.client("secretsmanager", TARGET).create_secret(Name="payments/database", SecretString="{}")
    config = {
        "global_cluster": "ledger",
        "regions": {
            region: {"cluster_arn": arns[region], "https_listener_arn": listeners[region]}
            for region in REGIONS
        },
        "canary": {
            "enabled": True,
            "secret": "payments/database",
            "database": "payments",
        },
    }
    monkeypatch.setenv("CONFIG", json.dumps(config))
    return Deployment(world=world, arns=arns, listeners=listeners, config=config)
