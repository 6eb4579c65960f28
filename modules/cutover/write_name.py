"""The name that writers of the database use: two weighted records, of which one counts.

No health check: with one, Route 53 would send writers to the other database by itself, and then there
are two writers. Only the cutover moves the weights, both in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_WEIGHTS = {(100, 0), (0, 100)}


@dataclass(frozen=True, kw_only=True)
class WriteNameInputs:
    """The zone, the name, and where it leads."""

    naming: Naming
    zone_name: str
    record_name: str
    ttl: int
    """Seconds."""
    private_vpcs: tuple[str, ...]
    """VPCs that resolve the zone; empty: a public zone, which the parent has to delegate to."""
    on_premises_host: str
    aurora_endpoint: str
    on_premises_weight: int
    aurora_weight: int
    destroyable: bool
    """Whether the zone may go with records in it that are not ours."""

    def __post_init__(self) -> None:
        """Refuse weights that mean two writers, or none (ValueError)."""
        if (self.on_premises_weight, self.aurora_weight) not in _WEIGHTS:
            raise ValueError("the write name leads to one database: 100 and 0, or 0 and 100")


@dataclass(frozen=True, kw_only=True)
class WriteNameOutputs:
    """The zone, and by what the records are told apart."""

    zone_id: str
    name_servers: tuple[str, ...]
    on_premises_set_identifier: str
    aurora_set_identifier: str


class WriteName(Construct):
    """The zone and both records."""

    def __init__(self, scope: Construct, id_: str, inputs: WriteNameInputs) -> None:
        super().__init__(scope, id_)
        zone = resource(
            Route53Zone,
            self,
            "zone",
            name=inputs.zone_name,
            comment=inputs.naming.name("zone", "migration"),
            vpc=[{"vpc_id": vpc} for vpc in inputs.private_vpcs] or None,
            force_destroy=inputs.destroyable,
        )
        sides = {
            "on-premises": (inputs.on_premises_host, inputs.on_premises_weight),
            "aurora": (inputs.aurora_endpoint, inputs.aurora_weight),
        }
        identifiers = {}
        for side, (leads_to, weight) in sides.items():
            identifiers[side] = inputs.naming.name("record", side)
            resource(
                Route53Record,
                self,
                side,
                zone_id=zone.zone_id,
                name=inputs.record_name,
                type="CNAME",
                ttl=inputs.ttl,
                records=[leads_to],
                set_identifier=identifiers[side],
                weighted_routing_policy={"weight": weight},
                # The cutover's function owns the weights: the next apply must not send writers back.
                lifecycle={"ignore_changes": ["weighted_routing_policy"]},
            )
        self.outputs = WriteNameOutputs(
            zone_id=zone.zone_id,
            name_servers=tuple(zone.name_servers),
            on_premises_set_identifier=identifiers["on-premises"],
            aurora_set_identifier=identifiers["aurora"],
        )
