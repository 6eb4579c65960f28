"""`global/traffic` of a system with a standby: the failover records, their health checks, the pin."""

from __future__ import annotations

from typing import Literal

from cdktf import App

from modules.failover_records import FailoverRecords, FailoverRecordsInputs, FailoverSide
from modules.health_checks import AddressCheck, AddressCheckInputs, AllOf, AllOfInputs, CheckTiming
from modules.pin import KEY, Pin, PinInputs
from shared.contracts import Domain, FailoverTraffic, Probe, Service
from shared.settings import DisasterRecovery
from shared.stack import RegionStack


class FailoverTrafficStack(RegionStack):
    """Runs in the standby region, and so does the pin: both are needed when the primary is lost."""

    environment: DisasterRecovery
    name = "traffic"

    def __init__(self, scope: App, environment: DisasterRecovery, role: str) -> None:
        super().__init__(
            scope, environment=environment, role=role, place="global", region=environment.away.region
        )
        failover = environment.failover
        self._timing = CheckTiming(
            request_interval=failover.request_interval, failure_threshold=failover.failure_threshold
        )
        pin = Pin(
            self,
            "pin",
            PinInputs(naming=self.naming, region=self.region, destroyable=self.destroyable),
        ).outputs
        pinned = self._check("pin", pin.host, pin.path, inverted=True)
        probes = {side: self._probe(side) for side in environment.sides}
        # The record's own check: the probe says that the primary is well, and nobody pinned it.
        primary = AllOf(
            self,
            "primary",
            AllOfInputs(naming=self.naming, purpose="primary", checks=(probes["primary"], pinned)),
        ).outputs.id
        sides = (
            self._side("primary", "PRIMARY", primary),
            self._side("standby", "SECONDARY", probes["standby"]),
        )
        FailoverRecords(
            self,
            "records",
            FailoverRecordsInputs(
                zone_id=self.read(Domain, "global/domain").route53_zone_id,
                record_name=environment.domain.record_name,
                ttl=failover.ttl,
                sides=sides,
            ),
        )
        self.publish(
            FailoverTraffic(
                traffic_record_name=environment.domain.record_name,
                primary_set_identifier=sides[0].set_identifier,
                standby_set_identifier=sides[1].set_identifier,
                primary_health_check=primary,
                primary_probe_health_check=probes["primary"],
                standby_probe_health_check=probes["standby"],
                pin_health_check=pinned,
                pin_bucket=pin.bucket,
                pin_key=KEY,
            )
        )

    def _probe(self, side: str) -> str:
        region = self.environment.sides[side].region
        return self._check(f"probe-{side}", self.read(Probe, f"{region}/probe").probe_host, "/")

    def _check(self, purpose: str, host: str, path: str, *, inverted: bool = False) -> str:
        return AddressCheck(
            self,
            f"check-{purpose}",
            AddressCheckInputs(
                naming=self.naming,
                purpose=purpose,
                host=host,
                path=path,
                timing=self._timing,
                inverted=inverted,
            ),
        ).outputs.id

    def _side(self, side: str, order: Literal["PRIMARY", "SECONDARY"], health_check: str) -> FailoverSide:
        region = self.environment.sides[side].region
        return FailoverSide(
            order=order,
            set_identifier=self.naming.name("record", side),
            dns_name=self.read(Service, f"{region}/service").alb_dns_name,
            health_check_id=health_check,
        )
