"""What a command may choose about a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.guards import Protection


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the engine runs."""

    parallelism: int
    """Stacks at once, at least 1."""
    protection: Protection
    """`production`: also a destruction needs leave for each stateful resource."""
    yes: bool = False
    """Ask nothing."""
    upstream: bool = True
    """Also apply the upstream stacks that were never applied; False: refuse instead."""
    region_concurrency: Literal["sequential", "parallel"] = "sequential"
    """`sequential`: a stage starts when the one before it is done. `parallel` needs `yes`."""
    to_stage: str | None = None
    """Name of the last stage to run."""
    allow: frozenset[str] = frozenset()
    """Leave to lose stateful resources: `replace:STACK:ADDRESS` (or detach), `destroy:STACK:ADDRESS`."""
    lock_timeout: int = 120
    """Seconds to wait for a state's lock."""
    lock: bool = True
    """False: a plan takes no lock and leaves those of others alone; what writes a state still locks it."""
    out: Path | None = None
    """Folder in which `plan` keeps the saved plans, for `Engine.deploy_saved`."""
