"""Launch templates."""

import base64

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_autoscaling import AMI


def create_template(aws: Aws, region: str, image: str) -> None:
    aws.client("ec2", region).create_launch_template(
        LaunchTemplateName="template",
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "t3.medium",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "pay"}]}],
        },
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "Env", "Value": "x"}]}],
    )


def create_group(aws: Aws, region: str) -> None:
    aws.client("autoscaling", region).create_auto_scaling_group(
        AutoScalingGroupName="asg",
        MinSize=1,
        MaxSize=1,
        AvailabilityZones=[f"{region}a"],
        LaunchTemplate={"LaunchTemplateName": "template"},
    )


def test_the_templates_own_tags_are_not_in_its_data(aws: Aws) -> None:
    create_template(aws, "us-east-1", AMI)
    [version] = aws.client("ec2").describe_launch_template_versions(LaunchTemplateName="template")[
        "LaunchTemplateVersions"
    ]
    kinds = [one["ResourceType"] for one in version["LaunchTemplateData"]["TagSpecifications"]]
    assert kinds == ["instance"]
    [template] = aws.client("ec2").describe_launch_templates()["LaunchTemplates"]
    assert template["Tags"] == [{"Key": "Env", "Value": "x"}]


def test_a_template_without_instance_tags_has_no_tags_in_its_data(aws: Aws) -> None:
    aws.client("ec2").create_launch_template(
        LaunchTemplateName="template",
        LaunchTemplateData={"ImageId": AMI},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "Env", "Value": "x"}]}],
    )
    [version] = aws.client("ec2").describe_launch_template_versions(LaunchTemplateName="template")[
        "LaunchTemplateVersions"
    ]
    assert "TagSpecifications" not in version["LaunchTemplateData"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("family", ["amzn2-ami-hvm-x86_64-gp2", "al2023-ami-kernel-default-x86_64"])
def test_an_image_is_resolved_from_its_parameter_when_an_instance_starts(
    aws: Aws, region: str, family: str
) -> None:
    name = f"/aws/service/ami-amazon-linux-latest/{family}"
    create_template(aws, region, f"resolve:ssm:{name}")
    create_group(aws, region)
    image = aws.client("ssm", region).get_parameter(Name=name)["Parameter"]["Value"]
    [reservation] = aws.client("ec2", region).describe_instances()["Reservations"]
    assert reservation["Instances"][0]["ImageId"] == image


def test_instances_start_from_a_second_version_with_its_user_data(aws: Aws) -> None:
    create_template(aws, "us-east-1", AMI)
    second = base64.b64encode(b"echo second").decode()
    ec2 = aws.client("ec2")
    ec2.create_launch_template_version(
        LaunchTemplateName="template",
        LaunchTemplateData={"ImageId": AMI, "InstanceType": "t3.medium", "UserData": second},
    )
    ec2.modify_launch_template(LaunchTemplateName="template", DefaultVersion="2")
    create_group(aws, "us-east-1")
    [reservation] = ec2.describe_instances()["Reservations"]
    found = ec2.describe_instance_attribute(
        InstanceId=reservation["Instances"][0]["InstanceId"], Attribute="userData"
    )
    assert found["UserData"]["Value"] == second


def test_an_image_parameter_that_does_not_exist_is_refused(extended: Aws) -> None:
    create_template(extended, "us-east-1", "resolve:ssm:/aws/service/nothing")
    with pytest.raises(ClientError, match="/aws/service/nothing does not exist"):
        create_group(extended, "us-east-1")


def test_an_image_that_does_not_exist_is_refused(extended: Aws) -> None:
    create_template(extended, "us-east-1", "ami-00000000000000000")
    with pytest.raises(ClientError, match="ami-00000000000000000"):
        create_group(extended, "us-east-1")
