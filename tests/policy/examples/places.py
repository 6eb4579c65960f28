"""Regions and states."""

from __future__ import annotations

from typing import Any

from tests.policy.worlds import Example, out, ref

_HERE, _THERE = "us-east-1/service", "eu-west-1/service"


def _stack(region: str) -> dict[str, Any]:
    return {
        "aws_subnet": {"subnet": {"availability_zone": f"{region}a"}},
        "aws_kms_key": {"key": {}},
        "aws_sns_topic": {"topic": {"kms_master_key_id": ref("aws_kms_key.key.arn")}},
        "aws_iam_role": {"role": {}},
        "aws_lambda_function": {
            "function": {
                "role": ref("aws_iam_role.role.arn"),
                "kms_key_arn": f"arn:aws:kms:{region}:123456789012:key/1",
                "layers_arns": ["arn:aws:iam::aws:policy/x", ref("data.aws_vpc.vpc.id")],
            }
        },
        "data.aws_vpc": {"vpc": {}},
        "output": {"topic": ref("aws_sns_topic.topic.arn"), "role": ref("aws_iam_role.role.arn")},
    }


_REGIONS = {
    _HERE: _stack("us-east-1"),
    _THERE: {
        **_stack("eu-west-1"),
        "aws_vpc_peering_connection_accepter": {
            "accepter": {"vpc_peering_connection_id": out(_HERE, "topic")}
        },
        "aws_cloudwatch_metric_alarm": {
            "alarm": {"dimensions": out(_HERE, "topic"), "role_arn": out(_HERE, "role")}
        },
    },
}
_NAMES = ("function", "key", "subnet", "topic")
_JUDGED = (*(f"{s}/{n}" for s in (_HERE, _THERE) for n in _NAMES), f"{_THERE}/accepter", f"{_THERE}/alarm")
_STATES = {_HERE: {"aws_vpc": {"vpc": {}}}, _THERE: {"aws_vpc": {"vpc": {}}}}

EXAMPLES = [
    Example(
        check="RS06",
        right=_REGIONS,
        judged=_JUDGED,
        wrong={
            "a zone of another region": (
                {f"{_THERE} aws_subnet subnet availability_zone": "us-east-1a"},
                {f"{_THERE}/subnet": "availability_zone us-east-1a is not in eu-west-1"},
            ),
            "an ARN of another region": (
                {f"{_THERE} aws_lambda_function function kms_key_arn": "arn:aws:kms:us-east-1:1:key/1"},
                {f"{_THERE}/function": "kms_key_arn arn:aws:kms:us-east-1:1:key/1 is not in eu-west-1"},
            ),
            "a topic of another region": (
                {f"{_THERE} aws_cloudwatch_metric_alarm alarm topic_arn": out(_HERE, "topic")},
                {
                    f"{_THERE}/alarm": f"topic_arn is {_HERE}/topic, which is in us-east-1 and not in "
                    "eu-west-1"
                },
            ),
        },
        fine={
            "some words for a zone": {f"{_THERE} aws_subnet subnet availability_zone": "the first"},
            "a name that is the same everywhere": {
                f"{_THERE} aws_lambda_function function kms_key_arn": "arn:aws:rds:us-east-1:1:cluster:x"
            },
        },
    ),
    Example(
        check="RS43",
        right=_STATES,
        judged=(_HERE, _THERE),
        wrong={
            "the backend is there": (
                {f"{_THERE} terraform": {"backend": {"s3": {"region": "us-east-1"}}}},
                {_THERE: "its state, or one that it reads, is in us-east-1"},
            ),
            "it reads one that is there": (
                {
                    f"{_THERE} data.terraform_remote_state": {
                        "other": {"config": {"key": "k", "region": "us-east-1"}}
                    }
                },
                {_THERE: "its state, or one that it reads, is in us-east-1"},
            ),
        },
        fine={"no backend, which is for tests": {f"{_HERE} terraform": {}}},
    ),
]
