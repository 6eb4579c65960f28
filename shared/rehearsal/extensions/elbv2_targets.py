"""Target health: instances that are gone leave their target group, and health can be set.

moto 5.2.5 keeps an instance that Auto Scaling terminated registered for ever, and calls it healthy: a
group of 2 instances shows 8 healthy targets after a few refreshes. No instance runs a server here, so
every registered one counts as healthy; `/moto-api/regionshift/targets` says otherwise for a rehearsal.

AWS: "Attach an Elastic Load Balancing load balancer to your Auto Scaling group" (terminated instances
are deregistered); API reference of DescribeTargetHealth, TargetHealth (`Target.ResponseCodeMismatch`).

    POST {"target_group_arn": "...", "healthy": 1}      at most so many are healthy; null: all again
    GET                                                  {"targets": {arn: how many at most}}
    DELETE                                               all healthy again, everywhere
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeTargetGroup, elbv2_backends

from shared.rehearsal.extensions import controls

_describe_target_health = ELBv2Backend.describe_target_health

#: How many targets of the group may be healthy. It lies on the group, so it goes with it.
_ATTRIBUTE = "healthy_at_most"


def install() -> None:
    """Wrap the reading of target health, serve the control."""
    ELBv2Backend.describe_target_health = describe_target_health
    controls.add("targets", control)


def describe_target_health(
    self: ELBv2Backend, target_group_arn: str, targets: list[dict[str, Any]]
) -> list[FakeHealthStatus]:
    """Return the health of the registered targets, without those that do not exist any more."""
    group = self.target_groups.get(target_group_arn)
    if group is not None:
        group.deregister_terminated_instances([name for name in group.targets if _is_gone(self, name)])
    found: list[FakeHealthStatus] = _describe_target_health(self, target_group_arn, targets)
    limit = group.__dict__.get(_ATTRIBUTE)
    if limit is not None:
        order = list(group.targets)
        for status in found:
            if status.status == "healthy" and order.index(status.instance_id) >= limit:
                status.status = "unhealthy"
                status.reason = "Target.ResponseCodeMismatch"
                status.description = "Health checks failed with these codes: [503]"
    return found


def _is_gone(backend: ELBv2Backend, name: str) -> bool:
    if not name.startswith("i-"):  # an address or a function
        return False
    instance = backend.ec2_backend.get_instance_by_id(name)
    return instance is None or instance.state in ("shutting-down", "terminated")


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Set, show or forget how many targets of a group are healthy. ValueError for an unknown group."""
    groups = _groups()
    if method == "POST":
        arn, healthy = document.get("target_group_arn"), document.get("healthy")
        if arn not in groups:
            raise ValueError(f"there is no target group {arn}")
        if healthy is not None and (not isinstance(healthy, int) or healthy < 0):
            raise ValueError(f"healthy has to be a number from 0, or null, not {healthy!r}")
        setattr(groups[arn], _ATTRIBUTE, healthy)
    elif method == "DELETE":
        for group in groups.values():
            group.__dict__.pop(_ATTRIBUTE, None)
    limits = {arn: group.__dict__.get(_ATTRIBUTE) for arn, group in groups.items()}
    return {"targets": {arn: limit for arn, limit in limits.items() if limit is not None}}


def _groups() -> dict[str, FakeTargetGroup]:
    return {
        arn: group
        for account in list(elbv2_backends.values())
        for backend in list(account.values())
        for arn, group in list(backend.target_groups.items())
    }
