"""The region that is left: network, writer of the database, service.

Run it alone with `python -m regions.region_migration.source`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.database import PrimaryDatabaseStack
from regions.stacks.foundation import FoundationStack
from regions.stacks.routing import RequesterRoutingStack
from regions.stacks.service import ServiceStack
from shared.settings import RegionMigration

ROLE = "source"


def build(app: App, environment: RegionMigration) -> None:
    """Add the source region's stacks to the app."""
    FoundationStack(app, environment, ROLE)
    RequesterRoutingStack(app, environment, ROLE)
    PrimaryDatabaseStack(app, environment, ROLE)
    ServiceStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="region-migration")
