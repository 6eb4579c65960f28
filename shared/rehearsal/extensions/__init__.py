"""What moto 5.2.5 lacks or answers wrongly, one file per gap.

Each module says the gap, what AWS does and where that is written, and has `install()`. Each has a
test that passes with it and shows the gap without it, so that an upgrade of moto tells which of
them became unnecessary.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import import_module

NAMES: tuple[str, ...] = (
    "backends",
    "missing_actions",
    "disturbed_requests",
    "fault_injection",
    # before what looks at every request: a URL's region may be lost too
    "function_urls",
    "dead_region",
    "rds_global",
    "rds_switchover",
    "rds_failover",
    "rds_cluster",
    "rds_restore",
    "rds_http_endpoint",
    "rds_data",
    "rds_parameters",
    "autoscaling",
    "launch_template",
    "elbv2",
    "elbv2_rules",
    "elbv2_targets",
    "cloudwatch",
    "metric_data",
    "alarm_evaluation",
    "event_delivery",
    "event_schedules",
    "dynamodb_replicas",
    "dynamodb_replication",
    "route53",
    "health_checks",
    "health_checkers",
    "health_verdicts",
    "dns_answers",
    "iam_policies",
    "kms",
    "secretsmanager",
    "s3",
    "s3_policies",
    "s3_versions",
    "ecr",
    "vpc_peering",
    "prefix_lists",
    "given_ids",
    "dms_tasks",
    "dms_resources",
    "dms_ends",
    "dms_replication",
    "dms_statistics",
    "backup",
    "stepfunctions_jsonata",
    "lambda_python",
    "lambda_configuration",
    "lambda_permissions",
    "lambda_network",
    "stepfunctions_callbacks",
    "stepfunctions_executions",
    "stepfunctions_metrics",
    "stepfunctions_integrations",
    "stepfunctions_states",
    "stepfunctions_definition",
    "stepfunctions_parsing",
)


def install(*, without: Collection[str] = ()) -> None:
    """Install every extension once. Raises ValueError for a name in `without` that is none."""
    unknown = sorted(set(without) - set(NAMES))
    if unknown:
        raise ValueError(f"no such extension: {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    for name in NAMES:
        if name not in without:
            _install(name)


@cache
def _install(name: str) -> None:
    import_module(f"{__name__}.{name}").install()
