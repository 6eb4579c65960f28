"""Clients for when a region is lost: they ask neither it nor a control plane that is lost with it.

Asking for such a client is a defect of ours, and no request leaves. A request that would go there all the
same (by way of the credentials, an endpoint that somebody set, a bucket that is elsewhere) does not
leave either, and says what to mend.

Sources: "AWS Fault Isolation Boundaries", appendix A (control planes in one region of a partition);
botocore 1.44.5: `before-send` is emitted for each attempt of every client of a session, those that fetch
credentials included.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.clients import QUICK, Clients
from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.clients import Identity, Pace

CONTROL_PLANES = frozenset(
    (
        "account",
        "budgets",
        "ce",
        "cloudfront",
        "globalaccelerator",
        "health",
        "iam",
        "organizations",
        "route53",
        "route53domains",
        "shield",
        "waf",
    )
)
"""Services with one control plane for all regions, by the name that requests are signed with."""

#: Services that credentials come from, by botocore's service ids.
_CREDENTIALS = ("sts", "sso", "sso-oidc", "signin")
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
EXPORT = '`eval "$(aws configure export-credentials --format env)"` while they can still be had'
"""Takes credentials along that are fetched otherwise each time."""


class LostRegionAskedError(Exception):
    """Our code asked for what is lost: a defect."""


class ClientsWithout(Clients):
    """Clients of an account that ask nothing of `region`; what has no region of its own asks `instead`."""

    def __init__(self, account_id: str, *, region: str, instead: str, pace: Pace = QUICK) -> None:
        # a role is assumed by STS of the default region, which is often the one that is lost
        super().__init__(account_id, pace, default_region=instead)
        self.region = region
        self.asked: Counter[str] = Counter()
        """Region -> requests that left for it."""

    def client(self, service: str, region: str) -> Any:
        """Return the client. Raises LostRegionAskedError for the region and for control planes."""
        self._refuse(service, region)
        return super().client(service, region)

    def patient(self, service: str, region: str, *, seconds: float) -> Any:
        """Return the patient client. Raises LostRegionAskedError for the region and for control planes."""
        self._refuse(service, region)
        return super().patient(service, region, seconds=seconds)

    def check_account(self, *, region: str = "") -> Identity:
        """Return who we are, as `Clients` does; asked is `instead` unless another region is named."""
        return super().check_account(region=region or self.default_region)

    def _refuse(self, service: str, region: str) -> None:
        if region == self.region:
            raise LostRegionAskedError(f"{service} in {region}, which is lost")
        if service in CONTROL_PLANES:
            raise LostRegionAskedError(f"{service}, whose control plane may be lost with {self.region}")

    def _prepared(self) -> Any:
        session = super()._prepared()
        session.register("before-send", self._before_send)
        return session

    def _before_send(self, request: Any, event_name: str, **_: object) -> None:
        service, action = event_name.split(".")[1:]
        host = urlsplit(request.url).hostname or ""
        signed_for, region = scope_of(request.headers)
        named = self.region in host.split(".")
        if not named and region != self.region and signed_for not in CONTROL_PLANES:
            with self._lock:
                self.asked[region or host] += 1
            return
        if service in _CREDENTIALS:
            raise UserError(
                f"the AWS credentials come by way of {self.region} ({service}:{action} at {host}), "
                "and nothing is asked there",
                remedy=f"take them along: {EXPORT}; `invoke doctor --without {self.region}` shows the way",
            )
        if named and region != self.region:
            raise UserError(
                f"{service} is asked at {host}, an endpoint in {self.region} that somebody has set",
                remedy=f"unset AWS_ENDPOINT_URL_{service.upper().replace('-', '_')} and `endpoint_url`",
            )
        if service == "s3":
            raise UserError(
                f"S3 says that {urlsplit(request.url).path} is in {self.region}",
                remedy=f"nothing that is needed when {self.region} is lost may be there",
            )
        raise LostRegionAskedError(f"{service}:{action} at {host}")


def without(clients: Clients, *, region: str, instead: str) -> ClientsWithout:
    """Return clients of the same account that ask nothing of `region`."""
    return ClientsWithout(clients.account_id, region=region, instead=instead, pace=clients.pace or QUICK)


def scope_of(headers: Mapping[str, Any]) -> tuple[str, str]:
    """Return the service and the region that a request is signed for; nothing for an unsigned one."""
    signature = headers.get("Authorization", "")
    text = signature.decode() if isinstance(signature, bytes) else str(signature)
    found = _SCOPE.search(text)
    return (found["service"], found["region"]) if found else ("", "")
