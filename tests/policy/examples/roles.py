"""Roles and policies."""

from __future__ import annotations

from tests.policy.worlds import ACCOUNT, GONE, Example, policy

_STACK = "us-east-1/service"
_POLICY = f"{_STACK} aws_iam_role_policy policy policy"
_TRUST = f"{_STACK} aws_iam_role role assume_role_policy"
_OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
_METRICS = {"Action": "cloudwatch:PutMetricData", "Resource": "*"}
_RECORDS = {"Action": "route53:ChangeResourceRecordSets", "Resource": "arn:aws:route53:::hostedzone/Z1"}


def _trust(principal: object, condition: object = None) -> str:
    return policy(
        {
            "Principal": principal,
            "Action": "sts:AssumeRole",
            **({"Condition": condition} if condition else {}),
        }
    )


EXAMPLES = [
    Example(
        check="RS28",
        right={
            _STACK: {
                "aws_iam_role_policy": {
                    "policy": {
                        "policy": policy(
                            {"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::bucket/*"},
                            {
                                **_METRICS,
                                "Condition": {"StringEquals": {"cloudwatch:namespace": "regionshift/abc123"}},
                            },
                            {
                                **_RECORDS,
                                "Condition": {
                                    "ForAllValues:StringEquals": {
                                        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["a"]
                                    }
                                },
                            },
                            {"Effect": "Deny", "Action": "*", "Resource": "*"},
                        )
                    }
                },
                "aws_iam_policy": {
                    "shared": {"policy": policy({"Action": "s3:ListBucket", "Resource": "a"})}
                },
                "aws_iam_role": {
                    "role": {"assume_role_policy": _trust({"Service": "states.amazonaws.com"}, _OURS)},
                    "instance": {"assume_role_policy": _trust({"Service": ["ec2.amazonaws.com"]})},
                    # made once an account, for whatever uses DMS there (modules/replication/account_roles.py)
                    "dms": {
                        "name": "dms-vpc-role",
                        "assume_role_policy": _trust({"Service": "dms.amazonaws.com"}),
                    },
                    "person": {"assume_role_policy": _trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})},
                },
            }
        },
        judged=tuple(
            f"{_STACK}/{name}" for name in ("dms", "instance", "person", "policy", "role", "shared")
        ),
        wrong={
            "no document": (
                {_POLICY: GONE, _TRUST: "{"},
                {
                    f"{_STACK}/policy": "its document is missing, or cannot be read",
                    f"{_STACK}/role": "nobody may take it, or its trust cannot be read",
                },
            ),
            "everything": (
                {_POLICY: policy({"Sid": "All", "Action": "s3:*", "Resource": "*"})},
                {
                    f"{_STACK}/policy": (
                        "statement All allows s3:*",
                        "statement All allows s3:* on everything",
                    )
                },
            ),
            "everything but something": (
                {_POLICY: policy({"NotAction": "iam:*", "Resource": "*"})},
                {f"{_STACK}/policy": "statement without a name allows everything but something"},
            ),
            "metrics of everybody": (
                {_POLICY: policy(_METRICS)},
                {f"{_STACK}/policy": "statement without a name allows metrics of every namespace"},
            ),
            "any role": (
                {_POLICY: policy({"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/*"})},
                {f"{_STACK}/policy": "statement without a name passes any role on"},
            ),
            "any record": (
                {_POLICY: policy(_RECORDS)},
                {f"{_STACK}/policy": "statement without a name changes any record of the zone"},
            ),
            "everybody takes it": (
                {_TRUST: _trust("*")},
                {f"{_STACK}/role": "everybody may take it"},
            ),
            "every account takes it": (
                {_TRUST: _trust({"AWS": "*"})},
                {f"{_STACK}/role": "everybody may take it"},
            ),
            "every account beside one by name": (
                {_TRUST: _trust({"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "*"]})},
                {f"{_STACK}/role": "everybody may take it"},
            ),
            "a service on behalf of every account": (
                {_TRUST: _trust({"Service": ["scheduler.amazonaws.com", "ec2.amazonaws.com"]})},
                {
                    f"{_STACK}/role": "scheduler.amazonaws.com may take it for any account "
                    "(no aws:SourceAccount, no aws:SourceArn)"
                },
            ),
        },
        fine={
            "by the resource that asks": {
                _TRUST: _trust(
                    {"Service": "states.amazonaws.com"}, {"ArnLike": {"AWS:SourceArn": "arn:aws:states:*"}}
                )
            }
        },
    )
]
