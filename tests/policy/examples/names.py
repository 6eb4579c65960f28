"""Names, ids, tags, protection."""

from __future__ import annotations

from typing import Any

from shared.policy.registry import C
from tests.policy.worlds import ACCOUNT, GONE, TAGS, Example, ref

_STACK = "us-east-1/service"
_SPECIFICATIONS = [{"resource_type": kind, "tags": TAGS} for kind in ("instance", "volume")]
_GUARDED: dict[str, Any] = {
    "aws_rds_cluster": {"cluster": {"deletion_protection": False, "skip_final_snapshot": True}},
    "aws_kms_key": {"key": {"deletion_window_in_days": 7}},
    "aws_s3_bucket": {"bucket": {"force_destroy": True}},
    "aws_vpc": {"vpc": {}},
}
_PROTECTED: dict[str, Any] = {
    "aws_rds_cluster": {"cluster": {"deletion_protection": True, "skip_final_snapshot": False}},
    "aws_kms_key": {"key": {"deletion_window_in_days": 30}},
    "aws_s3_bucket": {"bucket": {}},
}
_ACCOUNT_ROLE = {"name": "dms-vpc-role"}

EXAMPLES = [
    Example(
        check="RS36",
        system=C,
        right={
            _STACK: {
                "aws_lb": {"balancer": {"name": "alb-abc123"}},
                "aws_s3_bucket": {"bucket": {"bucket_prefix": "logs-abc123-"}},
                "aws_iam_role": {"role": _ACCOUNT_ROLE, "unnamed": {"name": None}},
                "aws_iam_role_policy": {"policy": {"name": "policy"}},
                "aws_route53_record": {"record": {"name": "pay", "set_identifier": "record-abc123"}},
                "aws_s3_bucket_policy": {"rules": {"bucket": ref("aws_s3_bucket.bucket.id")}},
            }
        },
        judged=tuple(f"{_STACK}/{name}" for name in ("balancer", "bucket", "record", "role")),
        wrong={
            "no suffix": (
                {f"{_STACK} aws_lb balancer name": "alb", f"{_STACK} aws_iam_role unnamed name": "role-xyz"},
                {
                    f"{_STACK}/balancer": "name alb has no abc123",
                    f"{_STACK}/unnamed": "name role-xyz has no abc123",
                },
            )
        },
    ),
    Example(
        check="RS37",
        right={
            _STACK: {
                "aws_lambda_permission": {
                    "ours": {"source_arn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/x", "statement": 7}
                }
            }
        },
        judged=(_STACK,),
        wrong={
            "somebody else's account": (
                {
                    f"{_STACK} aws_lambda_permission ours source_arn": [
                        {"inner": "arn:aws:events:us-east-1:999999999999:rule/x"}
                    ]
                },
                {_STACK: f"account 999999999999 at {_STACK}/ours"},
            )
        },
    ),
    Example(
        check="RS39",
        right={
            _STACK: {
                "aws_vpc": {"vpc": {}},
                "aws_launch_template": {"template": {"tag_specifications": _SPECIFICATIONS}},
                "aws_autoscaling_group": {
                    "group": {"tag": [{"key": key, "value": value} for key, value in TAGS.items()]}
                },
                "terraform_data": {"note": {}},
            }
        },
        judged=tuple(f"{_STACK}/{name}" for name in ("group", "template", "vpc")),
        wrong={
            "a provider without tags": (
                {
                    f"{_STACK} provider": {
                        "aws": [{"region": "us-east-1", "default_tags": {"tags": {"System": "s"}}}]
                    }
                },
                {
                    f"{_STACK}/{name}": "its provider does not tag it with EnvironmentSuffix, ManagedBy, "
                    "Stack"
                    for name in ("group", "template", "vpc")
                },
            ),
            "what a provider does not reach": (
                {
                    f"{_STACK} aws_launch_template template tag_specifications 1 tags System": GONE,
                    f"{_STACK} aws_autoscaling_group group tag": [],
                },
                {
                    f"{_STACK}/template": "an volume of it has no tag System",
                    f"{_STACK}/group": "it has no tag EnvironmentSuffix, ManagedBy, Stack, System",
                },
            ),
        },
    ),
    Example(
        check="RS38",
        right={_STACK: _GUARDED},
        judged=tuple(f"{_STACK}/{name}" for name in ("bucket", "cluster", "key")),
        wrong={
            "some of it is kept": (
                {
                    f"{_STACK} aws_rds_cluster cluster deletion_protection": True,
                    f"{_STACK} aws_rds_cluster cluster skip_final_snapshot": GONE,
                    f"{_STACK} aws_kms_key key deletion_window_in_days": 30,
                },
                {
                    f"{_STACK}/cluster": (
                        "deletion_protection is True under protection = destroyable",
                        "skip_final_snapshot is missing under protection = destroyable",
                    ),
                    f"{_STACK}/key": "deletion_window_in_days is 30 under protection = destroyable",
                },
            )
        },
    ),
    Example(
        check="RS38",
        protection="production",
        right={_STACK: _PROTECTED},
        judged=tuple(f"{_STACK}/{name}" for name in ("bucket", "cluster", "key")),
        wrong={
            "some of it can be lost": (
                {
                    f"{_STACK} aws_rds_cluster cluster deletion_protection": GONE,
                    f"{_STACK} aws_s3_bucket bucket force_destroy": True,
                },
                {
                    f"{_STACK}/cluster": "deletion_protection is missing under protection = production",
                    f"{_STACK}/bucket": "force_destroy is True under protection = production",
                },
            )
        },
    ),
]
