"""`global/traffic`: the weighted records; everything goes to the source until the migration."""

from __future__ import annotations

from cdktf import App

from modules.weighted_records import INITIAL_WEIGHTS, Side, WeightedRecords, WeightedRecordsInputs
from shared.contracts import Domain, Service, Traffic
from shared.settings import RegionMigration
from shared.stack import RegionStack


class TrafficStack(RegionStack):
    """Runs in the target region: the source may be gone when it is needed."""

    name = "traffic"

    def __init__(self, scope: App, environment: RegionMigration, role: str) -> None:
        super().__init__(
            scope, environment=environment, role=role, place="global", region=environment.target.region
        )
        domain = self.read(Domain, "global/domain")
        regions = {"source": environment.source.region, "target": environment.target.region}
        sides = {role: self._side(role, region) for role, region in regions.items()}
        WeightedRecords(
            self,
            "records",
            WeightedRecordsInputs(
                zone_id=domain.route53_zone_id,
                record_name=environment.domain.record_name,
                sides=tuple(sides.values()),
            ),
        )
        self.publish(
            Traffic(
                traffic_record_name=environment.domain.record_name,
                source_set_identifier=sides["source"].set_identifier,
                target_set_identifier=sides["target"].set_identifier,
            )
        )

    def _side(self, role: str, region: str) -> Side:
        service = self.read(Service, f"{region}/service")
        return Side(
            set_identifier=self.naming.name("record", role),
            dns_name=service.alb_dns_name,
            zone_id=service.alb_zone_id,
            initial_weight=INITIAL_WEIGHTS[role],
        )
