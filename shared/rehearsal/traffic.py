"""Where the traffic goes: what Route 53 holds, or what it answers. For `telemetry`.

`Weighted` reads the records, `Answered` asks as a resolver does, without Route 53's API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from shared.rehearsal.prerequisites import ClientFactory

if TYPE_CHECKING:
    from shared.rehearsal.fault_client import Controls

Outputs = Mapping[str, Mapping[str, Any]]
"""Address of a stack -> its outputs."""


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """Traffic by the weights of two records."""

    clients: ClientFactory
    hosted_zone_id: str
    record_name: str
    identifiers: Mapping[str, str]
    """Region -> set identifier of its record; the first region's client is asked."""

    @classmethod
    def of(cls, outputs: Outputs, regions: tuple[str, str], clients: ClientFactory) -> Self:
        """Read it from the stacks' outputs; `regions` are source and target."""
        traffic = outputs["global/traffic"]
        identifiers = (traffic["source_set_identifier"], traffic["target_set_identifier"])
        return cls(
            clients=clients,
            hosted_zone_id=outputs["global/domain"]["route53_zone_id"],
            record_name=traffic["traffic_record_name"],
            identifiers=dict(zip(regions, identifiers, strict=True)),
        )

    def __call__(self) -> dict[str, float]:
        """Return each region's part; nobody has any when all weights are 0. Raises ClientError."""
        weights = self._weights()
        whole = sum(weights.values()) or 1
        return {region: weights.get(name, 0) / whole for region, name in self.identifiers.items()}

    def _weights(self) -> dict[str, int]:
        """Return the weights that have the record's name, by set identifier."""
        found = self.clients.client("route53", next(iter(self.identifiers))).list_resource_record_sets(
            HostedZoneId=self.hosted_zone_id
        )["ResourceRecordSets"]
        name = self.record_name.rstrip(".")
        return {
            record["SetIdentifier"]: record["Weight"]
            for record in found
            if "Weight" in record and record["Name"].rstrip(".") == name
        }


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Traffic by the one record that is answered now."""

    controls: Controls
    record_name: str
    hosts: Mapping[str, str]
    """Name of a load balancer -> its region."""

    @classmethod
    def of(cls, outputs: Outputs, regions: tuple[str, str], controls: Controls) -> Self:
        """Read it from the stacks' outputs."""
        return cls(
            controls=controls,
            record_name=outputs["global/traffic"]["traffic_record_name"],
            hosts={outputs[f"{region}/service"]["alb_dns_name"]: region for region in regions},
        )

    def region(self) -> str:
        """Return the region that DNS answers with; empty for an answer that is none of them."""
        return self.answer()[0]

    def answer(self) -> tuple[str, float]:
        """Return the region and the seconds that a resolver may keep it."""
        found = self.controls.dns(self.record_name, "CNAME")
        hosts = [self.hosts.get(str(value).rstrip("."), "") for value in found["values"]]
        return (hosts[0] if hosts else ""), float(found["ttl"] or 0)

    def __call__(self) -> dict[str, float]:
        """Return that all of it goes to one region, or nobody anywhere."""
        region = self.region()
        return {region: 1.0} if region else {}
