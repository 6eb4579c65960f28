"""The internet-facing load balancer: TLS on 443, a redirect on 80, HTTPS to the instances.

The load balancer does not check the instances' certificates, so self-signed ones give encryption
to the end (Elastic Load Balancing user guide, target groups).
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.lb_listener import LbListener
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.access_logs import PREFIX
from shared.blocks import resource
from shared.naming import Naming

HTTPS = 443
HTTP = 80
#: TLS 1.2 and 1.3; the API's default policy still allows TLS 1.0.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


@dataclass(frozen=True, kw_only=True)
class LoadBalancerInputs:
    """Where it stands, who reaches it, and how it knows a healthy instance."""

    naming: Naming
    vpc_id: str
    vpc_cidr: str
    subnet_ids: tuple[str, ...]
    """Public subnets, one per zone."""
    ingress_cidrs: tuple[str, ...]
    certificate_arn: str
    access_logs_bucket: str
    health_check_path: str
    deregistration_delay_seconds: int
    """How long running requests may finish when an instance leaves."""
    destroyable: bool


@dataclass(frozen=True, kw_only=True)
class LoadBalancerOutputs:
    """What records, alarms and the fleet refer to."""

    arn: str
    arn_suffix: str
    dns_name: str
    zone_id: str
    security_group_id: str
    https_listener_arn: str
    target_group_arn: str
    target_group_arn_suffix: str


class LoadBalancer(Construct):
    """Load balancer, target group and both listeners."""

    def __init__(self, scope: Construct, id_: str, inputs: LoadBalancerInputs) -> None:
        super().__init__(scope, id_)
        firewall = self._firewall(inputs)
        balancer = resource(
            Lb,
            self,
            "balancer",
            name=inputs.naming.name("alb", "payments"),
            load_balancer_type="application",
            internal=False,
            subnets=list(inputs.subnet_ids),
            security_groups=[firewall.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=not inputs.destroyable,
            access_logs={"bucket": inputs.access_logs_bucket, "prefix": PREFIX, "enabled": True},
        )
        targets = self._targets(inputs)
        https = resource(
            LbListener,
            self,
            "https",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=inputs.certificate_arn,
            default_action=[{"type": "forward", "target_group_arn": targets.arn}],
        )
        resource(
            LbListener,
            self,
            "http",
            load_balancer_arn=balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_action=[
                {
                    "type": "redirect",
                    "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
                }
            ],
        )
        self.outputs = LoadBalancerOutputs(
            arn=balancer.arn,
            arn_suffix=balancer.arn_suffix,
            dns_name=balancer.dns_name,
            zone_id=balancer.zone_id,
            security_group_id=firewall.id,
            https_listener_arn=https.arn,
            target_group_arn=targets.arn,
            target_group_arn_suffix=targets.arn_suffix,
        )

    def _targets(self, inputs: LoadBalancerInputs) -> LbTargetGroup:
        return resource(
            LbTargetGroup,
            self,
            "targets",
            name=inputs.naming.name("tg", "payments"),
            vpc_id=inputs.vpc_id,
            port=HTTPS,
            protocol="HTTPS",
            target_type="instance",
            deregistration_delay=str(inputs.deregistration_delay_seconds),
            health_check={
                "enabled": True,
                "path": inputs.health_check_path,
                "port": "traffic-port",
                "protocol": "HTTPS",
                "matcher": "200",
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
                "interval": 30,
                "timeout": 5,
            },
        )

    def _firewall(self, inputs: LoadBalancerInputs) -> SecurityGroup:
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=inputs.naming.name("firewall", "alb"),
            description="Clients to the load balancer, the load balancer to its instances",
            vpc_id=inputs.vpc_id,
            ingress=[
                _rule("Clients", HTTPS, inputs.ingress_cidrs),
                _rule("Clients that are redirected to TLS", HTTP, inputs.ingress_cidrs),
            ],
            egress=[_rule("Instances", HTTPS, (inputs.vpc_cidr,))],
            tags={"Name": inputs.naming.name("firewall", "alb")},
        )


def _rule(description: str, port: int, cidrs: tuple[str, ...]) -> dict[str, object]:
    return {
        "description": description,
        "protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "cidr_blocks": list(cidrs),
    }
