"""The names of the platform: zone, certificates, weighted records.

Run it alone with `python -m regions.region_migration.global_dns`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.domain import DomainStack
from regions.stacks.traffic import TrafficStack
from shared.settings import RegionMigration

ROLE = "global"


def build(app: App, environment: RegionMigration) -> None:
    """Add the global stacks to the app."""
    DomainStack(app, environment, ROLE)
    TrafficStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="region-migration")
