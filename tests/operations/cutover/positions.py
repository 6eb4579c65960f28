"""Positions of a cutover, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.operations.cutover import stages
from shared.operations.cutover.facts import (
    AURORA,
    LEADS_ON_PREMISES,
    LEADS_TO_AURORA,
    ON_PREMISES,
    Gate,
    Lag,
    Note,
    Position,
    Table,
    Task,
)

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
OPEN = Gate(read_only=False, connect=("PUBLIC",), sessions=3)
FROZEN = Gate(read_only=True, connect=(), sessions=0)
VALID = Table(
    name="public.payments",
    state="Table completed",
    validation="Validated",
    pending=0,
    failed=0,
    suspended=0,
)
RUNNING = Task(status="running", percent=100, begun=True, resumed=True)
STOPPED = Task(status="stopped", stop_reason="Stop Reason NORMAL", percent=100, begun=True, resumed=True)
MADE = Task(status="ready")


def note(stage: str, step: str = "", *, seconds: float = 10, **kept: Any) -> Note:
    return Note(stage=stage, step=step, at=NOW - timedelta(seconds=seconds), by="Ada", version=7, kept=kept)


def position(stage: str = stages.REPLICATING, step: str = "", **changes: Any) -> Position:
    """A position in which everything is as the stage says."""
    moved = stage in {
        stages.MOVED,
        stages.CUT_OVER,
        stages.FREEZING_BACK,
        stages.DRAINING_BACK,
        stages.DRAINED_BACK,
        stages.UNWINDING_BACK,
        stages.FINISHING,
        stages.FINISHED,
    }
    values: dict[str, Any] = {
        "looked_at": NOW,
        "note": note(stage, step),
        "weights": LEADS_TO_AURORA if moved else LEADS_ON_PREMISES,
        "forward": RUNNING if stage in stages.BEFORE else STOPPED,
        "reverse": RUNNING if moved else MADE,
        "tables": (VALID,),
        "gates": {
            ON_PREMISES: OPEN if stage in {*stages.BEFORE, stages.ROLLED_BACK} else FROZEN,
            AURORA: OPEN,
        },
        "lag": Lag(worst_seconds=1.0, samples=10),
    }
    return Position(**{**values, **changes})
