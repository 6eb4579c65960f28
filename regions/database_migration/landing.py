"""The region that the database comes to: network, Aurora, DMS, the cutover, copies.

Run it alone with `python -m regions.database_migration.landing`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.landing_backup import LandingBackupStack
from regions.stacks.landing_cutover import CutoverStack
from regions.stacks.landing_database import LandingDatabaseStack
from regions.stacks.landing_foundation import LandingFoundationStack
from regions.stacks.landing_replication import ReplicationStack
from regions.stacks.landing_routing import LandingRoutingStack
from shared.settings import DatabaseMigration

ROLE = "landing"


def build(app: App, environment: DatabaseMigration) -> None:
    """Add the stacks to the app."""
    LandingFoundationStack(app, environment, ROLE)
    LandingRoutingStack(app, environment, ROLE)
    LandingDatabaseStack(app, environment, ROLE)
    ReplicationStack(app, environment, ROLE)
    CutoverStack(app, environment, ROLE)
    LandingBackupStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="database-migration")
