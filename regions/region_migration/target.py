"""The region that is moved to: network, replica of the database, service, and what moves it.

Run it alone with `python -m regions.region_migration.target`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.database import SecondaryDatabaseStack
from regions.stacks.foundation import FoundationStack
from regions.stacks.migration import MigrationStack
from regions.stacks.routing import AccepterRoutingStack
from regions.stacks.service import ServiceStack
from shared.settings import RegionMigration

ROLE = "target"


def build(app: App, environment: RegionMigration) -> None:
    """Add the target region's stacks to the app."""
    FoundationStack(app, environment, ROLE)
    AccepterRoutingStack(app, environment, ROLE)
    SecondaryDatabaseStack(app, environment, ROLE)
    ServiceStack(app, environment, ROLE)
    MigrationStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="region-migration")
