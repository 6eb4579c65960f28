"""The hosted zone of the platform, and a validated certificate for its name in each region.

The validation record of one name is the same in every region, so one construct owns all the
certificates and makes the record once; two states would fight over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_VALIDATION_TTL = 300
_VALIDATION_TIMEOUT = "3h"


@dataclass(frozen=True, kw_only=True)
class DomainZoneInputs:
    """The zone, the name that the certificates are for, and where they are needed."""

    naming: Naming
    zone_name: str
    record_name: str
    providers: Mapping[str, TerraformProvider | None]
    """Region -> provider (None: the stack's own); the first one's certificate makes the record."""
    destroyable: bool
    """Whether the zone may go with records in it that are not ours."""


@dataclass(frozen=True, kw_only=True)
class DomainZoneOutputs:
    """The zone and the issued certificates."""

    zone_id: str
    name_servers: tuple[str, ...]
    certificate_arns: Mapping[str, str]


class DomainZone(Construct):
    """Zone, certificates, one validation record.

    Against AWS the validation ends only when the parent zone delegates to `name_servers`.
    """

    def __init__(self, scope: Construct, id_: str, inputs: DomainZoneInputs) -> None:
        super().__init__(scope, id_)
        zone = resource(
            Route53Zone,
            self,
            "zone",
            name=inputs.zone_name,
            comment=inputs.naming.name("zone", "payments"),
            force_destroy=inputs.destroyable,
        )
        certificates = {
            region: self._certificate(region, provider, inputs)
            for region, provider in inputs.providers.items()
        }
        record = self._record(zone, next(iter(certificates.values())))
        issued = {}
        for region, certificate in certificates.items():
            validation = resource(
                AcmCertificateValidation,
                self,
                f"issued-{region}",
                provider=inputs.providers[region],
                certificate_arn=certificate.arn,
                validation_record_fqdns=[record.fqdn],
                # the parent zone is delegated while this waits, and ACM looks again every hour or so
                timeouts={"create": _VALIDATION_TIMEOUT},
            )
            issued[region] = validation.certificate_arn
        self.outputs = DomainZoneOutputs(
            zone_id=zone.zone_id,
            name_servers=tuple(zone.name_servers),
            certificate_arns=issued,
        )

    def _certificate(
        self, region: str, provider: TerraformProvider | None, inputs: DomainZoneInputs
    ) -> AcmCertificate:
        return resource(
            AcmCertificate,
            self,
            f"certificate-{region}",
            provider=provider,
            domain_name=inputs.record_name,
            validation_method="DNS",
            tags={"Name": inputs.naming.name("certificate", "payments")},
            # A listener keeps the old one until it has the new one.
            lifecycle={"create_before_destroy": True},
        )

    def _record(self, zone: Route53Zone, certificate: AcmCertificate) -> Route53Record:
        option = certificate.domain_validation_options.get(0)
        return resource(
            Route53Record,
            self,
            "validation",
            zone_id=zone.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=_VALIDATION_TTL,
            allow_overwrite=False,
        )
