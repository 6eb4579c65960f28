"""A region's probe: a function at a URL that says 200 when the region is well, and 503 when not.

Shallow on purpose: the service answers at its health path, through its load balancer, and in the primary the
cluster takes connections. The standby accepts payments as intents while no database writes, so its answer
does not hang on one (docs/decisions/0025). On a schedule it looks deeper and puts metrics, on which no answer
depends: whatever the answer depends on can take the region out of DNS.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.function_url import FunctionUrl, FunctionUrlInputs
from modules.lambda_function import FunctionNetwork, LambdaFunction, LambdaFunctionInputs
from modules.role import Statement
from modules.schedule import Schedule, ScheduleInputs
from shared.blocks import resource
from shared.naming import Naming

_HTTPS = 443


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
    """Private subnets with a way out: the load balancer has public addresses only, and so have AWS's APIs."""
    kms_key_arn: str
    log_retention_days: int
    service_host: str
    """Name of the region's own load balancer."""
    service_path: str
    """Where the service says that it is well, with 2xx."""
    server_name: str
    """The name on the load balancer's certificate, which is verified."""
    database_host: str
    """An endpoint of the region's cluster; of a secondary the reader's, for its writer's leads nowhere."""
    database_port: int
    database_decides: bool
    """Whether the region is well only when its database takes connections."""
    cluster_identifier: str
    target_group_arn: str
    deep_minutes: int
    """Between two deep looks."""


@dataclass(frozen=True, kw_only=True)
class ProbeOutputs:
    """The function and where it is asked."""

    function_name: str
    host: str


class Probe(Construct):
    """Firewall, function, URL, schedule."""

    def __init__(self, scope: Construct, id_: str, inputs: ProbeInputs) -> None:
        super().__init__(scope, id_)
        function = LambdaFunction(
            self,
            "function",
            LambdaFunctionInputs(
                naming=inputs.naming,
                package="probe",
                purpose=f"probe-{inputs.side}",
                description="Says whether this region is well: 200 or 503; more as metrics",
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=permissions(inputs),
                config=configuration(inputs),
                network=FunctionNetwork(
                    subnet_ids=inputs.subnet_ids, security_group_id=self._firewall(inputs).id
                ),
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
        Schedule(
            self,
            "schedule",
            ScheduleInputs(
                naming=inputs.naming,
                purpose="probe",
                description="Lets the probe put metrics of what it sees",
                minutes=inputs.deep_minutes,
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
            description="The probe reaches the database, the load balancer and AWS; nobody reaches it",
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
                    "description": "The load balancer, which is found at public addresses, and APIs of AWS",
                    "protocol": "tcp",
                    "from_port": _HTTPS,
                    "to_port": _HTTPS,
                    "cidr_blocks": ["0.0.0.0/0"],
                },
            ],
            tags={"Name": inputs.naming.name("firewall", "probe")},
        )


def namespace(naming: Naming) -> str:
    """Return where the metrics are: two deployments in one region do not mix theirs."""
    return f"regionshift/{naming.suffix}"


def configuration(inputs: ProbeInputs) -> dict[str, object]:
    """Return what the function finds in its variable CONFIG."""
    return {
        "region": inputs.region,
        "namespace": namespace(inputs.naming),
        "service": {
            "protocol": "https",
            "host": inputs.service_host,
            "port": _HTTPS,
            "path": inputs.service_path,
            "server_name": inputs.server_name,
        },
        "database": {"host": inputs.database_host, "port": inputs.database_port},
        "database_decides": inputs.database_decides,
        "cluster": inputs.cluster_identifier,
        "target_group_arn": inputs.target_group_arn,
    }


def permissions(inputs: ProbeInputs) -> tuple[Statement, ...]:
    """Return what the function may do: look, and put metrics."""
    return (
        Statement(
            sid="SeeTargetsAndLag",
            actions=("elasticloadbalancing:DescribeTargetHealth", "cloudwatch:GetMetricData"),
            resources=("*",),
            why_every_resource="actions that only read, and know no resource",
        ),
        Statement(
            sid="PutMetrics",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": namespace(inputs.naming)}},
            why_every_resource="metrics have no ARN; the namespace is the condition",
        ),
    )
