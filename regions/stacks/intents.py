"""`global/intents`: the table of payment intents, in both regions."""

from __future__ import annotations

from cdktf import App

from modules.intents_table import IntentsTable, IntentsTableInputs
from shared.contracts import Foundation, Intents
from shared.settings import DisasterRecovery
from shared.stack import RegionStack


class IntentsStack(RegionStack):
    """Operated from the standby region: the replica is the primary's, not the other way round."""

    name = "intents"

    def __init__(self, scope: App, environment: DisasterRecovery, role: str) -> None:
        own, other = environment.away.region, environment.home.region
        super().__init__(scope, environment=environment, role=role, place="global", region=own)
        table = IntentsTable(
            self,
            "intents",
            IntentsTableInputs(
                naming=self.naming,
                kms_key_arn=self.read(Foundation, f"{own}/foundation").kms_key_arn,
                replica_region=other,
                replica_kms_key_arn=self.read(Foundation, f"{other}/foundation").kms_key_arn,
                destroyable=self.destroyable,
            ),
        )
        self.publish(Intents(intents_table=table.outputs.name))
