"""What the payment instances may do: pull one image, read one secret, write one log, send metrics."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from constructs import Construct

from modules.role import Role, RoleInputs, Statement
from modules.user_data import METRICS_NAMESPACE
from shared.blocks import resource
from shared.naming import Naming

#: Sessions instead of SSH: no key pair, no open port, every command in the audit log.
SESSION_MANAGER = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


@dataclass(frozen=True, kw_only=True)
class InstanceProfileInputs:
    """The image, the secret and the log that it is about."""

    naming: Naming
    side: str
    account_id: str
    region: str
    image_repository: str
    credentials_secret: str
    log_group_arn: str
    kms_key_arn: str
    further: tuple[Statement, ...] = ()
    """What this service may do beside it."""


@dataclass(frozen=True, kw_only=True)
class InstanceProfileOutputs:
    """The profile."""

    arn: str


class InstanceProfile(Construct):
    """Role and instance profile."""

    def __init__(self, scope: Construct, id_: str, inputs: InstanceProfileInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("role", f"service-{inputs.side}")
        role = Role(
            self,
            "role",
            RoleInputs(
                name=name,
                service="ec2.amazonaws.com",
                account_id=inputs.account_id,
                # EC2 assumes it for the instance and names no source account.
                source_account=False,
                statements=statements(inputs),
                managed_policies=(SESSION_MANAGER,),
            ),
        )
        profile = resource(
            IamInstanceProfile,
            self,
            "profile",
            name=name,
            role=role.outputs.name,
            # an instance that starts before its permissions are there fails its first start
            depends_on=list(role.outputs.permissions),
        )
        self.outputs = InstanceProfileOutputs(arn=profile.arn)


def statements(inputs: InstanceProfileInputs) -> tuple[Statement, ...]:
    """Return the permissions of an instance."""
    prefix = f"{inputs.region}:{inputs.account_id}"
    return (
        Statement(
            sid="LogInToTheRegistry",
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            why_every_resource="the token is for the registry; the action knows no resource",
        ),
        Statement(
            sid="PullTheImage",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(f"arn:aws:ecr:{prefix}:repository/{inputs.image_repository}",),
        ),
        Statement(
            sid="ReadTheCredentials",
            actions=("secretsmanager:GetSecretValue",),
            # Secrets Manager adds a hyphen and six random characters to the name.
            resources=(f"arn:aws:secretsmanager:{prefix}:secret:{inputs.credentials_secret}-??????",),
        ),
        Statement(
            sid="DecryptTheCredentials",
            actions=("kms:Decrypt",),
            resources=(inputs.kms_key_arn,),
            conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{inputs.region}.amazonaws.com"}},
        ),
        Statement(
            sid="WriteTheLog",
            actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
            resources=(f"{inputs.log_group_arn}:*",),
        ),
        Statement(
            sid="SendMetrics",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}},
            why_every_resource="metrics have no ARN; the namespace is the condition",
        ),
        *inputs.further,
    )
