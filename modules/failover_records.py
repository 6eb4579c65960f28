"""The records that send everybody to the primary while it is well, and to the standby otherwise.

Plain CNAMEs, not aliases: an alias of a load balancer has a TTL of 60 seconds that nobody can change,
and the whole failover may take no longer. When neither is well Route 53 answers with the primary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from shared.blocks import resource


@dataclass(frozen=True, kw_only=True)
class FailoverSide:
    """One region's load balancer."""

    order: Literal["PRIMARY", "SECONDARY"]
    set_identifier: str
    """Tells the records apart; distinct within the name."""
    dns_name: str
    health_check_id: str
    """Required of the second, too: a record without one is always healthy."""


@dataclass(frozen=True, kw_only=True)
class FailoverRecordsInputs:
    """The name and its sides."""

    zone_id: str
    record_name: str
    ttl: int
    """Seconds that resolvers keep an answer."""
    sides: tuple[FailoverSide, ...]

    def __post_init__(self) -> None:
        """Refuse what is no failover, and sides that Route 53 could not tell apart (ValueError)."""
        orders = sorted(side.order for side in self.sides)
        if orders != ["PRIMARY", "SECONDARY"]:
            raise ValueError(f"a failover has one PRIMARY and one SECONDARY: {orders}")
        if len({side.set_identifier for side in self.sides}) != len(self.sides):
            raise ValueError(f"set identifiers must differ: {[side.set_identifier for side in self.sides]}")


class FailoverRecords(Construct):
    """One CNAME a side, each with a health check."""

    def __init__(self, scope: Construct, id_: str, inputs: FailoverRecordsInputs) -> None:
        super().__init__(scope, id_)
        for side in inputs.sides:
            resource(
                Route53Record,
                self,
                side.set_identifier,
                zone_id=inputs.zone_id,
                name=inputs.record_name,
                type="CNAME",
                ttl=inputs.ttl,
                records=[side.dns_name],
                set_identifier=side.set_identifier,
                failover_routing_policy={"type": side.order},
                health_check_id=side.health_check_id,
            )
