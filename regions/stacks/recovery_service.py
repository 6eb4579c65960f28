"""`REGION/service` of a system with intents: payments are accepted also while nobody can write."""

from __future__ import annotations

from modules.nat_addresses import NatAddresses, NatAddressesInputs
from modules.role import Statement
from regions.stacks.base import elements
from regions.stacks.service import ServiceStack
from shared.contracts import Foundation, Intents
from shared.intents import schema
from shared.settings import DisasterRecovery


class RecoveryServiceStack(ServiceStack):
    """The service with the table of intents, which both regions have under one name."""

    environment: DisasterRecovery

    def client_cidrs(self, foundation: Foundation) -> tuple[str, ...]:
        """Let the probe in, too: it comes from the NAT gateways, as the load balancer has no private name."""
        configured = super().client_cidrs(foundation)
        if "0.0.0.0/0" in configured:
            return configured
        own = self.sides.own
        gateways = 1 if own.nat_mode == "single" else len(own.availability_zones)
        inputs = NatAddressesInputs(nat_gateway_ids=elements(foundation.nat_gateway_ids, gateways))
        return (*configured, *NatAddresses(self, "probe-addresses", inputs).outputs.cidrs)

    def further_permissions(self) -> tuple[Statement, ...]:
        """Put an intent that is not there yet, look it up, count what waits; who drains them is another."""
        table = self.read(Intents, "global/intents").intents_table
        arn = f"arn:aws:dynamodb:{self.region}:{self.environment.account_id}:table/{table}"
        return (
            Statement(
                sid="AcceptIntents", actions=("dynamodb:GetItem", "dynamodb:PutItem"), resources=(arn,)
            ),
            Statement(
                sid="CountWhatWaits",
                actions=("dynamodb:Query",),
                resources=(f"{arn}/index/{schema.INDEX}",),
            ),
        )

    def further_variables(self) -> dict[str, str]:
        """Name the table; what stands in it is known to `shared/intents`, which the service takes along."""
        return {"INTENTS_TABLE": self.read(Intents, "global/intents").intents_table}
