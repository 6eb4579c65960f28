"""Route 53 answers DNS questions: which record of a name is given, by routing policy and health.

moto 5.2.5 keeps records and has no TestDNSAnswer.

AWS: "How Amazon Route 53 chooses records when health checking is configured" (a failover's secondary is
given when the primary is unhealthy and it is not; when both are, the primary; a record without a health
check is healthy; weighted records among the healthy, those of weight 0 when no other is healthy; when none
is, all are); API reference of TestDNSAnswer. Answering is data plane: the control does it while the API in
us-east-1, and TestDNSAnswer with it, is lost.

    POST /moto-api/regionshift/dns {"name": "api.example.com", "type": "CNAME"}
         {"code": "NOERROR", "values": ["a.example.com"], "set_identifier": "primary", "type": "CNAME", ...}

Not emulated: policies by latency, place and address, wildcards, delegation. A CNAME is given, not followed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.route53.models import FakeZone, RecordSet, Route53Backend, route53_backends
from moto.route53.responses import Route53
from moto.route53.urls import url_paths

from shared.rehearsal.extensions import controls, health_endpoints
from shared.rehearsal.extensions.health_checks import healthy

_BAD = 400


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a resolver gets."""

    code: str
    """`NOERROR`, or `NXDOMAIN` for a name that does not exist."""
    values: tuple[str, ...] = ()
    set_identifier: str | None = None
    """Of the record that was chosen."""
    type: str | None = None
    """Of the record: a CNAME answers every type."""
    ttl: int | None = None
    """Seconds; None for an alias, whose target says it."""


def install() -> None:
    """Add the action and the control."""
    url_paths[r"{0}/(?P<api_version>[\d_-]+)/testdnsanswer$"] = Route53.dispatch
    Route53.test_dns_answer = test_dns_answer
    controls.add("dns", control)


def resolve(backend: Route53Backend, name: str, kind: str) -> Answered:
    """Return what the name servers answer now. NotImplementedError for a policy that is not emulated."""
    wanted = name.rstrip(".").lower()
    zones = [zone for zone in backend.zones.values() if f".{wanted}".endswith(f".{zone.name.rstrip('.')}")]
    if not zones:
        return Answered(code="NXDOMAIN")
    return _in_zone(backend, max(zones, key=lambda zone: len(zone.name)), wanted, kind)


def _in_zone(backend: Route53Backend, zone: FakeZone, name: str, kind: str) -> Answered:
    named = [record for record in zone.rrsets if record.name.rstrip(".").lower() == name]
    if not named:
        return Answered(code="NXDOMAIN")
    candidates = [record for record in named if record.type in (kind, "CNAME")]
    if not candidates:
        return Answered(code="NOERROR")
    chosen = choose(backend, candidates)
    target = chosen.alias_target
    values = (str(target["DNSName"]),) if target else tuple(str(value) for value in chosen.records)
    return Answered(
        code="NOERROR",
        values=values,
        set_identifier=chosen.set_identifier or None,
        type=chosen.type,
        ttl=None if target else int(chosen.ttl),
    )


def choose(backend: Route53Backend, candidates: Sequence[RecordSet]) -> RecordSet:
    """Return the record that is given."""
    if any(one.region or one.geo_location or one.multi_value_answer for one in candidates):
        raise NotImplementedError("records by latency, place or with several values")
    good = [one for one in candidates if _is_healthy(backend, one)]
    if candidates[0].failover:
        order = sorted(good or candidates, key=lambda one: str(one.failover) != "PRIMARY")
        return order[0]
    return _by_weight(good or candidates)


def _by_weight(records: Sequence[RecordSet]) -> RecordSet:
    """Choose by weight; when no record has one above 0, each of them may be given."""
    weights = [int(one.weight or 0) for one in records]
    everywhere = weights if any(weights) else [1] * len(weights)
    return random.choices(list(records), everywhere)[0]  # noqa: S311 - spreads traffic, guards nothing


def _is_healthy(backend: Route53Backend, record: RecordSet) -> bool:
    if record.health_check_id and not healthy(backend, record.health_check_id):
        return False
    target = record.alias_target
    if not target or str(target.get("EvaluateTargetHealth")).lower() != "true":
        return True
    status = health_endpoints.ask(str(target["DNSName"]).rstrip("."), "/").status
    return status is not None and status < _BAD


def test_dns_answer(self: Route53) -> ActionResult:
    """Answer as a name server of the zone would."""
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    name, kind = self._get_param("RecordName"), self._get_param("RecordType")
    found = _in_zone(self.backend, zone, str(name).rstrip(".").lower(), kind)
    return ActionResult(
        {
            "Nameserver": "ns-1.awsdns-01.com",
            "RecordName": name,
            "RecordType": kind,
            "RecordData": list(found.values),
            "ResponseCode": found.code,
            "Protocol": "UDP",
        }
    )


def control(_method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Answer a question. ValueError for one without a name, or for records that are not emulated."""
    name, kind = document.get("name"), document.get("type", "A")
    if not isinstance(name, str) or not isinstance(kind, str):
        raise ValueError("name and type have to be texts")  # noqa: TRY004 - one kind of refusal
    backends = [backend for account in list(route53_backends.values()) for backend in account.values()]
    try:
        answers = [resolve(backend, name, kind) for backend in backends]
    except NotImplementedError as error:
        raise ValueError(f"the embedded AWS has no {error}") from error
    known = [answer for answer in answers if answer.code == "NOERROR"]
    return asdict(known[0] if known else Answered(code="NXDOMAIN"))
