"""Health of the targets behind a load balancer."""

from collections import Counter

import pytest

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_autoscaling import create_group


def target_group(aws: Aws, kind: str = "instance", *, region: str = "us-east-1") -> str:
    vpc = aws.client("ec2", region).describe_vpcs()["Vpcs"][0]["VpcId"]
    made = aws.client("elbv2", region).create_target_group(
        Name=kind, Protocol="HTTPS", Port=443, VpcId=vpc, TargetType=kind
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def states(aws: Aws, arn: str) -> Counter[str]:
    found = aws.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return Counter(one["TargetHealth"]["State"] for one in found)


def test_instances_of_a_group_are_healthy_and_leave_when_they_are_terminated(aws: Aws) -> None:
    arn = target_group(aws)
    create_group(aws, desired=3, TargetGroupARNs=[arn])
    assert states(aws, arn) == {"healthy": 3}
    scaling = aws.client("autoscaling")
    scaling.start_instance_refresh(AutoScalingGroupName="asg")
    assert states(aws, arn) == {"healthy": 3}
    scaling.set_desired_capacity(AutoScalingGroupName="asg", DesiredCapacity=2)
    assert states(aws, arn) == {"healthy": 2}


def test_an_address_stays_until_it_is_deregistered(extended: Aws) -> None:
    arn = target_group(extended, "ip")
    extended.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.1"}])
    assert states(extended, arn) == {"healthy": 1}


def test_a_rehearsal_says_how_many_are_healthy(extended: Aws) -> None:
    arn = target_group(extended)
    create_group(extended, desired=3, TargetGroupARNs=[arn])
    controls = Controls(extended.server.endpoint)
    controls.set_healthy(arn, 1)
    assert states(extended, arn) == {"healthy": 1, "unhealthy": 2}
    assert controls.healthy_at_most() == {arn: 1}
    controls.set_healthy(arn, None)
    assert states(extended, arn) == {"healthy": 3}
    controls.set_healthy(arn, 0)
    controls.clear()
    assert states(extended, arn) == {"healthy": 3}
    with pytest.raises(ValueError, match="a number from 0"):
        controls.set_healthy(arn, -1)


def test_a_target_group_that_does_not_exist_is_not_found(extended: Aws) -> None:
    elb = extended.client("elbv2")
    gone = target_group(extended)
    elb.delete_target_group(TargetGroupArn=gone)
    with pytest.raises(elb.exceptions.TargetGroupNotFoundException):
        states(extended, gone)
