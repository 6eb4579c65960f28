"""A region's probe: a function at a URL that says 200 when the region is well, and 503 when not.

Shallow on purpose: the load balancer has healthy targets, and an endpoint of the region's cluster takes
connections. What it measures beside goes to metrics, not into the answer: whatever the answer
depends on can take the region out of DNS.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.function_url import FunctionUrl, FunctionUrlInputs
from modules.lambda_function import FunctionNetwork, LambdaFunction, LambdaFunctionInputs
from modules.role import Statement
from shared.blocks import resource
from shared.naming import Naming

NAMESPACE = "PaymentProbe"
_HTTPS = 443
#: The checkers wait two seconds for a status; a probe that takes longer has answered nobody.
_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class ProbeInputs:
    """What the probe looks at, and from where."""

    naming: Naming
    side: str
    """Part of the role's name, which is global."""
    account_id: str
    region: str
    vpc_id: str
    vpc_cidr: str
    subnet_ids: tuple[str, ...]
    """Private subnets with a way out: it asks the load balancer's API."""
    kms_key_arn: str
    log_retention_days: int
    database_endpoints: tuple[str, ...]
    """Of the region's cluster; one that takes connections is enough: a secondary has no writer."""
    database_port: int
    target_group_arn: str
    healthy_targets_minimum: int
    timeout_ms: int
    """For all looks together; the rest of two seconds is for the way there and back."""


@dataclass(frozen=True, kw_only=True)
class ProbeOutputs:
    """The function and where it is asked."""

    function_name: str
    host: str


class Probe(Construct):
    """Firewall, function, URL."""

    def __init__(self, scope: Construct, id_: str, inputs: ProbeInputs) -> None:
        super().__init__(scope, id_)
        function = LambdaFunction(
            self,
            "function",
            LambdaFunctionInputs(
                naming=inputs.naming,
                package="probe",
                purpose=f"probe-{inputs.side}",
                description="Says whether this region is well: 200 or 503",
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=permissions(),
                config=configuration(inputs),
                network=FunctionNetwork(
                    subnet_ids=inputs.subnet_ids, security_group_id=self._firewall(inputs).id
                ),
                timeout_seconds=_TIMEOUT_SECONDS,
            ),
        ).outputs
        url = FunctionUrl(
            self,
            "url",
            FunctionUrlInputs(
                naming=inputs.naming,
                purpose="probe",
                function_name=function.name,
                function_arn=function.arn,
            ),
        )
        self.outputs = ProbeOutputs(function_name=function.name, host=url.outputs.host)

    def _firewall(self, inputs: ProbeInputs) -> SecurityGroup:
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=inputs.naming.name("firewall", "probe"),
            description="The probe reaches the database and the APIs of AWS; nobody reaches it",
            vpc_id=inputs.vpc_id,
            egress=[
                {
                    "description": "The database of this region",
                    "protocol": "tcp",
                    "from_port": inputs.database_port,
                    "to_port": inputs.database_port,
                    "cidr_blocks": [inputs.vpc_cidr],
                },
                {
                    "description": "APIs of AWS",
                    "protocol": "tcp",
                    "from_port": _HTTPS,
                    "to_port": _HTTPS,
                    "cidr_blocks": ["0.0.0.0/0"],
                },
            ],
            tags={"Name": inputs.naming.name("firewall", "probe")},
        )


def configuration(inputs: ProbeInputs) -> dict[str, object]:
    """Return what the function finds in its variable CONFIG."""
    return {
        "region": inputs.region,
        "side": inputs.side,
        "database_endpoints": list(inputs.database_endpoints),
        "database_port": inputs.database_port,
        "target_group_arn": inputs.target_group_arn,
        "healthy_targets_minimum": inputs.healthy_targets_minimum,
        "timeout_ms": inputs.timeout_ms,
        "metrics_namespace": NAMESPACE,
    }


def permissions() -> tuple[Statement, ...]:
    """Return what the function may do: look, and send metrics."""
    return (
        Statement(
            sid="SeeTheTargets",
            actions=("elasticloadbalancing:DescribeTargetHealth",),
            resources=("*",),
            why_every_resource="an action that only reads, and knows no resource",
        ),
        Statement(
            sid="SendMetrics",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
            why_every_resource="metrics have no ARN; the namespace is the condition",
        ),
    )
