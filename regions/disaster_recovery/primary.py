"""The region that serves: network, writer of the database, service, and what answers for it.

Run it alone with `python -m regions.disaster_recovery.primary`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.database import PrimaryDatabaseStack
from regions.stacks.probe import ProbeStack
from regions.stacks.recovery_foundation import RecoveryFoundationStack
from regions.stacks.recovery_service import RecoveryServiceStack
from regions.stacks.routing import RequesterRoutingStack
from shared.settings import DisasterRecovery

ROLE = "primary"


def build(app: App, environment: DisasterRecovery) -> None:
    """Add the primary region's stacks to the app."""
    RecoveryFoundationStack(app, environment, ROLE)
    RequesterRoutingStack(app, environment, ROLE)
    PrimaryDatabaseStack(app, environment, ROLE)
    RecoveryServiceStack(app, environment, ROLE)
    ProbeStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="disaster-recovery")
