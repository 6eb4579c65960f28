"""Whether the account's quotas leave room for one more network in each region; warns only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.clients import error_code
from shared.deploy.check import Check

if TYPE_CHECKING:
    from shared.clients import Clients
    from shared.settings import Platform, RegionSettings


@dataclass(frozen=True, kw_only=True)
class _Quota:
    service: str
    code: str
    what: str
    default: int
    """AWS's own default, taken when the account's value cannot be read."""


# Codes and defaults: Service Quotas console, Amazon EC2 and Amazon VPC.
_ADDRESSES = _Quota(service="ec2", code="L-0263D0A3", what="Elastic IPs", default=5)
_NETWORKS = _Quota(service="vpc", code="L-F678F1CE", what="VPCs", default=5)


def quotas(env: Platform, clients: Clients) -> list[Check]:
    """Compare quota, use and need of each region. What is ours already (by its suffix) is no need."""
    found = []
    for side in env.sides.values():
        ec2 = clients.client("ec2", side.region)
        addresses = ec2.describe_addresses()["Addresses"]
        networks = ec2.describe_vpcs()["Vpcs"]
        for quota, used, need in (
            (_ADDRESSES, addresses, _gateways(side)),
            (_NETWORKS, networks, 1),
        ):
            ours = sum(_is_ours(item, env.environment_suffix) for item in used)
            limit = _limit(clients.client("service-quotas", side.region), quota)
            found.append(_judge(side.region, quota, limit=limit, used=len(used), need=max(0, need - ours)))
    return found


def _judge(region: str, quota: _Quota, *, limit: int, used: int, need: int) -> Check:
    name = f"{quota.what} in {region}"
    seen = f"{used} of {limit} in use, {need} more needed"
    if used + need <= limit:
        return Check(name=name, verdict="ok", seen=seen)
    remedy = f"have the quota raised (Service Quotas, {quota.service} {quota.code}), or free some"
    return Check(name=name, verdict="warn", seen=seen, remedy=remedy)


def _gateways(side: RegionSettings) -> int:
    return {"per-az": len(side.availability_zones), "single": 1, "none": 0}[side.nat_mode]


def _is_ours(item: dict[str, Any], suffix: str) -> bool:
    names = [tag["Value"] for tag in item.get("Tags", ()) if tag["Key"] == "Name"]
    return any(name.endswith(f"-{suffix}") for name in names)


def _limit(client: Any, quota: _Quota) -> int:
    from botocore.exceptions import ClientError

    try:
        answer = client.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
    except ClientError as error:
        if error_code(error) in {"NoSuchResourceException", "AccessDeniedException"}:
            return quota.default
        raise
    return int(answer["Quota"]["Value"])
