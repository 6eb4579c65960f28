"""Records and health checks."""

from __future__ import annotations

import json
from typing import Any

from shared.policy.registry import B
from tests.policy.worlds import GONE, Example, ref

_TRAFFIC = "global/traffic"
_WEIGHTED: dict[str, Any] = {
    _TRAFFIC: {
        "aws_route53_record": {
            side: {
                "name": "api.example.com",
                "type": "A",
                "set_identifier": side,
                "weighted_routing_policy": {"weight": weight},
                "alias": {"evaluate_target_health": True},
                "lifecycle": {"ignore_changes": ["weighted_routing_policy"]},
            }
            for side, weight in (("source", 100), ("target", 0))
        }
    }
}
_CHECK = {
    "type": "HTTPS",
    "request_interval": 10,
    "failure_threshold": 3,
    "enable_sni": True,
    "fqdn": "probe.example.com",
}
_FAILOVER: dict[str, Any] = {
    _TRAFFIC: {
        "aws_route53_record": {
            side: {
                "name": "pay.example.com",
                "type": "CNAME",
                "ttl": 10,
                "set_identifier": side,
                "failover_routing_policy": [{"type": side.upper()}],
                "health_check_id": ref(f"aws_route53_health_check.{check}.id"),
            }
            for side, check in (("primary", "all"), ("secondary", "standby"))
        }
        | {"plain": {"name": "other.example.com", "type": "CNAME"}},
        "aws_route53_health_check": {
            "all": {"type": "CALCULATED", "child_healthchecks": [ref("aws_route53_health_check.home.id")]},
            "home": _CHECK,
            "standby": _CHECK,
        },
    }
}
_RECORD, _HEALTH = f"{_TRAFFIC} aws_route53_record", f"{_TRAFFIC} aws_route53_health_check"
_SIDES = tuple(f"{_TRAFFIC}/{side}" for side in ("primary", "secondary"))
_BOTH = tuple(f"{_TRAFFIC}/{side}" for side in ("source", "target"))
_SECOND = json.dumps(
    {
        "Resources": {
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": "${aws_lambda_function.probe.function_name}",
                    "InvokedViaFunctionUrl": True,
                },
            }
        }
    }
)
_URLS: dict[str, Any] = {
    _TRAFFIC: {
        "aws_lambda_function": {"probe": {}, "inside": {}},
        "aws_lambda_function_url": {
            "url": {
                "authorization_type": "NONE",
                "function_name": ref("aws_lambda_function.probe.function_name"),
            },
            "signed": {
                "authorization_type": "AWS_IAM",
                "function_name": ref("aws_lambda_function.inside.function_name"),
            },
        },
        "aws_lambda_permission": {
            "permission": {
                "action": "lambda:InvokeFunctionUrl",
                "principal": "*",
                "function_url_auth_type": "NONE",
                "function_name": ref("aws_lambda_function.probe.function_name"),
            }
        },
        "aws_cloudformation_stack": {"second": {"template_body": _SECOND}},
        "aws_lb": {"internal": {"internal": True}},
        "aws_route53_health_check": {
            "of-url": {
                **_CHECK,
                "fqdn": '${element(split("/", aws_lambda_function_url.url.function_url), 2)}',
            },
            "of-name": _CHECK,
            "all": {"type": "CALCULATED"},
        },
    }
}
_NAMED = f"{_TRAFFIC}/of-name"

EXAMPLES = [
    Example(
        check="RS21",
        right=_WEIGHTED,
        judged=_BOTH,
        wrong={
            "half and half": (
                {
                    f"{_RECORD} source weighted_routing_policy weight": 50,
                    f"{_RECORD} target weighted_routing_policy weight": "50",
                },
                dict.fromkeys(_BOTH, "the weights begin with 50, 50"),
            ),
            "nobody gets anything": (
                {f"{_RECORD} source weighted_routing_policy weight": 0},
                dict.fromkeys(_BOTH, "the weights begin with 0, 0"),
            ),
            "an apply moves the traffic": (
                {f"{_RECORD} target lifecycle": GONE},
                {f"{_TRAFFIC}/target": "an apply would take its weight back"},
            ),
            "the same twice": (
                {f"{_RECORD} target set_identifier": "source"},
                dict.fromkeys(_BOTH, "its set_identifier is source, which does not tell it apart"),
            ),
            "healthy for ever": (
                {f"{_RECORD} target alias evaluate_target_health": False},
                {f"{_TRAFFIC}/target": "nothing asks whether its target is well"},
            ),
        },
    ),
    Example(
        check="RS21",
        system=B,
        right=_FAILOVER,
        judged=_SIDES,
        wrong={
            "one alone": (
                {f"{_RECORD} secondary": GONE},
                {f"{_TRAFFIC}/primary": "the group is PRIMARY"},
            ),
            "no name and no check": (
                {f"{_RECORD} secondary set_identifier": GONE, f"{_RECORD} secondary health_check_id": GONE},
                {
                    f"{_TRAFFIC}/secondary": (
                        "its set_identifier is missing, which does not tell it apart",
                        "nothing asks whether its target is well",
                    )
                },
            ),
        },
    ),
    Example(
        check="RS22",
        system=B,
        right=_FAILOVER,
        judged=_SIDES,
        wrong={
            "an alias": (
                {f"{_RECORD} primary alias": {"name": "alb"}},
                {f"{_TRAFFIC}/primary": "it is an alias, whose TTL is 60 s"},
            ),
            "too slow": (
                {f"{_HEALTH} home request_interval": 30},
                {f"{_TRAFFIC}/primary": "30 x 3 + 6 + 5 + 10 = 111 s is more than 60 s"},
            ),
            "nobody knows": (
                {f"{_HEALTH} standby failure_threshold": GONE},
                {
                    f"{_TRAFFIC}/secondary": "its health check, interval, threshold or TTL is not known",
                },
            ),
            "nobody asks": (
                {f"{_RECORD} secondary health_check_id": "an id"},
                {
                    f"{_TRAFFIC}/secondary": "its health check, interval, threshold or TTL is not known",
                },
            ),
        },
    ),
    Example(
        check="RS23",
        system=B,
        right=_URLS,
        judged=(_NAMED, f"{_TRAFFIC}/of-url", f"{_TRAFFIC}/url"),
        wrong={
            "plain text without a name": (
                {f"{_HEALTH} of-name type": "HTTP", f"{_HEALTH} of-name enable_sni": False},
                {_NAMED: ("it asks by HTTP", "it sends no server name")},
            ),
            **{
                f"a private endpoint: {name or 'none'}": (
                    {f"{_HEALTH} of-name fqdn": name},
                    {_NAMED: "its endpoint is not public"},
                )
                for name in ("10.0.0.7", "db.internal", "localhost", None)
            },
            "an internal load balancer": (
                {f"{_HEALTH} of-name fqdn": ref("aws_lb.internal.dns_name")},
                {_NAMED: f"{_TRAFFIC}/internal is internal"},
            ),
            "a URL that wants signatures": (
                {f"{_HEALTH} of-name fqdn": ref("aws_lambda_function_url.signed.function_url")},
                {_NAMED: f"{_TRAFFIC}/signed wants signed requests"},
            ),
            "403": (
                {
                    f"{_TRAFFIC} aws_lambda_permission": {},
                    f"{_TRAFFIC} aws_cloudformation_stack second template_body": "{}",
                },
                {
                    f"{_TRAFFIC}/url": (
                        "nobody may call lambda:InvokeFunctionUrl",
                        "nobody may call lambda:InvokeFunction by way of the URL",
                    )
                },
            ),
            "open to everybody": (
                {
                    f"{_TRAFFIC} aws_lambda_permission open": {
                        "action": "lambda:InvokeFunction",
                        "principal": "*",
                        "function_name": ref("aws_lambda_function.probe.function_name"),
                    }
                },
                {f"{_TRAFFIC}/url": "everybody may invoke the function without its URL"},
            ),
        },
    ),
]
