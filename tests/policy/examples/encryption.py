"""Keys and what they encrypt."""

from __future__ import annotations

import json

from shared.policy.registry import B
from tests.policy.worlds import ACCOUNT, GONE, Example, out, policy, ref

_FOUNDATION, _THERE, _ALL = "us-east-1/foundation", "eu-west-1/foundation", "us-east-1/everything"
_KEY = out(_FOUNDATION, "kms_key_arn")
_KEYS = {
    _FOUNDATION: {"aws_kms_key": {"key": {}}, "output": {"kms_key_arn": ref("aws_kms_key.key.arn")}},
    _ALL: {
        "aws_rds_cluster": {"cluster": {"kms_key_id": _KEY, "storage_encrypted": True}},
        "aws_rds_cluster_instance": {
            "measured": {"performance_insights_enabled": True, "performance_insights_kms_key_id": _KEY},
            "plain": {},
        },
        "aws_sns_topic": {"topic": {"kms_master_key_id": _KEY}},
        "aws_launch_template": {
            "template": {"block_device_mappings": [{"ebs": {"encrypted": "true", "kms_key_id": _KEY}}]}
        },
        "aws_dynamodb_table": {
            "table": {
                "server_side_encryption": {"enabled": True, "kms_key_arn": _KEY},
                "replica": [{"region_name": "us-east-1", "kms_key_arn": _KEY}],
            }
        },
        "aws_ssm_parameter": {"secret": {"type": "SecureString", "key_id": _KEY}, "open": {"type": "String"}},
    },
}
_JUDGED = tuple(f"{_ALL}/{name}" for name in ("cluster", "measured", "secret", "table", "template", "topic"))
_OWNER = {
    "Sid": "Account",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
_SCALING = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)
_VOLUMES = (
    {"Principal": {"AWS": _SCALING}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]},
    {
        "Principal": {"AWS": [_SCALING]},
        "Action": ["kms:CreateGrant"],
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    },
)
_ALARMS = {
    "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
}
_NETWORK = {
    "Sid": "Network",
    "Principal": "*",
    "Action": "kms:Decrypt",
    "Condition": {"StringEquals": {"kms:CallerAccount": ACCOUNT}},
}
_POLICIES = {
    _FOUNDATION: {
        "aws_kms_key": {
            "key": {"enable_key_rotation": True, "policy": policy(_OWNER, *_VOLUMES, _ALARMS, _NETWORK)},
            "unused": {"enable_key_rotation": True, "policy": policy(_OWNER)},
        },
        "aws_sns_topic": {
            "topic": {"kms_master_key_id": ref("aws_kms_key.key.arn")},
            "quiet": {"kms_master_key_id": ref("aws_kms_key.unused.arn")},
        },
        "aws_launch_template": {
            "template": {"block_device_mappings": [{"ebs": {"kms_key_id": ref("aws_kms_key.key.arn")}}]}
        },
        "aws_cloudwatch_metric_alarm": {"alarm": {"ok_actions": [ref("aws_sns_topic.topic.arn")]}},
        "aws_cloudwatch_event_target": {"target": {"arn": ref("aws_sns_topic.topic.arn")}},
    }
}
_PLACE = f"{_FOUNDATION}/key"
_POLICY = f"{_FOUNDATION} aws_kms_key key policy"

EXAMPLES = [
    Example(
        check="RS07",
        right=_KEYS,
        judged=_JUDGED,
        system=B,
        wrong={
            "AWS's key": (
                {f"{_ALL} aws_sns_topic topic kms_master_key_id": "alias/aws/sns"},
                {f"{_ALL}/topic": "kms_master_key_id is no key of these stacks"},
            ),
            "no key": (
                {
                    f"{_ALL} aws_ssm_parameter secret key_id": GONE,
                    f"{_ALL} aws_rds_cluster_instance measured performance_insights_kms_key_id": GONE,
                },
                {
                    f"{_ALL}/secret": "key_id is missing",
                    f"{_ALL}/measured": "performance_insights_kms_key_id is missing",
                },
            ),
            "a volume without anything": (
                {f"{_ALL} aws_launch_template template": {}},
                {f"{_ALL}/template": "kms_key_id of its volume is missing"},
            ),
            "a key of another region": (
                {f"{_ALL} aws_dynamodb_table table replica 0 region_name": "us-west-2"},
                {
                    f"{_ALL}/table": "kms_key_arn of its replica is a key of us-east-1, "
                    "and the data is in us-west-2"
                },
            ),
            "switched off": (
                {
                    f"{_ALL} aws_rds_cluster cluster storage_encrypted": False,
                    f"{_ALL} aws_dynamodb_table table server_side_encryption enabled": False,
                    f"{_ALL} aws_launch_template template block_device_mappings 0 ebs encrypted": "false",
                },
                {
                    f"{_ALL}/cluster": "storage_encrypted is off",
                    f"{_ALL}/table": "server_side_encryption is off",
                    f"{_ALL}/template": "a volume is not encrypted",
                },
            ),
        },
    ),
    Example(
        check="RS08",
        right=_POLICIES,
        judged=(_PLACE, f"{_FOUNDATION}/unused"),
        wrong={
            "it does not rotate": (
                {f"{_FOUNDATION} aws_kms_key unused enable_key_rotation": False},
                {f"{_FOUNDATION}/unused": "it does not rotate"},
            ),
            "no policy": (
                {f"{_FOUNDATION} aws_kms_key unused policy": "${data.x.y.json}"},
                {f"{_FOUNDATION}/unused": "its policy is missing, or is no document that can be read"},
            ),
            "open to everybody": (
                {
                    f"{_FOUNDATION} aws_kms_key unused policy": policy(
                        {**_OWNER, "Principal": {"AWS": "*"}},
                        {"Principal": "*", "Action": "kms:Decrypt"},
                        {"Effect": "Deny", "Principal": "*", "Action": "kms:*"},
                    )
                },
                {
                    f"{_FOUNDATION}/unused": (
                        "statement Account allows everything to everybody",
                        "statement Account names everybody without a condition",
                        "statement without a name names everybody without a condition",
                    )
                },
            ),
            "Auto Scaling is left out": (
                {_POLICY: policy(_OWNER, _ALARMS)},
                {
                    _PLACE: (
                        "Auto Scaling may not use it, and it encrypts volumes",
                        "Auto Scaling may not grant it to volumes "
                        "(kms:CreateGrant with kms:GrantIsForAWSResource)",
                    )
                },
            ),
            "the grant is for everything": (
                {_POLICY: policy(_OWNER, _VOLUMES[0], {**_VOLUMES[1], "Condition": {}}, _ALARMS)},
                {
                    _PLACE: "Auto Scaling may not grant it to volumes "
                    "(kms:CreateGrant with kms:GrantIsForAWSResource)"
                },
            ),
            "alarms are left out": (
                {_POLICY: policy(_OWNER, *_VOLUMES, {**_ALARMS, "Effect": "Deny"})},
                {
                    _PLACE: (
                        "cloudwatch.amazonaws.com may not use it, and publishes to a topic with it",
                        "events.amazonaws.com may not use it, and publishes to a topic with it",
                    )
                },
            ),
        },
        fine={
            "a statement alone": {
                _POLICY.replace(" key ", " unused "): json.dumps({"Statement": _OWNER | {"Effect": "Allow"}})
            }
        },
    ),
]
