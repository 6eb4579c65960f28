"""AWS's APIs at private addresses: what stands in the private subnets needs no way out of them.

DMS 3.4.7 and newer reaches Secrets Manager from its own subnets (DMS user guide, VPC endpoints).
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointsInputs:
    """Which APIs, and where."""

    naming: Naming
    region: str
    vpc_id: str
    vpc_cidr: str
    subnet_ids: tuple[str, ...]
    services: tuple[str, ...]
    """As in the endpoints' names: `secretsmanager`, `logs`, `dms`."""


class InterfaceEndpoints(Construct):
    """One endpoint a service, found under the API's ordinary name, and open to the VPC only."""

    def __init__(self, scope: Construct, id_: str, inputs: InterfaceEndpointsInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("firewall", "endpoints")
        firewall = resource(
            SecurityGroup,
            self,
            "firewall",
            name=name,
            description="APIs of AWS, for this VPC only",
            vpc_id=inputs.vpc_id,
            ingress=[
                {
                    "description": "HTTPS from this VPC",
                    "protocol": "tcp",
                    "from_port": HTTPS,
                    "to_port": HTTPS,
                    "cidr_blocks": [inputs.vpc_cidr],
                }
            ],
            tags={"Name": name},
        )
        for service in inputs.services:
            resource(
                VpcEndpoint,
                self,
                service,
                vpc_id=inputs.vpc_id,
                service_name=f"com.amazonaws.{inputs.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(inputs.subnet_ids),
                security_group_ids=[firewall.id],
                tags={"Name": inputs.naming.name("vpce", service)},
            )
