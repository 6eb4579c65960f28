"""Who moves the database, and with what: the one argument that all operations of the recovery share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from shared.clients_without import without
from shared.operations.common import operator as common
from shared.operations.recovery.facts import Topology

if TYPE_CHECKING:
    from shared.settings import DisasterRecovery

Result = common.Result[Topology]
"""`outcome` is `failed-over`, `switched-over`, `failed-back`, `drained`, `pinned`, `unpinned`, `started`,
`declined`, or the error that the execution ended with (`FailoverRefused`, `FailoverStuck`)."""


@dataclass(frozen=True, kw_only=True)
class Operator(common.Operator[Topology]):
    """Everything that an operation needs and does not look up itself."""

    environment: DisasterRecovery
    left_out: str = ""
    """A region that nothing is asked of; empty: both are."""

    def leaving_home_out(self) -> Self:
        """Return who looks at the standby only: for what the standby alone decides."""
        return replace(self, left_out=self.environment.home.region)

    def without_home(self) -> Self:
        """Return who cannot ask the home region, nor what is lost with it, even by mistake."""
        home, away = self.environment.home.region, self.environment.away.region
        return replace(self.leaving_home_out(), clients=without(self.clients, region=home, instead=away))
