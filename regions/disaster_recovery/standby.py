"""The region that takes over: network, replica of the database, the service warm, a probe, the failover.

Run it alone with `python -m regions.disaster_recovery.standby`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.database import SecondaryDatabaseStack
from regions.stacks.failover import FailoverStack
from regions.stacks.probe import ProbeStack
from regions.stacks.recovery_foundation import RecoveryFoundationStack
from regions.stacks.recovery_service import RecoveryServiceStack
from regions.stacks.routing import AccepterRoutingStack
from shared.settings import DisasterRecovery

ROLE = "standby"


def build(app: App, environment: DisasterRecovery) -> None:
    """Add the standby region's stacks to the app."""
    RecoveryFoundationStack(app, environment, ROLE)
    AccepterRoutingStack(app, environment, ROLE)
    SecondaryDatabaseStack(app, environment, ROLE)
    RecoveryServiceStack(app, environment, ROLE)
    ProbeStack(app, environment, ROLE)
    FailoverStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="disaster-recovery")
