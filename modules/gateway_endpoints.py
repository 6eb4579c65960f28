"""Gateway endpoints: S3 and DynamoDB are reached inside AWS, not through the NAT gateways."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

SERVICES = ("s3", "dynamodb")


@dataclass(frozen=True, kw_only=True)
class GatewayEndpointsInputs:
    """Which tables get the endpoints' routes (AWS adds them; Terraform does not see them as drift)."""

    naming: Naming
    region: str
    vpc_id: str
    route_table_ids: tuple[str, ...]


class GatewayEndpoints(Construct):
    """One endpoint for S3 and one for DynamoDB; both cost nothing."""

    def __init__(self, scope: Construct, id_: str, inputs: GatewayEndpointsInputs) -> None:
        super().__init__(scope, id_)
        for service in SERVICES:
            resource(
                VpcEndpoint,
                self,
                service,
                vpc_id=inputs.vpc_id,
                service_name=f"com.amazonaws.{inputs.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=list(inputs.route_table_ids),
                tags={"Name": inputs.naming.name("vpce", service)},
            )
