"""A configuration, an input and what there is, as the tests of `start` use them."""

from __future__ import annotations

from typing import Any

from modules.lambdas.start.checkpoint import Checkpoint, Found
from modules.lambdas.start.configuration import Configuration
from modules.lambdas.start.present import Present
from modules.lambdas.start.request import Request, parse
from tests.modules.lambdas.world import CHECKPOINT, RECORD, SOURCE, TARGET

DEFAULTS = {
    "phases": [25, 50, 75, 100],
    "bake_seconds": 300,
    "approve_phases": [75],
    "switchover": True,
    "approval_timeout_seconds": 86_400,
    "drain_seconds": 10,
    "settle_seconds": 60,
    "limits": {"failure": 0, "inconclusive": 0, "consecutive_error": 4},
    "retry_seconds": 10,
    "dry_run_metrics": [],
}
ARNS = {region: f"arn:aws:rds:{region}:123456789012:cluster:ledger-{region}" for region in (SOURCE, TARGET)}
BEFORE = Found(weights={"source": 100, "target": 0}, writer=SOURCE)


def document(zone_id: str = "Z1") -> dict[str, Any]:
    return {
        "source": SOURCE,
        "target": TARGET,
        "hosted_zone_id": zone_id,
        "record_name": RECORD,
        "set_identifiers": {"source": SOURCE, "target": TARGET},
        "global_cluster": "ledger",
        "cluster_arns": ARNS,
        "checkpoint_parameter": CHECKPOINT,
        "defaults": DEFAULTS,
    }


def configuration() -> Configuration:
    return Configuration(**document())


def request(action: str = "migrate", **keys: Any) -> Request:
    made, problems = parse({"action": action, **keys}, DEFAULTS)
    assert made is not None, problems
    return made


def present(share: int = 0, writer: str = SOURCE, **keys: Any) -> Present:
    """Return what there is with `share` per cent in the target."""
    values: dict[str, Any] = {
        "weights": {"source": 100 - share, "target": share},
        "writer": writer,
        "nobody_writes": "" if writer else "nobody writes",
        "changing": False,
        "strange_records": (),
    }
    return Present(**(values | keys))


def checkpoint(stage: str = "none", phase: int = 0, found: Found | None = BEFORE) -> Checkpoint:
    return Checkpoint(stage=stage, found=None if stage in {"none", "rolled-back"} else found, phase=phase)
