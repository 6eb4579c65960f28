"""The records that share the traffic between two regions; the migration moves their weights."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from shared.blocks import resource

#: Weights with which the records are made; from then on the migration owns them.
INITIAL_WEIGHTS = {"source": 100, "target": 0}


@dataclass(frozen=True, kw_only=True)
class Side:
    """One region's load balancer."""

    set_identifier: str
    """Tells the records apart; distinct within the name."""
    dns_name: str
    zone_id: str
    initial_weight: int
    """0 to 255. A weight of 0 still takes traffic when every other record is unhealthy."""


@dataclass(frozen=True, kw_only=True)
class WeightedRecordsInputs:
    """The name and its sides."""

    zone_id: str
    record_name: str
    sides: tuple[Side, ...]

    def __post_init__(self) -> None:
        """Refuse sides that Route 53 could not tell apart, and weights that send nobody anywhere."""
        identifiers = [side.set_identifier for side in self.sides]
        if len(set(identifiers)) != len(identifiers):
            raise ValueError(f"set identifiers must differ: {identifiers}")
        if not any(side.initial_weight for side in self.sides):
            raise ValueError("with every weight 0, Route 53 answers as if all were equal")


class WeightedRecords(Construct):
    """One alias record a side, each followed by its load balancer's health."""

    def __init__(self, scope: Construct, id_: str, inputs: WeightedRecordsInputs) -> None:
        super().__init__(scope, id_)
        for side in inputs.sides:
            resource(
                Route53Record,
                self,
                side.set_identifier,
                zone_id=inputs.zone_id,
                name=inputs.record_name,
                type="A",
                set_identifier=side.set_identifier,
                weighted_routing_policy={"weight": side.initial_weight},
                alias={
                    "name": side.dns_name,
                    "zone_id": side.zone_id,
                    "evaluate_target_health": True,
                },
                # The weights are the migration's (`invoke migrate.start`, its state machine): the
                # next apply must not put them back in the middle of it.
                lifecycle={"ignore_changes": ["weighted_routing_policy"]},
            )
