"""Who carries a cutover out, and with what: the one argument that all operations share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.operations.common import operator as common
from shared.operations.cutover.facts import Position
from shared.operations.cutover.sequence import Step

if TYPE_CHECKING:
    from shared.settings import DatabaseMigration

Result = common.Result[Position]
"""`outcome` is the stage that it ended with: `cut-over`, `rolled-back`, `finished`, `replicating`; `ready`
when a cutover was taken back, `cut-over` when a rollback was. Or `started`, `declined`, `interrupted`;
`stopped` when a step failed that is not taken back by itself."""


@dataclass(frozen=True, kw_only=True)
class Operator(common.Operator[Position]):
    """Everything that an operation needs and does not look up itself."""

    environment: DatabaseMigration
    poll_seconds: float = 1.0
    """Between two looks while writes pause."""
    at_step: Callable[[Step], None] | None = None
    """Is told each step after it was noted, before its deed."""
