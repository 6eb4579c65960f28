"""State machines: of the migration, and of the failover."""

from __future__ import annotations

import json
from typing import Any

from shared.policy.registry import B
from tests.policy.worlds import Example, policy, ref

_MOVE, _FAILOVER = "eu-west-1/migration", "us-west-2/failover"
_SHIFT = "arn:aws:states:::aws-sdk:route53:changeResourceRecordSets"
_CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "RollBack"}]
_INVOKE = "arn:aws:states:::lambda:invoke"
_STATES: dict[str, Any] = {
    "Start": {
        "Type": "Task",
        "Resource": _INVOKE,
        "Arguments": {"FunctionName": "${aws_lambda_function.start.arn}", "Payload": {"stage": 1}},
        "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"]}],
        "Next": "Shift",
    },
    "Shift": {
        "Type": "Task",
        "Resource": _SHIFT,
        "Arguments": {
            "HostedZoneId": "Z1",
            "ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Ttl": 60}}]},
        },
        "Catch": [{"ErrorEquals": ["Route53.Throttling"], "Next": "Start"}, *_CATCH],
        "Next": "Passed?",
    },
    "Passed?": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $more %}", "Next": "Shift"}],
        "Default": "Done",
    },
    "RollBack": {"Type": "Pass", "Next": "Weights back"},
    "Weights back": {"Type": "Task", "Resource": _SHIFT, "Retry": [{}], "Arguments": {}, "Next": "Done"},
    "Done": {"Type": "Succeed"},
}


def _definition(**states: Any) -> str:
    """Return the machine with some states changed; None: not there."""
    changed = {**_STATES, **{name.replace("_", " "): state for name, state in states.items()}}
    return json.dumps({"StartAt": "Start", "States": {k: v for k, v in changed.items() if v is not None}})


def _plan(**changes: Any) -> str:
    return json.dumps({"defaults": {"phases": [25, 50, 75, 100], "bake_seconds": 300, **changes}})


_MIGRATION = {
    _MOVE: {
        "aws_sfn_state_machine": {"machine": {"definition": _definition(), "role_arn": "arn"}},
        "aws_lambda_function": {
            "start": {"environment": {"variables": {"PLAN": _plan(), "OTHER": "no JSON", "LIST": "[1]"}}}
        },
        "aws_iam_role": {"unused": {}},
    },
    "us-east-1/service": {"aws_vpc": {"vpc": {}}},
}
_DEFINITION = f"{_MOVE} aws_sfn_state_machine machine definition"
_VARIABLE = f"{_MOVE} aws_lambda_function start environment variables PLAN"
_MACHINE = f"{_MOVE}/machine"
_RECOVERY = {
    "us-east-1/service": {"aws_vpc": {"vpc": {}}},
    _FAILOVER: {
        "aws_sfn_state_machine": {
            "machine": {
                "definition": _definition(Shift=None, **{"Weights back": None}),
                "role_arn": ref("aws_iam_role.machine.arn"),
            }
        },
        "aws_lambda_function": {"start": {"role": ref("aws_iam_role.function.arn")}},
        "aws_iam_role": {"machine": {}, "function": {}},
        "aws_iam_role_policy": {
            "machine-policy": {
                "role": ref("aws_iam_role.machine.name"),
                "policy": policy({"Action": "lambda:InvokeFunction", "Resource": "arn"}),
            },
            "function-policy": {
                "role": ref("aws_iam_role.function.name"),
                "policy": policy(
                    {"Action": ["s3:PutObject"], "Resource": "arn"},
                    {"Effect": "Deny", "Action": "route53:ChangeResourceRecordSets", "Resource": "*"},
                ),
            },
        },
    },
}
_MAY_CHANGE = policy({"Action": ["route53:ChangeResourceRecordSets", "route53:GetChange"], "Resource": "arn"})
_AWAY = {"aws": [{"region": "us-west-2"}, {"alias": "home", "region": "us-east-1"}]}

EXAMPLES = [
    Example(
        check="RS27",
        right=_MIGRATION,
        judged=(_MACHINE,),
        wrong={
            "no definition": (
                {_DEFINITION: "{", f"{_MOVE} aws_lambda_function": {}},
                {
                    _MACHINE: (
                        "its definition has no states, or cannot be read",
                        "the phases that it goes through are not found",
                    )
                },
            ),
            "a task that may fail": (
                {_DEFINITION: _definition(Start={**_STATES["Start"], "Retry": []})},
                {_MACHINE: "Start has neither Retry nor Catch"},
            ),
            "fields in the API's own case": (
                {
                    _DEFINITION: _definition(
                        Shift={
                            **_STATES["Shift"],
                            "Arguments": {"HostedZoneId.$": "$.z", "Records": [{"TTL": 60, "DNSName": "x"}]},
                        }
                    )
                },
                {
                    _MACHINE: (
                        "Shift names a field DNSName, which Step Functions does not know",
                        "Shift names a field TTL, which Step Functions does not know",
                    )
                },
            ),
            "no way back": (
                {_DEFINITION: _definition(RollBack=None)},
                {
                    _MACHINE: (
                        "it changes traffic and has no state RollBack",
                        "no rollback is reached when Shift fails",
                        "no rollback is reached when Weights back fails",
                    )
                },
            ),
            "a failure that ends it": (
                {
                    _DEFINITION: _definition(
                        Shift={
                            **_STATES["Shift"],
                            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}],
                        }
                    )
                },
                {_MACHINE: "no rollback is reached when Shift fails"},
            ),
            "other phases, in a hurry": (
                {_VARIABLE: _plan(phases=[50, 100], bake_seconds=60)},
                {
                    _MACHINE: (
                        "its phases are [50, 100], and the requirement is [25, 50, 75, 100]",
                        "it waits 60 s after a phase, and an alarm needs 300",
                    )
                },
            ),
            "in the region that is left": (
                {
                    f"{_MOVE} provider": {"aws": [{"region": "us-east-1"}]},
                },
                {_MACHINE: "it stands in us-east-1, and has to outlive us-east-1"},
            ),
        },
        fine={
            "a way that is walked twice": {_DEFINITION: _definition(Done={"Type": "Pass", "Next": "Start"})}
        },
    ),
    Example(check="RS27", system=B, right=_RECOVERY, judged=(f"{_FAILOVER}/machine",), wrong={}),
    Example(
        check="RS24",
        system=B,
        right=_RECOVERY,
        judged=(f"{_FAILOVER}/machine", f"{_FAILOVER}/start"),
        wrong={
            "it changes records": (
                {f"{_FAILOVER} aws_iam_role_policy function-policy policy": _MAY_CHANGE},
                {f"{_FAILOVER}/start": "its role may call route53:ChangeResourceRecordSets"},
            ),
            "a function in the region that is lost": (
                {
                    f"{_FAILOVER} provider": _AWAY,
                    f"{_FAILOVER} aws_lambda_function start provider": "aws.home",
                },
                {f"{_FAILOVER}/start": "it stands in us-east-1, which is the region that is lost"},
            ),
        },
        fine={"a machine of no function": {f"{_FAILOVER} aws_lambda_function": {}}},
    ),
]
