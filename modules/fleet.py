"""The instances behind the load balancer: launch template and Auto Scaling group."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import Fn
from cdktf_cdktf_provider_aws.autoscaling_group import AutoscalingGroup
from cdktf_cdktf_provider_aws.autoscaling_policy import AutoscalingPolicy
from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.machine_image import MachineImage, MachineImageInputs
from shared.blocks import resource
from shared.naming import Naming
from shared.settings import ServiceSettings

HTTPS = 443
#: Root device of both families.
ROOT_DEVICE = "/dev/xvda"
#: Share of CPU at which the group adds instances, in per cent: room for a zone's loss.
_CPU_TARGET = 50
#: Longer than the grace period: an image is pulled, TLS is made, two health checks pass.
_CAPACITY_TIMEOUT = "15m"


@dataclass(frozen=True, kw_only=True)
class FleetInputs:
    """What runs, where, and behind what."""

    naming: Naming
    settings: ServiceSettings
    vpc_id: str
    subnet_ids: tuple[str, ...]
    """Private subnets, one per zone."""
    load_balancer_security_group_id: str
    target_group_arn: str
    instance_profile_arn: str
    kms_key_arn: str
    user_data: str
    """In base64."""
    database_port: int
    database_cidrs: tuple[str, ...]
    """Where the database may be: this VPC, and the peered one until the switchover."""
    tags: dict[str, str]
    """Instances and volumes do not inherit the provider's default tags."""


@dataclass(frozen=True, kw_only=True)
class FleetOutputs:
    """The group."""

    asg_name: str
    launch_template_id: str


class Fleet(Construct):
    """A group over all zones that replaces its instances when the template changes."""

    def __init__(self, scope: Construct, id_: str, inputs: FleetInputs) -> None:
        super().__init__(scope, id_)
        template = self._template(inputs, self._firewall(inputs))
        group = self._group(inputs, template)
        resource(
            AutoscalingPolicy,
            self,
            "load",
            name=inputs.naming.name("policy", "cpu"),
            autoscaling_group_name=group.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
                "target_value": _CPU_TARGET,
            },
        )
        self.outputs = FleetOutputs(asg_name=group.name, launch_template_id=template.id)

    def _template(self, inputs: FleetInputs, firewall: SecurityGroup) -> LaunchTemplate:
        naming, settings = inputs.naming, inputs.settings
        tags = {**inputs.tags, "Name": naming.name("ec2", "payments")}
        image = MachineImage(
            self, "image", MachineImageInputs(family=settings.ami_family, release=settings.ami_release)
        )
        return resource(
            LaunchTemplate,
            self,
            "template",
            name=naming.name("lt", "payments"),
            image_id=image.outputs.image_id,
            instance_type=settings.instance_type,
            update_default_version=True,
            user_data=inputs.user_data,
            iam_instance_profile={"arn": inputs.instance_profile_arn},
            vpc_security_group_ids=[firewall.id],
            # Tokens only, and one hop more than the host for what runs in the container.
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 2,
            },
            monitoring={"enabled": True},
            block_device_mappings=[
                {
                    "device_name": ROOT_DEVICE,
                    "ebs": {
                        "volume_type": "gp3",
                        "volume_size": settings.root_volume_gb,
                        "encrypted": "true",
                        "kms_key_id": inputs.kms_key_arn,
                        "delete_on_termination": "true",
                    },
                }
            ],
            tag_specifications=[
                {"resource_type": "instance", "tags": tags},
                {"resource_type": "volume", "tags": tags},
            ],
        )

    def _group(self, inputs: FleetInputs, template: LaunchTemplate) -> AutoscalingGroup:
        naming, settings = inputs.naming, inputs.settings
        return resource(
            AutoscalingGroup,
            self,
            "group",
            name=naming.name("asg", "payments"),
            min_size=settings.min_size,
            max_size=settings.max_size,
            desired_capacity=settings.desired_capacity,
            vpc_zone_identifier=list(inputs.subnet_ids),
            target_group_arns=[inputs.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=settings.health_check_grace_seconds,
            default_instance_warmup=settings.health_check_grace_seconds,
            # The stack is done when that many instances are healthy behind the load balancer, not before:
            # nothing gets traffic that does not serve.
            min_elb_capacity=settings.min_size,
            wait_for_capacity_timeout=_CAPACITY_TIMEOUT,
            enabled_metrics=["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"],
            launch_template={"id": template.id, "version": Fn.tostring(template.latest_version)},
            instance_refresh={
                "strategy": "Rolling",
                # Never fewer instances than before. Auto Scaling goes back by itself when the new ones stay
                # unhealthy; Terraform has moved the group to the new template by then
                # (hashicorp/terraform-provider-aws#34189), so look at the refresh after a change.
                "preferences": {
                    "min_healthy_percentage": 100,
                    "max_healthy_percentage": 150,
                    "auto_rollback": True,
                },
            },
            tag=[
                {"key": key, "value": value, "propagate_at_launch": False}
                for key, value in sorted(inputs.tags.items())
            ],
            # The scaling policy owns the number of instances once the group is made.
            lifecycle={"ignore_changes": ["desired_capacity"]},
        )

    def _firewall(self, inputs: FleetInputs) -> SecurityGroup:
        anywhere = ["0.0.0.0/0"]
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=inputs.naming.name("firewall", "service"),
            description="The load balancer to the instances, the instances to AWS and the database",
            vpc_id=inputs.vpc_id,
            ingress=[
                {
                    "description": "Load balancer",
                    "protocol": "tcp",
                    "from_port": HTTPS,
                    "to_port": HTTPS,
                    "security_groups": [inputs.load_balancer_security_group_id],
                }
            ],
            egress=[
                {
                    "description": "AWS, card networks, package mirrors",
                    "protocol": "tcp",
                    "from_port": HTTPS,
                    "to_port": HTTPS,
                    "cidr_blocks": anywhere,
                },
                {
                    "description": "Database in this region and in the peered one",
                    "protocol": "tcp",
                    "from_port": inputs.database_port,
                    "to_port": inputs.database_port,
                    "cidr_blocks": list(inputs.database_cidrs),
                },
            ],
            tags={"Name": inputs.naming.name("firewall", "service")},
        )
