"""The base of the stacks of a system with one region."""

from __future__ import annotations

from cdktf import App

from shared.contracts import Foundation
from shared.settings import DatabaseMigration
from shared.stack import RegionStack


class LandingStack(RegionStack):
    """A stack of the region that the database comes to."""

    environment: DatabaseMigration

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        region = environment.landing.region
        super().__init__(scope, environment=environment, role=role, place=region, region=region)

    def here(self, name: str) -> str:
        """Return the address of a stack of this region."""
        return f"{self.region}/{name}"

    @property
    def foundation(self) -> Foundation:
        """Return the references to the region's foundation."""
        return self.read(Foundation, self.here("foundation"))
