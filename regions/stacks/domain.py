"""`global/domain`: the hosted zone, and the certificate of the platform's name in each region."""

from __future__ import annotations

from cdktf import App

from modules.domain_zone import DomainZone, DomainZoneInputs
from shared.contracts import Domain
from shared.settings import TwoRegions
from shared.stack import RegionStack


class DomainStack(RegionStack):
    """Runs in the region that outlives the other: what is left, or lost, must not be needed to go on."""

    name = "domain"

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(
            scope, environment=environment, role=role, place="global", region=environment.away.region
        )
        regions = (environment.home.region, environment.away.region)
        zone = DomainZone(
            self,
            "zone",
            DomainZoneInputs(
                naming=self.naming,
                zone_name=environment.domain.zone_name,
                record_name=environment.domain.record_name,
                providers={region: self.provider_for(region) for region in regions},
                destroyable=self.destroyable,
            ),
        )
        self.publish(
            Domain(
                route53_zone_id=zone.outputs.zone_id,
                name_servers=zone.outputs.name_servers,
                record_name=environment.domain.record_name,
                certificate_arns=zone.outputs.certificate_arns,
            )
        )
