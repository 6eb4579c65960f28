import pytest

from modules.fleet import Fleet, FleetInputs
from modules.machine_image import AMI_PARAMETERS
from shared.naming import Naming
from tests.synthesized import settings, small


def fleet(**service):
    inputs = FleetInputs(
        naming=Naming(suffix="x1"),
        settings=settings(service=service).service,
        vpc_id="vpc-1",
        subnet_ids=("subnet-1", "subnet-2", "subnet-3"),
        load_balancer_security_group_id="sg-1",
        target_group_arn="tg",
        instance_profile_arn="profile",
        kms_key_arn="key",
        user_data="IyEvYmluL2Jhc2g=",
        database_port=3306,
        database_cidrs=("10.0.0.0/16", "10.1.0.0/16"),
        tags={"Team": "payments", "Stack": "eu-west-1/service"},
    )
    return small(lambda stack: Fleet(stack, "fleet", inputs))


@pytest.mark.parametrize("family", AMI_PARAMETERS)
def test_the_newest_image_of_the_family_is_taken_once_and_kept(family):
    document = fleet(ami_family=family, ami_release=3)
    assert document.one("aws_ssm_parameter", section="data")["name"] == AMI_PARAMETERS[family]
    kept = document.one("terraform_data")
    assert kept["lifecycle"]["ignore_changes"] == ["input"], "a newer image of AWS's is no change"
    assert kept["triggers_replace"] == {"family": family, "release": 3}
    assert document.one("aws_launch_template")["image_id"].endswith(".output.id}")


def test_it_is_done_when_enough_instances_serve():
    group = fleet(min_size=3, max_size=12, desired_capacity=6).one("aws_autoscaling_group")
    assert (group["min_elb_capacity"], group["wait_for_capacity_timeout"]) == (3, "15m")


def test_there_is_an_image_for_every_family_that_settings_allow():
    families = type(settings().service).model_fields["ami_family"].annotation.__args__
    assert set(AMI_PARAMETERS) == set(families)


def test_sizes_and_times_are_settings():
    document = fleet(
        min_size=3,
        max_size=12,
        desired_capacity=6,
        instance_type="m7i.large",
        root_volume_gb=100,
        health_check_grace_seconds=600,
    )
    group, template = document.one("aws_autoscaling_group"), document.one("aws_launch_template")
    assert (group["min_size"], group["max_size"], group["desired_capacity"]) == (3, 12, 6)
    assert group["health_check_grace_period"] == group["default_instance_warmup"] == 600
    assert template["instance_type"] == "m7i.large"
    assert template["block_device_mappings"][0]["ebs"]["volume_size"] == 100


def test_the_group_is_told_its_tags_in_a_fixed_order():
    document = fleet()
    assert document.one("aws_autoscaling_group")["tag"] == [
        {"key": "Stack", "value": "eu-west-1/service", "propagate_at_launch": False},
        {"key": "Team", "value": "payments", "propagate_at_launch": False},
    ]


def test_the_script_is_given_to_the_template_as_it_is():
    assert fleet().one("aws_launch_template")["user_data"] == "IyEvYmluL2Jhc2g="


def test_a_second_firewall_rule_is_for_the_database_wherever_the_writer_is():
    egress = fleet().one("aws_security_group")["egress"]
    assert egress[1]["cidr_blocks"] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert len(egress) == 2
