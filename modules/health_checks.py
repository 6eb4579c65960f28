"""Route 53's health checks: of an address, and of other checks.

The checkers stand around the world and ask over HTTPS; a region counts as well while more than 18 %
of them get an answer below 400 (Route 53 developer guide). They cannot sign a request and do not check
a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class CheckTiming:
    """How fast a check changes its mind."""

    request_interval: int
    """Seconds between two looks of a checker: 10 or 30."""
    failure_threshold: int
    """Looks in a row that have to say the other."""


@dataclass(frozen=True, kw_only=True)
class AddressCheckInputs:
    """What is asked."""

    naming: Naming
    purpose: str
    host: str
    path: str
    timing: CheckTiming
    inverted: bool = False
    """Whether an answer means that it is not well: then silence, also of the checkers, is well."""


@dataclass(frozen=True, kw_only=True)
class AllOfInputs:
    """The checks that have to be healthy, all of them."""

    naming: Naming
    purpose: str
    checks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HealthCheckOutputs:
    """The check."""

    id: str


class AddressCheck(Construct):
    """An address that is asked over HTTPS, with its name in the TLS handshake."""

    def __init__(self, scope: Construct, id_: str, inputs: AddressCheckInputs) -> None:
        super().__init__(scope, id_)
        check = resource(
            Route53HealthCheck,
            self,
            "check",
            type="HTTPS",
            fqdn=inputs.host,
            port=_HTTPS,
            resource_path=inputs.path,
            enable_sni=True,
            request_interval=inputs.timing.request_interval,
            failure_threshold=inputs.timing.failure_threshold,
            invert_healthcheck=inputs.inverted,
            tags={"Name": inputs.naming.name("healthcheck", inputs.purpose)},
        )
        self.outputs = HealthCheckOutputs(id=check.id)


class AllOf(Construct):
    """Healthy while every one of other checks is."""

    def __init__(self, scope: Construct, id_: str, inputs: AllOfInputs) -> None:
        super().__init__(scope, id_)
        check = resource(
            Route53HealthCheck,
            self,
            "check",
            type="CALCULATED",
            child_healthchecks=list(inputs.checks),
            child_health_threshold=len(inputs.checks),
            tags={"Name": inputs.naming.name("healthcheck", inputs.purpose)},
        )
        self.outputs = HealthCheckOutputs(id=check.id)
