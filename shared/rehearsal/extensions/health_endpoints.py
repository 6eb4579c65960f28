"""What a Route 53 health checker gets from an endpoint. Used by `health_looks`.

No name of AWS's leads to this server, so what an endpoint would answer is taken from the state: a Lambda
function URL runs its function; an S3 object that a checker may read without signing is 200; a load balancer
is 200 while a target is healthy, else 503 ("Troubleshoot your Application Load Balancers"). A lost region
answers nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from moto.elbv2.models import elbv2_backends
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from shared.rehearsal.extensions import function_urls, prefix_lists, s3_policies
from shared.rehearsal.extensions.outages import HANG, OUTAGES

_S3_HOST = re.compile(r"^(?:(?P<bucket>.+)\.)?s3[.-](?P<region>[a-z0-9-]+)\.amazonaws\.com$")
_BALANCER_HOST = re.compile(r"\.(?P<region>[a-z0-9-]+)\.elb\.amazonaws\.com$")
_ACCESS_DENIED = b"<Error><Code>AccessDenied</Code></Error>"
#: Why nothing answers in a region that is lost.
TIMED_OUT, REFUSED = "The connection timed out.", "The connection was refused."
#: Where a checker asks from.
CHECKER = str(ipaddress.ip_network(prefix_lists.CHECKERS[0])[1])


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int | None
    """HTTP status; None when nothing answered."""
    body: bytes = b""
    why: str = ""
    """Without an answer, the reason."""


def ask(host: str, path: str) -> Reply:
    """Return what GET of a path at a host gives."""
    for pattern, answer in ((function_urls.HOST, _url), (_S3_HOST, _object), (_BALANCER_HOST, _balancer)):
        place = pattern.search(host)
        if place:
            mode = OUTAGES.mode(place["region"])
            if mode:
                return Reply(status=None, why=TIMED_OUT if mode == HANG else REFUSED)
            return answer(place, path)
    return Reply(status=None, why="DNS resolution failed: the embedded AWS has no such host.")


def _url(place: re.Match[str], path: str) -> Reply:
    agent = {"user-agent": "Amazon-Route53-Health-Check-Service", "host": place.string}
    bare, _, query = path.partition("?")
    said = function_urls.ask(function_urls.Request(host=place.string, path=bare, query=query, headers=agent))
    return Reply(status=said.status, body=said.body)


def _object(place: re.Match[str], path: str) -> Reply:
    name, key = place["bucket"], path.partition("?")[0].lstrip("/")
    if not name:
        name, _, key = key.partition("/")
    for account in list(s3_backends.values()):
        for backend in list(account.values()):
            bucket = backend.buckets.get(name)
            if bucket is not None and bucket.region_name == place["region"]:
                found = bucket.keys.get(key)
                # a deleted object of a versioned bucket is a marker, which is no object
                if isinstance(found, FakeKey) and _may_read(bucket, key, found):
                    return Reply(status=200, body=bytes(found.value))
    # who may not list a bucket is not told what is missing in it
    return Reply(status=403, body=_ACCESS_DENIED)


def _may_read(bucket: FakeBucket, key: str, found: FakeKey) -> bool:
    """Say whether a checker, who does not sign, may read an object."""
    block = bucket.public_access_block.to_config_dict() if bucket.public_access_block else {}
    decided = s3_policies.decide(bucket, "s3:GetObject", f"arn:aws:s3:::{bucket.name}/{key}", address=CHECKER)
    if decided is PermissionResult.DENIED:
        return False
    if found.acl is not None and found.acl.public_read and not block.get("ignorePublicAcls"):
        return True
    closed = block.get("restrictPublicBuckets") and s3_policies.is_public(bucket.policy)
    return decided is PermissionResult.PERMITTED and not closed


def _balancer(place: re.Match[str], _path: str) -> Reply:
    for account in list(elbv2_backends.values()):
        backend = account[place["region"]]
        for balancer in list(backend.load_balancers.values()):
            if balancer.dns_name.lower() == place.string.removeprefix("dualstack.").lower():
                groups = [
                    arn
                    for arn, group in backend.target_groups.items()
                    if balancer.arn in group.load_balancer_arns
                ]
                health = [one for arn in groups for one in backend.describe_target_health(arn, [])]
                return Reply(status=200 if any(one.status == "healthy" for one in health) else 503)
    return Reply(status=None, why="DNS resolution failed: there is no such load balancer.")
