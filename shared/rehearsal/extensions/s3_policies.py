"""S3: a bucket's policy is decided by its conditions too, and a public one may be refused.

moto 5.2.5 takes a statement whose condition it cannot judge for a refusal, whatever its effect is: a bucket
that refuses what comes without TLS has no object put, read or deleted by anybody. It takes every policy.

AWS: IAM user guide, "Policy evaluation logic" (a Deny wins; without an Allow there is none), "Condition
operators" (several values: one is enough; several keys: all of them); API reference of
PublicAccessBlockConfiguration (a policy that gives to a set of addresses only is not public; with
`BlockPublicPolicy` a public one is refused).
Here every request counts as one over TLS: HTTP to 127.0.0.1 stands for it. Who asks is not known, so
statements about somebody are left out. What else is not emulated is refused with its name.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket, S3Backend

_put_bucket_policy = S3Backend.put_bucket_policy

#: Where requests to the embedded AWS come from.
LOCAL = "127.0.0.1"
#: What moto makes of a request's method -> the permission that it needs.
_ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:PostObject": "s3:PutObject"}
_SOURCE_IP, _TLS = "aws:sourceip", "aws:securetransport"


def install() -> None:
    """Replace the decision, wrap the putting."""
    FakeBucket.get_permission = get_permission
    S3Backend.put_bucket_policy = put_bucket_policy


def put_bucket_policy(self: S3Backend, bucket_name: str, policy: bytes) -> None:
    """Put a policy that is not public, or any where that is not blocked."""
    block = self.get_bucket(bucket_name).public_access_block
    if block and block.block_public_policy and is_public(policy):
        raise S3AccessDeniedError
    _put_bucket_policy(self, bucket_name, policy)


def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Decide about a request that came to this server."""
    return decide(self, action, resource)


def decide(bucket: FakeBucket, action: str, resource: str, *, address: str = LOCAL) -> PermissionResult:
    """Say what the policy says: DENIED, PERMITTED, or NEUTRAL when it says nothing.

    `resource` is an ARN, `address` where the request comes from. NotImplementedError for a statement that
    is about the request and cannot be judged here.
    """
    wanted = _ACTIONS.get(action, action)
    effects = {
        statement["Effect"]
        for statement in _statements(bucket.policy)
        if _about(statement, wanted, resource) and _holds(statement, address)
    }
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def is_public(policy: bytes | None) -> bool:
    """Say whether S3 calls a bucket's policy public: it gives something to everybody, from anywhere."""
    return any(
        statement["Effect"] == "Allow"
        and _everybody(statement)
        and _SOURCE_IP not in {key.lower() for key in _conditions(statement).get("IpAddress", {})}
        for statement in _statements(policy)
    )


def _statements(policy: bytes | None) -> list[dict[str, Any]]:
    return _listed(json.loads(policy)["Statement"]) if policy else []


def _about(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    unknown = {"NotPrincipal", "NotAction", "NotResource"} & set(statement)
    if unknown:
        raise NotImplementedError(f"bucket policies with {', '.join(sorted(unknown))}")
    return (
        _everybody(statement)
        and _matches(statement["Action"], action, re.IGNORECASE)
        and _matches(statement["Resource"], resource)
    )


def _everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement["Principal"]
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in _listed(named)


def _matches(patterns: Any, value: str, flags: int = 0) -> bool:
    """Match as IAM does: `*` is any number of characters, `?` one."""
    written = (re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") for pattern in _listed(patterns))
    return any(re.fullmatch(pattern, value, flags) for pattern in written)


def _holds(statement: Mapping[str, Any], address: str) -> bool:
    """Say whether every condition of a statement is met."""
    return all(
        _judge(operator, key.lower())(_listed(values), address)
        for operator, asked in _conditions(statement).items()
        for key, values in asked.items()
    )


def _conditions(statement: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return statement.get("Condition") or {}


def _judge(operator: str, key: str) -> Callable[[list[Any], str], bool]:
    try:
        return _JUDGES[operator, key]
    except KeyError:
        raise NotImplementedError(f"bucket policies with the condition {operator} {key}") from None


def _is_over_tls(values: list[Any], _address: str) -> bool:
    return "true" in {str(value).lower() for value in values}


def _is_from(values: Iterable[str], address: str) -> bool:
    asker = ipaddress.ip_address(address)
    return any(asker in ipaddress.ip_network(value, strict=False) for value in values)


_JUDGES: dict[tuple[str, str], Callable[[list[Any], str], bool]] = {
    ("Bool", _TLS): _is_over_tls,
    ("IpAddress", _SOURCE_IP): _is_from,
    ("NotIpAddress", _SOURCE_IP): lambda values, address: not _is_from(values, address),
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
