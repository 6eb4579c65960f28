"""Load balancers, templates, groups."""

from __future__ import annotations

import json
from typing import Any

from tests.policy.worlds import GONE, Example, ref

_SERVICE = "us-east-1/service"
_LISTENER = f"{_SERVICE} aws_lb_listener"
_LISTENERS = {
    _SERVICE: {
        "aws_lb_listener": {
            "https": {
                "protocol": "HTTPS",
                "port": 443,
                "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                "certificate_arn": "arn",
                "default_action": [{"type": "forward"}],
            },
            "http": {
                "protocol": "HTTP",
                "port": 80,
                "default_action": {"type": "redirect", "redirect": {"protocol": "HTTPS"}},
            },
        }
    }
}


def _rules(*groups: str) -> str:
    """Return the rules of a web ACL as the API's JSON."""
    managed = [{"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}} for group in groups]
    return json.dumps([{"Name": f"rule-{n}", "Statement": each} for n, each in enumerate(managed)])


_COMMON, _KNOWN = "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"
_BALANCERS = {
    _SERVICE: {
        "aws_lb": {
            "balancer": {
                "access_logs": {"enabled": True, "bucket": "logs"},
                "drop_invalid_header_fields": True,
            }
        },
        "aws_wafv2_web_acl": {"acl": {"rule_json": _rules(_COMMON, _KNOWN)}},
        "aws_wafv2_web_acl_association": {
            "association": {
                "resource_arn": ref("aws_lb.balancer.arn"),
                "web_acl_arn": ref("aws_wafv2_web_acl.acl.arn"),
            },
            "another": {"resource_arn": "arn", "web_acl_arn": "arn"},
        },
        "aws_wafv2_web_acl_logging_configuration": {
            "logging": {"resource_arn": ref("aws_wafv2_web_acl.acl.arn")}
        },
    }
}
_BALANCER = f"{_SERVICE}/balancer"
_TEMPLATE = f"{_SERVICE} aws_launch_template template"
_TEMPLATES = {
    _SERVICE: {
        "aws_launch_template": {
            "template": {
                "metadata_options": {"http_tokens": "required"},
                "block_device_mappings": [{"ebs": {"encrypted": "true"}}],
                "network_interfaces": [{"associate_public_ip_address": "false"}],
            }
        }
    }
}
_GROUP = f"{_SERVICE} aws_autoscaling_group group"
_GROUPS: dict[str, Any] = {
    _SERVICE: {
        "aws_subnet": {f"subnet-{zone}": {"availability_zone": f"us-east-1{zone}"} for zone in "abc"},
        "aws_autoscaling_group": {
            "group": {
                "vpc_zone_identifier": [ref(f"aws_subnet.subnet-{zone}.id") for zone in "abc"],
                "health_check_type": "ELB",
                "min_size": 2,
                "desired_capacity": 2,
                "max_size": 6,
                "instance_refresh": {"preferences": {"auto_rollback": True}},
            }
        },
    }
}

EXAMPLES = [
    Example(
        check="RS16",
        right=_LISTENERS,
        judged=(f"{_SERVICE}/http", f"{_SERVICE}/https"),
        wrong={
            "the default policy": (
                {f"{_LISTENER} https ssl_policy": GONE},
                {f"{_SERVICE}/https": "ssl_policy is the default, which speaks TLS 1.0"},
            ),
            "an old policy and no certificate": (
                {
                    f"{_LISTENER} https ssl_policy": "ELBSecurityPolicy-2016-08",
                    f"{_LISTENER} https certificate_arn": GONE,
                },
                {f"{_SERVICE}/https": ("ssl_policy is ELBSecurityPolicy-2016-08", "it has no certificate")},
            ),
            "plain text": (
                {f"{_LISTENER} http default_action": {"type": "forward"}},
                {f"{_SERVICE}/http": "port 80 does more than redirect to HTTPS"},
            ),
            "a redirect to plain text": (
                {f"{_LISTENER} http default_action redirect protocol": "HTTP"},
                {f"{_SERVICE}/http": "port 80 does more than redirect to HTTPS"},
            ),
            "no action": (
                {f"{_LISTENER} http default_action": []},
                {f"{_SERVICE}/http": "port 80 does more than redirect to HTTPS"},
            ),
        },
    ),
    Example(
        check="RS17",
        right=_BALANCERS,
        judged=(_BALANCER,),
        wrong={
            "no log and every header": (
                {
                    f"{_SERVICE} aws_lb balancer access_logs enabled": False,
                    f"{_SERVICE} aws_lb balancer drop_invalid_header_fields": False,
                },
                {_BALANCER: ("it keeps no access log", "it passes malformed headers on")},
            ),
            "no web ACL": (
                {f"{_SERVICE} aws_wafv2_web_acl_association association": GONE},
                {_BALANCER: "no web ACL stands in front of it"},
            ),
            "without the rules that matter": (
                {f"{_SERVICE} aws_wafv2_web_acl acl rule_json": _rules("AWSManagedRulesSQLiRuleSet")},
                {_BALANCER: (f"its web ACL lacks {_COMMON}", f"its web ACL lacks {_KNOWN}")},
            ),
            "it says nothing": (
                {f"{_SERVICE} aws_wafv2_web_acl_logging_configuration": {}},
                {_BALANCER: f"{_SERVICE}/acl logs nothing"},
            ),
        },
        fine={
            "rules as blocks": {
                f"{_SERVICE} aws_wafv2_web_acl acl": {
                    "rule": [
                        {"statement": {"managed_rule_group_statement": {"name": name}}}
                        for name in (_COMMON, _KNOWN)
                    ]
                }
            }
        },
    ),
    Example(
        check="RS19",
        right=_TEMPLATES,
        judged=(f"{_SERVICE}/template",),
        wrong={
            "everything": (
                {
                    f"{_TEMPLATE} metadata_options http_tokens": "optional",
                    f"{_TEMPLATE} block_device_mappings": [],
                    f"{_TEMPLATE} network_interfaces 0 associate_public_ip_address": "true",
                },
                {
                    f"{_SERVICE}/template": (
                        "http_tokens is not required",
                        "a disk is not encrypted",
                        "it gives instances a public address",
                    )
                },
            ),
            "the second disk": (
                {f"{_TEMPLATE} block_device_mappings": [{"ebs": {"encrypted": True}}, {"ebs": {}}]},
                {f"{_SERVICE}/template": "a disk is not encrypted"},
            ),
        },
    ),
    Example(
        check="RS20",
        right=_GROUPS,
        judged=(f"{_SERVICE}/group",),
        wrong={
            "two zones": (
                {f"{_SERVICE} aws_subnet subnet-c availability_zone": "us-east-1b"},
                {f"{_SERVICE}/group": "it stands in 2 zones"},
            ),
            "EC2 decides, and a release stays": (
                {f"{_GROUP} health_check_type": "EC2", f"{_GROUP} instance_refresh": GONE},
                {
                    f"{_SERVICE}/group": (
                        "it does not ask the load balancer who is healthy",
                        "a release that fails is not taken back",
                    )
                },
            ),
            "more wanted than allowed": (
                {f"{_GROUP} desired_capacity": 7},
                {f"{_SERVICE}/group": "its sizes are not min <= desired <= max"},
            ),
            "no limit": (
                {f"{_GROUP} max_size": GONE},
                {f"{_SERVICE}/group": "its sizes are not min <= desired <= max"},
            ),
        },
        fine={"the scaling policy decides how many": {f"{_GROUP} desired_capacity": GONE}},
    ),
]
