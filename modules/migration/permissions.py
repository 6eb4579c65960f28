"""What each function of the migration may do, and on what."""

from __future__ import annotations

from modules.migration.ids import MigrationIds
from modules.role import Statement

_READS_ONLY = "an action that only reads, and knows no resource"


def _global_cluster_arn(inputs: MigrationIds) -> str:
    return f"arn:aws:rds::{inputs.account_id}:global-cluster:{inputs.global_cluster_identifier}"


def start(inputs: MigrationIds) -> tuple[Statement, ...]:
    """Return what `start` may do: read."""
    name = inputs.naming.name("statemachine", "migration")
    machine = f"arn:aws:states:{inputs.target.region}:{inputs.account_id}:stateMachine:{name}"
    return (
        Statement(sid="SeeWhetherAnotherRuns", actions=("states:ListExecutions",), resources=(machine,)),
        Statement(
            sid="ReadTheWeights",
            actions=("route53:ListResourceRecordSets",),
            resources=(f"arn:aws:route53:::hostedzone/{inputs.hosted_zone_id}",),
        ),
        Statement(
            sid="ReadTheCheckpoint",
            actions=("ssm:GetParameter",),
            resources=(inputs.checkpoint_parameter_arn,),
        ),
        _see_the_database(inputs),
    )


def gate() -> tuple[Statement, ...]:
    """Return what `gate` may do: read."""
    return (
        Statement(
            sid="LookAtBothRegions",
            actions=(
                "cloudwatch:DescribeAlarms",
                "cloudwatch:GetMetricData",
                "elasticloadbalancing:DescribeTargetHealth",
            ),
            resources=("*",),
            why_every_resource=_READS_ONLY,
        ),
    )


def writer(inputs: MigrationIds) -> tuple[Statement, ...]:
    """Return what `writer` may do: to this database, at these two load balancers."""
    listeners = tuple(side.https_listener_arn for side in inputs.sides)
    rules = tuple(
        f"arn:aws:elasticloadbalancing:{side.region}:{inputs.account_id}:"
        f"listener-rule/{side.load_balancer_arn_suffix}/*"
        for side in inputs.sides
    )
    clusters = tuple(side.cluster_arn for side in inputs.sides)
    secret = inputs.canary["secret"]
    return (
        _see_the_database(inputs),
        Statement(
            sid="MoveTheWriter",
            actions=("rds:SwitchoverGlobalCluster",),
            resources=(_global_cluster_arn(inputs), *clusters),
        ),
        Statement(
            sid="PauseAndResumeWrites",
            actions=("elasticloadbalancing:CreateRule", "elasticloadbalancing:AddTags"),
            resources=(*listeners, *rules),
        ),
        Statement(sid="ResumeWrites", actions=("elasticloadbalancing:DeleteRule",), resources=rules),
        Statement(
            sid="FindTheRules",
            actions=("elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags"),
            resources=("*",),
            why_every_resource=_READS_ONLY,
        ),
        Statement(sid="WriteTheCanary", actions=("rds-data:ExecuteStatement",), resources=clusters),
        Statement(
            sid="ReadTheApplicationsCredentials",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            # Secrets Manager adds six characters to a secret's name in its ARN.
            resources=tuple(
                f"arn:aws:secretsmanager:{side.region}:{inputs.account_id}:secret:{secret}-??????"
                for side in inputs.sides
            ),
        ),
    )


def _see_the_database(inputs: MigrationIds) -> Statement:
    clusters = tuple(side.cluster_arn for side in inputs.sides)
    return Statement(
        sid="SeeTheDatabase",
        actions=("rds:DescribeGlobalClusters", "rds:DescribeDBClusters"),
        resources=(_global_cluster_arn(inputs), *clusters),
    )
