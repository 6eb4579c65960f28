"""Roles: what they may do, on what, and who may take them."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.checks.names import FIXED
from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import Block, mapping, statements, texts

_POLICIES = ("aws_iam_role_policy", "aws_iam_policy")
#: Actions that AWS knows no resource for, or that find resources (Service Authorization Reference).
_KNOW_NO_RESOURCE = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "dms:DescribeReplicationTasks",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ecr:GetAuthorizationToken",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetHealth",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "rds:DescribeEvents",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
#: Take a role without naming the account that they act for: an instance's, and a function's own.
_NAME_NO_ACCOUNT = {"ec2.amazonaws.com", "lambda.amazonaws.com"}
_SOURCES = {"aws:sourceaccount", "aws:sourcearn"}
_WRITES_RECORDS = "route53:changeresourcerecordsets"
_RECORD_NAMES = "route53:changeresourcerecordsetsnormalizedrecordnames"


@check(
    "RS28",
    "Roles do what they are for, on what they are for, and are taken by one service of this account",
    why="Whoever takes a role over has everything that it may do; a service acts for every account "
    "unless the trust says whose (IAM User Guide, the confused deputy; PCI DSS 7.2)",
    remedy="Make the role with modules/role.py: actions by name, resources by ARN, a source in the trust.",
)
def roles(platform: Platform) -> Iterator[Judged]:
    """Look at every role and at every policy of a role."""
    for policy in platform.of(*_POLICIES):
        said = statements(policy.get("policy"))
        yield from complaints(
            policy,
            unless(said, "its document is missing, or cannot be read"),
            *(each for statement in said for each in _wide(statement)),
        )
    for role in platform.of("aws_iam_role"):
        said = statements(role.get("assume_role_policy"))
        yield from complaints(
            role,
            unless(said, "nobody may take it, or its trust cannot be read"),
            *(each for statement in said for each in _trusting(statement, shared=role.get("name") in FIXED)),
        )


def _conditions(statement: Block) -> dict[str, object]:
    """Return the keys of a statement's conditions in lower case, with what they want."""
    operators = mapping(statement.get("Condition")).values()
    return {key.lower(): wanted for operator in operators for key, wanted in mapping(operator).items()}


def _wide(statement: Block) -> Iterator[str]:
    if statement.get("Effect") != "Allow":
        return
    name = f"statement {statement.get('Sid', 'without a name')}"
    actions, resources = texts(statement.get("Action")), texts(statement.get("Resource"))
    conditions = _conditions(statement)
    if statement.get("NotAction") or statement.get("NotResource"):
        yield f"{name} allows everything but something"
    yield from (f"{name} allows {each}" for each in actions if each.endswith("*"))
    if "*" in resources:
        wide = sorted(set(actions) - _KNOW_NO_RESOURCE)
        yield from (f"{name} allows {each} on everything" for each in wide)
        if "cloudwatch:PutMetricData" in actions and "cloudwatch:namespace" not in conditions:
            yield f"{name} allows metrics of every namespace"
    if "iam:PassRole" in actions and any(each.endswith("*") for each in resources):
        yield f"{name} passes any role on"
    if _WRITES_RECORDS in [each.lower() for each in actions] and _RECORD_NAMES not in conditions:
        yield f"{name} changes any record of the zone"


def _trusting(statement: Block, *, shared: bool) -> Iterator[str]:
    """Yield what is wrong with a trust; `shared`: everything in the account that uses DMS takes the role."""
    principal = statement.get("Principal")
    services = set(texts(mapping(principal).get("Service")))
    if principal == "*" or "*" in texts(mapping(principal).get("AWS")):
        yield "everybody may take it"
    asked = services - _NAME_NO_ACCOUNT
    if asked and not shared and not _SOURCES & _conditions(statement).keys():
        names = ", ".join(sorted(asked))
        yield f"{names} may take it for any account (no aws:SourceAccount, no aws:SourceArn)"


def granted(platform: Platform, owner: Resource) -> set[str]:
    """Return the actions that the role of a function or a state machine allows."""
    argument = "role_arn" if owner.get("role_arn") else "role"
    held = tracing.of(platform, owner, argument)
    policies = [
        each for each in platform.of(*_POLICIES) if set(tracing.of(platform, each, "role")) & set(held)
    ]
    said = [statement for each in policies for statement in statements(each.get("policy"))]
    return {action for each in said if each.get("Effect") == "Allow" for action in texts(each.get("Action"))}
