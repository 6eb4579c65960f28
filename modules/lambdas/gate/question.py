"""What the state machine asks the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import GateError

METRICS = ("alarms", "replication_lag", "healthy_targets", "error_rate")
#: Before anything moves, after a phase, before the switchover of the database, and after it.
SCOPES = ("start", "shift", "switchover", "moved")
#: CloudWatch's metrics of load balancers and Aurora have a point a minute: no shorter window has any.
_SHORTEST_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Question:
    """One look."""

    phase: float
    """What was asked for the target: 0 means that it has no traffic."""
    writer: str
    """Region in which the database writes."""
    window_seconds: int
    """How far back the metrics are looked at, at least a minute."""
    dry_run: frozenset[str]
    """Metrics that are measured without effect on the verdict."""
    scope: str


def parse(event: dict[str, Any], regions: tuple[str, str]) -> Question:
    """Return the question. Raises GateError with everything that is wrong with the event."""
    phase, window = event.get("phase"), event.get("window_seconds")
    writer, scope = event.get("writer"), event.get("scope", "shift")
    dry_run = _list(event.get("dry_run_metrics"))
    wrong = [f"{name} is {value!r}" for name, value in (("phase", phase), ("window_seconds", window))]
    reasons = [text for text, value in zip(wrong, (phase, window), strict=True) if not _is_amount(value)]
    if writer not in regions:
        reasons.append(f"writer is {writer!r}, which is none of {', '.join(regions)}")
    if scope not in SCOPES:
        reasons.append(f"scope is {scope!r}, which is none of {', '.join(SCOPES)}")
    reasons += [f"there is no metric {name!r}" for name in dry_run if name not in METRICS]
    if reasons:
        raise GateError([f"the gate was asked wrongly: {reason}" for reason in reasons])
    return Question(
        phase=float(phase or 0),
        writer=str(writer),
        window_seconds=max(int(window or 0), _SHORTEST_SECONDS),
        dry_run=frozenset(dry_run),
        scope=scope,
    )


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _list(value: Any) -> list[Any]:
    """Return a list whatever JSONata made of one: a list of one may be its item, an empty one nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
