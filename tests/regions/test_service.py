"""A3, A4: instances behind a load balancer, the same in both regions, in front of them TLS and a firewall."""

import base64
import json
import re

import pytest

from tests.synthesized import REGIONS, content, state


@pytest.fixture(params=["source", "target"])
def role(request):
    return request.param


@pytest.fixture
def region(role):
    return REGIONS[role]


@pytest.fixture
def service(synthesis, region):
    return synthesis[f"{region}/service"]


@pytest.fixture
def here(region):
    return f"{region}/foundation"


def test_the_launch_template_starts_the_newest_amazon_linux_of_the_family(service, production):
    parameters = "/aws/service/ami-amazon-linux-latest"
    template = service.one("aws_launch_template")
    parameter = service.one("aws_ssm_parameter", section="data")
    assert parameter["name"] == f"{parameters}/amzn2-ami-hvm-x86_64-gp2"
    assert template["image_id"] == service.ref("terraform_data", "output.id")
    assert template["instance_type"] == "t3.medium"
    assert template["update_default_version"] is True
    newer = production["eu-west-1/service"].one("aws_ssm_parameter", section="data")
    assert newer["name"] == f"{parameters}/al2023-ami-kernel-default-x86_64"


def test_instance_metadata_needs_a_token(service):
    assert service.one("aws_launch_template")["metadata_options"] == {
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 2,
    }


def test_the_disk_is_gp3_and_encrypted_with_the_regions_key(service, here):
    assert service.one("aws_launch_template")["block_device_mappings"] == [
        {
            "device_name": "/dev/xvda",
            "ebs": {
                "volume_type": "gp3",
                "volume_size": 30,
                "encrypted": "true",
                "kms_key_id": state(here, "kms_key_arn"),
                "delete_on_termination": "true",
            },
        }
    ]


def test_an_instance_has_no_public_address_no_key_pair_and_the_services_role(service):
    template = service.one("aws_launch_template")
    assert not {"key_name", "network_interfaces"} & template.keys()
    assert template["vpc_security_group_ids"] == [service.ref("aws_security_group", "id", "fleet/firewall")]
    assert template["iam_instance_profile"] == {"arn": service.ref("aws_iam_instance_profile", "arn")}
    assert template["monitoring"] == {"enabled": True}


def test_instances_and_volumes_carry_the_tags_that_they_do_not_inherit(service, region):
    tags = {
        "EnvironmentSuffix": "abc123",
        "ManagedBy": "regionshift",
        "System": "region-migration",
        "Stack": f"{region}/service",
        "Name": "ec2-payments-abc123",
    }
    assert service.one("aws_launch_template")["tag_specifications"] == [
        {"resource_type": "instance", "tags": tags},
        {"resource_type": "volume", "tags": tags},
    ]


def test_the_group_has_two_to_six_instances_in_the_private_subnets_of_every_zone(service, here):
    group = service.one("aws_autoscaling_group")
    assert (group["min_size"], group["max_size"], group["desired_capacity"]) == (2, 6, 2)
    assert group["vpc_zone_identifier"] == state(here, "private_subnet_ids")
    assert group["name"] == "asg-payments-abc123"


def test_the_load_balancer_judges_an_instance_after_five_minutes(service):
    group = service.one("aws_autoscaling_group")
    assert group["health_check_type"] == "ELB"
    assert group["health_check_grace_period"] == 300
    assert group["target_group_arns"] == [service.ref("aws_lb_target_group", "arn")]


def test_a_new_template_replaces_the_instances_and_a_bad_one_is_rolled_back(service):
    group = service.one("aws_autoscaling_group")
    assert group["instance_refresh"] == {
        "strategy": "Rolling",
        "preferences": {
            "min_healthy_percentage": 100,
            "max_healthy_percentage": 150,
            "auto_rollback": True,
        },
    }
    newest = service.ref("aws_launch_template", "latest_version")[2:-1]
    assert group["launch_template"] == {
        "id": service.ref("aws_launch_template", "id"),
        "version": f"${{tostring({newest})}}",
    }


def test_the_group_names_its_tags_in_dictionaries(service, region):
    tags = service.one("aws_autoscaling_group")["tag"]
    assert {tag["key"]: tag["value"] for tag in tags} == {
        "EnvironmentSuffix": "abc123",
        "ManagedBy": "regionshift",
        "System": "region-migration",
        "Stack": f"{region}/service",
    }
    # the launch template tags the instances: twice would be a conflict
    assert {tag["propagate_at_launch"] for tag in tags} == {False}


def test_the_scaling_policy_owns_the_number_of_instances(service):
    group = service.one("aws_autoscaling_group")
    assert group["lifecycle"] == {"ignore_changes": ["desired_capacity"]}
    policy = service.one("aws_autoscaling_policy")
    assert policy["autoscaling_group_name"] == service.ref("aws_autoscaling_group", "name")
    assert policy["policy_type"] == "TargetTrackingScaling"
    assert policy["target_tracking_configuration"] == {
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 50,
    }


def script_of(service):
    """The script in the user data, and the expression that Terraform puts in place of the host."""
    text = service.one("aws_launch_template")["user_data"]
    found = re.fullmatch(
        r'\$\{base64encode\(replace\(base64decode\("([^"]+)"\), "@DATABASE_HOST@", (.+)\)\)\}', text
    )
    return base64.b64decode(found[1]).decode(), found[2]


def test_the_user_data_runs_the_image_of_its_own_regions_registry(service, region):
    script, _ = script_of(service)
    assert f"docker pull 123456789012.dkr.ecr.{region}.amazonaws.com/payment-processor:1.0.0\n" in script
    assert f"awslogs-region={region} " in script
    assert "awslogs-group=/service/abc123/payment-processor " in script


def test_an_image_may_be_named_by_its_digest(production):
    script, _ = script_of(production["us-east-1/service"])
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert f"docker pull {registry}/payment-processor@sha256:{'4b' * 32}\n" in script


def test_both_regions_write_to_the_global_writer(service):
    script, host = script_of(service)
    assert script.count("@DATABASE_HOST@") == 1
    assert host == state("us-east-1/database", "global_writer_endpoint")[2:-1]


def test_instances_are_reached_by_the_load_balancer_only(service, role):
    own, peer = ("10.0.0.0/16", "10.1.0.0/16")[:: 1 if role == "source" else -1]
    group = service.one("aws_security_group", "fleet/firewall")
    balancer = service.ref("aws_security_group", "id", "alb/firewall")
    https = {"protocol": "tcp", "from_port": 443, "to_port": 443}
    mysql = {"protocol": "tcp", "from_port": 3306, "to_port": 3306}
    assert [rule | {"description": ""} for rule in group["ingress"]] == [
        {**https, "description": "", "security_groups": [balancer]}
    ]
    assert [rule | {"description": ""} for rule in group["egress"]] == [
        {**https, "description": "", "cidr_blocks": ["0.0.0.0/0"]},
        {**mysql, "description": "", "cidr_blocks": [own, peer]},
    ]


def test_the_load_balancer_faces_the_internet_from_the_public_subnets(service, here):
    balancer = service.one("aws_lb")
    assert balancer["internal"] is False
    assert balancer["load_balancer_type"] == "application"
    assert balancer["subnets"] == state(here, "public_subnet_ids")
    assert balancer["security_groups"] == [service.ref("aws_security_group", "id", "alb/firewall")]
    assert balancer["drop_invalid_header_fields"] is True
    assert balancer["desync_mitigation_mode"] == "defensive"


def test_clients_reach_it_on_two_ports_and_it_reaches_the_instances_on_one(service, role):
    group = service.one("aws_security_group", "alb/firewall")
    ways = [
        (direction, rule["from_port"], rule["to_port"], rule["cidr_blocks"])
        for direction in ("ingress", "egress")
        for rule in group[direction]
    ]
    own = {"source": "10.0.0.0/16", "target": "10.1.0.0/16"}[role]
    assert ways == [
        ("ingress", 443, 443, ["0.0.0.0/0"]),
        ("ingress", 80, 80, ["0.0.0.0/0"]),
        ("egress", 443, 443, [own]),
    ]


def test_who_may_reach_it_is_a_setting(production):
    group = production["eu-west-1/service"].one("aws_security_group", "alb/firewall")
    blocks = [rule["cidr_blocks"] for rule in group["ingress"]]
    assert blocks == [["203.0.113.0/24", "198.51.100.0/24"]] * 2


def test_the_target_group_asks_for_health_over_tls(service, here):
    group = service.one("aws_lb_target_group")
    assert (group["port"], group["protocol"], group["target_type"]) == (443, "HTTPS", "instance")
    assert group["vpc_id"] == state(here, "vpc_id")
    assert group["deregistration_delay"] == "60"
    assert group["health_check"] == {
        "enabled": True,
        "path": "/health",
        "port": "traffic-port",
        "protocol": "HTTPS",
        "matcher": "200",
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
        "interval": 30,
        "timeout": 5,
    }


def test_the_health_path_is_a_setting(production):
    group = production["eu-west-1/service"].one("aws_lb_target_group")
    assert group["health_check"]["path"] == "/ready"


def test_the_https_listener_forwards_with_the_regions_certificate_and_modern_tls(service, region):
    arns = state("global/domain", "certificate_arns")[2:-1]
    assert content(service.one("aws_lb_listener", "https")) == {
        "load_balancer_arn": service.ref("aws_lb", "arn"),
        "port": 443,
        "protocol": "HTTPS",
        "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificate_arn": f'${{{arns}["{region}"]}}',
        "default_action": [
            {"type": "forward", "target_group_arn": service.ref("aws_lb_target_group", "arn")}
        ],
    }


def test_port_80_only_redirects(service):
    assert content(service.one("aws_lb_listener", "http")) == {
        "load_balancer_arn": service.ref("aws_lb", "arn"),
        "port": 80,
        "protocol": "HTTP",
        "default_action": [
            {
                "type": "redirect",
                "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"},
            }
        ],
    }
    assert len(service.all("aws_lb_listener")) == 2


def test_access_is_logged_to_a_bucket_that_is_ready_for_it(service):
    logs = service.one("aws_lb")["access_logs"]
    assert logs["enabled"] is True
    assert logs["prefix"] == "alb"
    # through the policy, because the load balancer writes as soon as it is made
    assert logs["bucket"] == service.ref("aws_s3_bucket_policy", "bucket")


def test_a_web_acl_stands_in_front(service):
    association = content(service.one("aws_wafv2_web_acl_association"))
    assert association == {
        "resource_arn": service.ref("aws_lb", "arn"),
        "web_acl_arn": service.ref("aws_wafv2_web_acl", "arn"),
    }


def test_what_the_web_acl_stops_is_logged_with_the_key_of_the_region(service, here):
    assert content(service.one("aws_cloudwatch_log_group", "waf/stopped")) == {
        "name": "aws-waf-logs-payments-abc123",
        "retention_in_days": 30,
        "kms_key_id": state(here, "kms_key_arn"),
    }
    logging = service.one("aws_wafv2_web_acl_logging_configuration")
    assert logging["resource_arn"] == service.ref("aws_wafv2_web_acl", "arn")


def test_the_containers_log_is_encrypted_and_forgets(service, here):
    assert content(service.one("aws_cloudwatch_log_group", "/log")) == {
        "name": "/service/abc123/payment-processor",
        "retention_in_days": 30,
        "kms_key_id": state(here, "kms_key_arn"),
    }


def test_the_instances_role_is_about_this_region_only(service, region, here):
    policy = json.loads(service.one("aws_iam_role_policy")["policy"])
    resources = {statement["Sid"]: statement["Resource"] for statement in policy["Statement"]}
    prefix = f"{region}:123456789012"
    assert resources["PullTheImage"] == [f"arn:aws:ecr:{prefix}:repository/payment-processor"]
    secret = f"arn:aws:secretsmanager:{prefix}:secret:payments/database/application-??????"
    assert resources["ReadTheCredentials"] == [secret]
    assert resources["DecryptTheCredentials"] == [state(here, "kms_key_arn")]
    assert resources["WriteTheLog"] == [service.ref("aws_cloudwatch_log_group", "arn", "/log") + ":*"]


def test_the_service_publishes_what_records_and_gates_look_at(service):
    assert service.outputs == {
        "alb_dns_name": service.ref("aws_lb", "dns_name"),
        "alb_zone_id": service.ref("aws_lb", "zone_id"),
        "alb_arn_suffix": service.ref("aws_lb", "arn_suffix"),
        "https_listener_arn": service.ref("aws_lb_listener", "arn", "https"),
        "target_group_arn": service.ref("aws_lb_target_group", "arn"),
        "target_group_arn_suffix": service.ref("aws_lb_target_group", "arn_suffix"),
        "asg_name": service.ref("aws_autoscaling_group", "name"),
        "healthy_hosts_alarm": "alarm-healthy-hosts-abc123",
    }
