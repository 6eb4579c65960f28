"""What both regions share, operated from the standby region: zone, intents, failover records.

Run it alone with `python -m regions.disaster_recovery.global_dns`.
"""

from cdktf import App

from regions.app import main
from regions.stacks.domain import DomainStack
from regions.stacks.failover_traffic import FailoverTrafficStack
from regions.stacks.intents import IntentsStack
from shared.settings import DisasterRecovery

ROLE = "global"


def build(app: App, environment: DisasterRecovery) -> None:
    """Add the global stacks to the app."""
    DomainStack(app, environment, ROLE)
    IntentsStack(app, environment, ROLE)
    FailoverTrafficStack(app, environment, ROLE)


if __name__ == "__main__":
    main(lambda _: [build], system="disaster-recovery")
