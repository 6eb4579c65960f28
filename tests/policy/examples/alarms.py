"""Alarms, dashboards, event rules."""

from __future__ import annotations

import json

from shared.policy.registry import C
from tests.policy.worlds import GONE, Example, policy, ref

_HERE, _THERE = "us-east-1/database", "eu-west-1/database"
_LAG = {
    "metric_name": "AuroraGlobalDBRPOLag",
    "dimensions": {"DBClusterIdentifier": ref("aws_rds_cluster.cluster.id")},
}
_MEMBERS = {
    _HERE: {
        "aws_rds_global_cluster": {"whole": {}},
        "aws_rds_cluster": {"cluster": {"global_cluster_identifier": ref("aws_rds_global_cluster.whole.id")}},
        "aws_cloudwatch_metric_alarm": {"lag": _LAG, "cpu": {"metric_name": "CPUUtilization"}},
        "output": {
            "whole": ref("aws_rds_global_cluster.whole.id"),
            "cluster": ref("aws_rds_cluster.cluster.id"),
        },
    },
    _THERE: {
        "aws_rds_cluster": {
            "cluster": {
                "global_cluster_identifier": "${data.terraform_remote_state.us-east-1-database.outputs.whole}"
            }
        },
        "aws_cloudwatch_metric_alarm": {"lag": {**_LAG, "treat_missing_data": "breaching"}},
    },
}
_ALARM = f"{_THERE} aws_cloudwatch_metric_alarm lag"
_TOPIC = "us-east-1/foundation"
_HEARD = {
    _TOPIC: {
        "aws_kms_key": {"key": {}},
        "aws_sns_topic": {"topic": {"kms_master_key_id": ref("aws_kms_key.key.id")}},
        "aws_cloudwatch_metric_alarm": {"alarm": {"alarm_actions": [ref("aws_sns_topic.topic.arn")]}},
        "aws_cloudwatch_composite_alarm": {"both": {"alarm_actions": [ref("aws_sns_topic.topic.arn")]}},
    }
}
_CUTOVER = "us-east-1/cutover"


def _board(*metrics: object, region: str = "us-east-1") -> str:
    widgets = [
        {"type": "text", "properties": {"markdown": "# words"}},
        {"type": "metric", "properties": {"metrics": list(metrics), "region": region}},
    ]
    return json.dumps({"widgets": widgets})


_BODY = f"{_CUTOVER} aws_cloudwatch_dashboard dashboard dashboard_body"
_METRIC = ["AWS/DMS", "CDCLatencySource", "ReplicationInstanceIdentifier", "instance"]


def _pattern(**keys: object) -> str:
    return json.dumps({key.replace("_", "-"): value for key, value in keys.items()})


_STATE = {
    "source": ["aws.dms"],
    "detail_type": ["DMS Replication Task State Change"],
    "resources": ["arn:aws:dms:task"],
    "detail": {"eventType": [{"prefix": "REPLICATION_TASK_ST"}]},
}
_NOTICES = {
    _CUTOVER: {
        "aws_cloudwatch_event_rule": {
            "task": {"event_pattern": _pattern(**_STATE)},
            "daily": {"schedule_expression": "rate(1 day)"},
        },
        "aws_cloudwatch_event_target": {
            "function-target": {
                "rule": ref("aws_cloudwatch_event_rule.task.name"),
                "arn": ref("aws_lambda_function.function.arn"),
            },
            "topic-target": {
                "rule": ref("aws_cloudwatch_event_rule.daily.name"),
                "arn": ref("aws_sns_topic.topic.arn"),
            },
            "queue-target": {
                "rule": ref("aws_cloudwatch_event_rule.daily.name"),
                "arn": ref("aws_sqs_queue.queue.arn"),
            },
        },
        "aws_lambda_function": {"function": {}},
        "aws_sqs_queue": {"queue": {}},
        "aws_lambda_permission": {
            "permission": {
                "principal": "events.amazonaws.com",
                "function_name": ref("aws_lambda_function.function.function_name"),
                "source_arn": ref("aws_cloudwatch_event_rule.task.arn"),
            }
        },
        "aws_sns_topic": {"topic": {}},
        "aws_sns_topic_policy": {
            "policy": {
                "arn": ref("aws_sns_topic.topic.arn"),
                "policy": policy(
                    {
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": "*",
                    }
                ),
            }
        },
    }
}
_RULE = f"{_CUTOVER} aws_cloudwatch_event_rule task event_pattern"


def _silent(**changes: object) -> tuple[dict[str, object], dict[str, str]]:
    """A pattern that matches no event."""
    return (
        {_RULE: _pattern(**{**_STATE, **changes})},
        {f"{_CUTOVER}/task": "its pattern matches no documented event"},
    )


EXAMPLES = [
    Example(
        check="RS25",
        right=_MEMBERS,
        judged=(
            f"{_HERE}/cluster",
            f"{_HERE}/lag",
            f"{_HERE}/whole",
            f"{_THERE}/cluster",
            f"{_THERE}/lag",
        ),
        wrong={
            "silence is health": (
                {f"{_ALARM} treat_missing_data": "notBreaching"},
                {f"{_THERE}/cluster": "its alarm takes silence for health"},
            ),
            "one direction": (
                {_ALARM: GONE},
                {
                    f"{_THERE}/cluster": "no alarm of eu-west-1 looks at its lag",
                    f"{_HERE}/whole": "only one region has an alarm on the lag: the other direction is "
                    "not seen",
                },
            ),
            "where the metric is not": (
                {
                    f"{_ALARM} dimensions DBClusterIdentifier": "${data.terraform_remote_state."
                    "us-east-1-database.outputs.cluster}"
                },
                {
                    f"{_THERE}/cluster": "no alarm of eu-west-1 looks at its lag",
                    f"{_THERE}/lag": f"{_HERE}/cluster is in another region, where the metric is",
                },
            ),
            "of no cluster": (
                {f"{_ALARM} dimensions": {}},
                {
                    f"{_THERE}/cluster": "no alarm of eu-west-1 looks at its lag",
                    f"{_THERE}/lag": "it has no DBClusterIdentifier",
                },
            ),
        },
        fine={
            "a cluster whose global database is not here": {
                f"{_HERE} aws_rds_cluster other": {"global_cluster_identifier": "elsewhere"},
                f"{_HERE} aws_cloudwatch_metric_alarm other": {
                    **_LAG,
                    "dimensions": {"DBClusterIdentifier": ref("aws_rds_cluster.other.id")},
                    "treat_missing_data": "breaching",
                },
            }
        },
    ),
    Example(
        check="RS26",
        right=_HEARD,
        judged=(f"{_TOPIC}/alarm", f"{_TOPIC}/both"),
        wrong={
            "nobody": (
                {f"{_TOPIC} aws_cloudwatch_metric_alarm alarm alarm_actions": []},
                {f"{_TOPIC}/alarm": "it tells nobody"},
            ),
            "off": (
                {f"{_TOPIC} aws_cloudwatch_composite_alarm both actions_enabled": False},
                {f"{_TOPIC}/both": "its actions are off"},
            ),
            "a topic that it may not write to": (
                {f"{_TOPIC} aws_sns_topic topic kms_master_key_id": "alias/aws/sns"},
                {
                    f"{_TOPIC}/{name}": f"{_TOPIC}/topic has no key that CloudWatch may use"
                    for name in ("alarm", "both")
                },
            ),
        },
    ),
    Example(
        check="RS41",
        system=C,
        right={_CUTOVER: {"aws_cloudwatch_dashboard": {"dashboard": {"dashboard_body": _board(_METRIC)}}}},
        judged=(f"{_CUTOVER}/dashboard",),
        wrong={
            "no body": (
                {_BODY: "{}"},
                {f"{_CUTOVER}/dashboard": "it has no widgets, or its body cannot be read"},
            ),
            "nested": (
                {_BODY: _board([_METRIC])},
                {f"{_CUTOVER}/dashboard": "a metric of widget 1 is no flat array"},
            ),
            "a name alone": (
                {_BODY: _board("AWS/DMS")},
                {f"{_CUTOVER}/dashboard": "a metric of widget 1 is no flat array"},
            ),
            "options in the middle": (
                {_BODY: _board(["AWS/DMS", {"stat": "Maximum"}, "CDCLatencySource"])},
                {f"{_CUTOVER}/dashboard": "a metric of widget 1 is no flat array"},
            ),
            "another region": (
                {_BODY: _board(_METRIC, region="us-west-2")},
                {f"{_CUTOVER}/dashboard": "widget 1 looks in us-west-2"},
            ),
        },
        fine={"options at the end": {_BODY: _board([*_METRIC, {"stat": "Maximum"}])}},
    ),
    Example(
        check="RS34",
        system=C,
        right=_NOTICES,
        judged=tuple(f"{_CUTOVER}/{name}" for name in ("daily", "function-target", "task", "topic-target")),
        wrong={
            "latency, of which there is no event": _silent(detail={"eventType": ["LATENCY"]}),
            "another kind of filter": _silent(detail={"eventType": [{"numeric": [">", 5]}]}),
            "a field of nothing": _silent(detail={"eventType": {"inner": ["STARTED"]}}),
            "everything but the source": _silent(source=[{"anything-but": ["aws.dms", "aws.cloudwatch"]}]),
            "neither pattern nor schedule": (
                {f"{_CUTOVER} aws_cloudwatch_event_rule daily": {}},
                {f"{_CUTOVER}/daily": "it has neither a pattern nor a schedule"},
            ),
            "it leads nowhere": (
                {f"{_CUTOVER} aws_cloudwatch_event_target function-target": GONE},
                {f"{_CUTOVER}/task": "it leads nowhere"},
            ),
            "another rule may": (
                {
                    f"{_CUTOVER} aws_lambda_permission permission source_arn": ref(
                        "aws_cloudwatch_event_rule.daily.arn"
                    )
                },
                {f"{_CUTOVER}/function-target": f"its rule may not invoke {_CUTOVER}/function"},
            ),
            "nobody may publish": (
                {f"{_CUTOVER} aws_sns_topic_policy": {}},
                {f"{_CUTOVER}/topic-target": f"EventBridge may not publish to {_CUTOVER}/topic"},
            ),
        },
        fine={
            "an alarm's event": {
                _RULE: _pattern(
                    source=["aws.cloudwatch"],
                    resources=[{"exists": True}],
                    detail={"state": {"value": [{"anything-but": "ALARM"}]}},
                )
            }
        },
    ),
]
