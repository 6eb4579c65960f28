"""A migration in miniature, as operators see it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from shared.operations.cutover import assess, replicate, start
from shared.operations.cutover.facts import Position
from shared.operations.cutover.handles import Handles
from shared.operations.cutover.handles import read as read_handles
from shared.operations.cutover.logins import read as read_logins
from shared.operations.cutover.operator import Operator, Result
from shared.operations.cutover.position import observe
from shared.operations.cutover.request import Request
from tests.cutover_miniature import SIDES, CutoverMiniature


@dataclass
class Platform(CutoverMiniature):
    """What a test asks of it, beside what the miniature has."""

    text: io.StringIO = field(default_factory=io.StringIO)

    def operator(self, **options: Any) -> Operator:
        """Return one who looks often, and asks nobody."""
        values: dict[str, Any] = {
            "environment": self.environment,
            "manifest": self.manifest,
            "clients": self.clients,
            "console": Console(file=self.screen, width=220),
            "yes": True,
            "poll_seconds": 0.05,
        }
        return Operator(**{**values, **options})

    @property
    def handles(self) -> Handles:
        return read_handles(self.environment, self.manifest, self.clients)

    def look(self) -> Position:
        return observe(self.handles, read_logins(self.environment, self.clients), self.clients)

    def replicate(self) -> Result:
        result = replicate.run(self.operator())
        assert result.outcome == "replicating", (result.said, self.shown)
        self.latency()
        return result

    def cut_over(self, **options: Any) -> Result:
        return start.run(self.operator(**options), Request())

    def assess(self) -> assess.Assessment:
        return assess.run(self.operator())

    def move_weights(self, on_premises: int, aurora: int) -> None:
        """Move the weights as somebody would by hand."""
        found = self.aws("route53").list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        weights = dict(zip(SIDES.values(), (on_premises, aurora), strict=True))
        changes = [
            {"Action": "UPSERT", "ResourceRecordSet": {**one, "Weight": weights[one["SetIdentifier"]]}}
            for one in found
            if "SetIdentifier" in one
        ]
        self.aws("route53").change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": changes}
        )
