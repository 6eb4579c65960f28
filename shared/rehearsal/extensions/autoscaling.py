"""Auto Scaling groups: spread over their subnets, refreshed, with policies as AWS shows them.

moto 5.2.5 starts all instances of a group in its first subnet and in a zone drawn at random, forgets
`DefaultInstanceWarmup` and `MaxInstanceLifetime`, has no instance refresh (the provider starts one
when the launch template changes), and answers scaling policies without `Enabled` and with empty
predictive and step configurations, which is drift.

AWS: "Amazon EC2 Auto Scaling balances capacity across enabled Availability Zones"; API reference of
StartInstanceRefresh, DescribeInstanceRefreshes, ScalingPolicy, CreateAutoScalingGroup.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from shared.rehearsal.extensions.faults import Fault

_policy_init = FakeScalingPolicy.__init__
_create_group = AutoScalingResponse.create_auto_scaling_group
_update_group = AutoScalingResponse.update_auto_scaling_group
_start_instances = FakeAutoScalingGroup.replace_autoscaling_group_instances


def install() -> None:
    """Wrap groups and policies, add the actions of instance refresh."""
    FakeScalingPolicy.__init__ = policy_init
    FakeAutoScalingGroup.replace_autoscaling_group_instances = start_instances
    AutoScalingResponse.create_auto_scaling_group = create_auto_scaling_group
    AutoScalingResponse.update_auto_scaling_group = update_auto_scaling_group
    AutoScalingResponse.start_instance_refresh = start_instance_refresh
    AutoScalingResponse.describe_instance_refreshes = describe_instance_refreshes
    AutoScalingResponse.cancel_instance_refresh = cancel_instance_refresh


def policy_init(self: FakeScalingPolicy, *args: Any, **kwargs: Any) -> None:
    """Show what was not given as absent, and a policy as enabled."""
    _policy_init(self, *args, **kwargs)
    self.enabled = True
    self.predictive_scaling_configuration = self.predictive_scaling_configuration or None
    self.step_adjustments = self.step_adjustments or None


def start_instances(self: FakeAutoScalingGroup, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """Start each instance in the subnet that has the fewest of the group."""
    subnets = [name.strip() for name in (self.vpc_zone_identifier or "").split(",") if name.strip()]
    if not subnets:
        _start_instances(self, count_needed, propagated_tags)
        return
    ec2 = self.autoscaling_backend.ec2_backend
    all_subnets, all_zones = self.vpc_zone_identifier, self.availability_zones
    try:
        for _ in range(count_needed):
            running = [state.instance.subnet_id for state in self.instance_states]
            subnet = min(subnets, key=running.count)
            self.vpc_zone_identifier = subnet
            self.availability_zones = [ec2.get_subnet(subnet).availability_zone]
            _start_instances(self, 1, dict(propagated_tags))
    finally:
        self.vpc_zone_identifier, self.availability_zones = all_subnets, all_zones


def create_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """Keep the attributes that moto drops."""
    result = _create_group(self)
    _keep(self)
    return result


def update_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """Keep the attributes that moto drops."""
    result = _update_group(self)
    _keep(self)
    return result


def _keep(response: AutoScalingResponse) -> None:
    group = response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    for parameter, attribute in (
        ("DefaultInstanceWarmup", "default_instance_warmup"),
        ("MaxInstanceLifetime", "max_instance_lifetime"),
    ):
        if response._get_param(parameter) is not None:
            setattr(group, attribute, response._get_int_param(parameter))


def _refreshes(response: AutoScalingResponse) -> list[dict[str, Any]]:
    """Return the refreshes of the group that the request names, newest first."""
    name = response._get_param("AutoScalingGroupName")
    groups = response.autoscaling_backend.autoscaling_groups
    if name not in groups:
        raise Fault("ValidationError", f"AutoScalingGroup name not found - {name}")
    refreshes: list[dict[str, Any]] = groups[name].__dict__.setdefault("instance_refreshes", [])
    return refreshes


def start_instance_refresh(self: AutoScalingResponse) -> ActionResult:
    """Replace every instance by one of the group's present launch template, at once."""
    refreshes = _refreshes(self)
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    old = list(group.instance_states)
    # One by one, as a rolling refresh does: the new ones take the zones of the old ones.
    for state in old:
        group.instance_states.remove(state)
        group.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id])
        group.set_desired_capacity(group.desired_capacity)
    started = utcnow()
    refreshes.insert(
        0,
        {
            "InstanceRefreshId": str(mock_random.uuid4()),
            "AutoScalingGroupName": group.name,
            "Status": "Successful",
            "StartTime": started,
            "EndTime": started,
            "PercentageComplete": 100,
            "InstancesToUpdate": 0,
            "Preferences": self._get_param("Preferences"),
        },
    )
    return ActionResult({"InstanceRefreshId": refreshes[0]["InstanceRefreshId"]})


def describe_instance_refreshes(self: AutoScalingResponse) -> ActionResult:
    """Return the refreshes of a group, newest first."""
    wanted = self._get_param("InstanceRefreshIds") or []
    found = [one for one in _refreshes(self) if not wanted or one["InstanceRefreshId"] in wanted]
    return ActionResult({"InstanceRefreshes": found})


def cancel_instance_refresh(self: AutoScalingResponse) -> ActionResult:
    """Refuse: a refresh is over as soon as it was started."""
    name = self._get_param("AutoScalingGroupName")
    raise Fault(
        "ActiveInstanceRefreshNotFound", f"No in progress or pending Instance Refresh found for {name}"
    )
