"""Global tables and parameters."""

from __future__ import annotations

from shared.policy.registry import B, C
from tests.policy.worlds import GONE, Example, ref

_INTENTS, _CUTOVER = "global/intents", "us-east-1/cutover"
_TABLE = f"{_INTENTS} aws_dynamodb_table table"
_PLACE = f"{_INTENTS}/table"
_STATE = f"{_CUTOVER} aws_ssm_parameter state"

EXAMPLES = [
    Example(
        check="RS29",
        system=B,
        right={
            _INTENTS: {
                "aws_dynamodb_table": {
                    "table": {
                        "stream_enabled": True,
                        "point_in_time_recovery": {"enabled": True},
                        "replica": [
                            {"region_name": "us-east-1", "kms_key_arn": "arn", "point_in_time_recovery": True}
                        ],
                    }
                }
            }
        },
        judged=(_PLACE,),
        wrong={
            "no stream, no recovery": (
                {f"{_TABLE} stream_enabled": GONE, f"{_TABLE} point_in_time_recovery enabled": False},
                {_PLACE: ("it has replicas and no stream", "it cannot be recovered to any second")},
            ),
            "one region": ({f"{_TABLE} replica": []}, {_PLACE: "it is in one region"}),
            "a replica that is less than the table": (
                {f"{_TABLE} replica": {"region_name": "us-east-1"}},
                {
                    _PLACE: (
                        "its replica in us-east-1 has no key",
                        "its replica in us-east-1 cannot be recovered to any second",
                    )
                },
            ),
            "two owners": (
                {
                    f"{_INTENTS} aws_dynamodb_table_replica": {
                        "replica": {"global_table_arn": ref("aws_dynamodb_table.table.arn")}
                    }
                },
                {_PLACE: f"{_INTENTS}/replica makes a replica of it beside its own"},
            ),
        },
    ),
    Example(
        check="RS35",
        system=C,
        right={
            _CUTOVER: {
                "aws_ssm_parameter": {
                    "config": {"type": "SecureString", "value_wo": "{}"},
                    "state": {"type": "SecureString", "lifecycle": [{"ignore_changes": ["value"]}]},
                }
            }
        },
        judged=(f"{_CUTOVER}/config", f"{_CUTOVER}/state"),
        wrong={
            "rewound, in plain text": (
                {f"{_STATE} lifecycle": GONE, f"{_STATE} type": "String"},
                {f"{_CUTOVER}/state": ("an apply sets it back", "it is a String, not encrypted")},
            )
        },
    ),
    Example(
        check="RS35",
        right={_CUTOVER: {"aws_ssm_parameter": {"checkpoint": {"type": "String", "value_wo": "{}"}}}},
        judged=(f"{_CUTOVER}/checkpoint",),
        wrong={},
    ),
]
