"""Auto Scaling groups, their policies and refreshes."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws

AMI = "resolve:ssm:/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"


def create_group(aws: Aws, *, desired: int = 3, in_subnets: bool = True, **arguments: Any) -> list[str]:
    """Make a group over the default VPC's three zones; return its subnets."""
    ec2 = aws.client("ec2")
    image = aws.client("ssm").get_parameter(Name=AMI.removeprefix("resolve:ssm:"))["Parameter"]["Value"]
    ec2.create_launch_template(
        LaunchTemplateName="template", LaunchTemplateData={"ImageId": image, "InstanceType": "t3.medium"}
    )
    subnets = [
        subnet["SubnetId"]
        for subnet in ec2.describe_subnets()["Subnets"]
        if subnet["AvailabilityZone"][-1] in "abc"
    ]
    place = {"VPCZoneIdentifier": ",".join(subnets)} if in_subnets else {"AvailabilityZones": ["us-east-1a"]}
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="asg",
        MinSize=2,
        MaxSize=6,
        DesiredCapacity=desired,
        LaunchTemplate={"LaunchTemplateName": "template", "Version": "$Latest"},
        **place,
        **arguments,
    )
    return subnets


def group(aws: Aws) -> Any:
    return aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]


def test_instances_are_spread_over_the_subnets(aws: Aws) -> None:
    subnets = create_group(aws, desired=3)
    reservations = aws.client("ec2").describe_instances()["Reservations"]
    instances = [instance for one in reservations for instance in one["Instances"]]
    assert Counter(instance["SubnetId"] for instance in instances) == Counter(subnets)
    zones = {instance["AvailabilityZone"] for instance in group(aws)["Instances"]}
    assert zones == {"us-east-1a", "us-east-1b", "us-east-1c"}


def test_a_group_without_subnets_starts_in_its_zones(extended: Aws) -> None:
    create_group(extended, desired=2, in_subnets=False)
    assert len(group(extended)["Instances"]) == 2


def test_warmup_and_lifetime_are_kept(aws: Aws) -> None:
    create_group(aws, DefaultInstanceWarmup=120, MaxInstanceLifetime=86400)
    assert (group(aws)["DefaultInstanceWarmup"], group(aws)["MaxInstanceLifetime"]) == (120, 86400)
    aws.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="asg", DefaultInstanceWarmup=60)
    assert group(aws)["DefaultInstanceWarmup"] == 60


def test_a_scaling_policy_shows_only_what_it_has(aws: Aws) -> None:
    create_group(aws)
    aws.client("autoscaling").put_scaling_policy(
        AutoScalingGroupName="asg",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60,
        },
    )
    [policy] = aws.client("autoscaling").describe_policies()["ScalingPolicies"]
    assert policy["Enabled"] is True
    assert "PredictiveScalingConfiguration" not in policy


def test_a_refresh_replaces_every_instance_and_keeps_the_spread(aws: Aws) -> None:
    create_group(aws, desired=3)
    before = {instance["InstanceId"] for instance in group(aws)["Instances"]}
    scaling = aws.client("autoscaling")
    refresh = scaling.start_instance_refresh(AutoScalingGroupName="asg")["InstanceRefreshId"]
    found = scaling.describe_instance_refreshes(AutoScalingGroupName="asg", InstanceRefreshIds=[refresh])
    assert [one["Status"] for one in found["InstanceRefreshes"]] == ["Successful"]
    after = group(aws)["Instances"]
    assert len(after) == 3
    assert not before & {instance["InstanceId"] for instance in after}
    assert len({instance["AvailabilityZone"] for instance in after}) == 3


def test_refreshes_are_listed_newest_first_and_cannot_be_cancelled_when_over(extended: Aws) -> None:
    create_group(extended, desired=2)
    scaling = extended.client("autoscaling")
    ids = [scaling.start_instance_refresh(AutoScalingGroupName="asg")["InstanceRefreshId"] for _ in "ab"]
    found = scaling.describe_instance_refreshes(AutoScalingGroupName="asg")["InstanceRefreshes"]
    assert [one["InstanceRefreshId"] for one in found] == ids[::-1]
    with pytest.raises(scaling.exceptions.ActiveInstanceRefreshNotFoundFault):
        scaling.cancel_instance_refresh(AutoScalingGroupName="asg")
    with pytest.raises(ClientError, match="not found"):
        scaling.start_instance_refresh(AutoScalingGroupName="nobody")
