"""A configuration, a question and what both regions say, as the tests of `gate` use them."""

from __future__ import annotations

from typing import Any

from modules.lambdas.gate.configuration import Configuration, Limits, Region
from modules.lambdas.gate.question import Question, parse
from modules.lambdas.gate.readings import Look, Traffic
from tests.modules.lambdas.world import REGIONS, SOURCE, TARGET

LIMITS = {
    "replication_lag_ms": 1000,
    "healthy_hosts_minimum": 2,
    "minimum_samples": 100,
    "error_rate_increase": 1.0,
}
EVENT = {"phase": 50, "writer": SOURCE, "window_seconds": 300, "dry_run_metrics": [], "scope": "shift"}


def region(name: str, **keys: str) -> dict[str, str]:
    return {
        "healthy_hosts_alarm": f"hosts-{name}",
        "replication_lag_alarm": f"lag-{name}",
        "cluster": f"ledger-{name}",
        "target_group_arn": f"arn:aws:elasticloadbalancing:{name}:123456789012:targetgroup/tg/1",
        "target_group": "targetgroup/tg/1",
        "load_balancer": "app/alb/1",
        **keys,
    }


def configuration() -> Configuration:
    return Configuration(
        source=SOURCE,
        target=TARGET,
        regions={name: Region(**region(name)) for name in REGIONS},
        limits=Limits(**LIMITS),
    )


def question(**keys: Any) -> Question:
    return parse({**EVENT, **keys}, REGIONS)


def traffic(requests: int = 1000, target: int = 0, balancer: int = 0, fixed: int = 0) -> Traffic:
    return Traffic(requests=requests, target_errors=target, balancer_errors=balancer, fixed_responses=fixed)


def healthy(writer: str = SOURCE) -> dict[str, Look]:
    """Return what two healthy regions say."""
    return {
        name: Look(
            alarms={f"hosts-{name}": "OK", f"lag-{name}": "OK"},
            healthy=2,
            traffic=traffic(),
            lag_ms=None if name == writer else 80.0,
        )
        for name in REGIONS
    }
