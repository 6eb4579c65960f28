"""The pause of writes: one rule before all others on each region's listener, and its end.

Requests that write are answered 503 by the load balancer; reads go on. A rule is known by its tag,
so that both actions may be done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from .aws import client
from .configuration import Configuration
from .errors import WriterError, calling

#: Methods that write (RFC 9110, 9.2.1: the others are safe).
METHODS = ("POST", "PUT", "PATCH", "DELETE")
_PRIORITY = "1"
_TAG = {"Key": "regionshift:purpose", "Value": "write-pause"}
_BODY = json.dumps({"error": "writes are paused for a moment", "retry": True})
_CONDITION = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(METHODS)}}
_ACTION = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "503",
        "ContentType": "application/json",
        "MessageBody": _BODY,
    },
}
#: Elastic Load Balancing, DescribeTags: resources a call.
_TAGS_A_CALL = 20


def pause(configuration: Configuration) -> dict[str, Any]:
    """Pause writes in every region.

    Every region is tried, and nothing is taken back: WriterError says where writes are paused now and
    where they are not.
    """
    return {"paused": _everywhere(configuration, _pause, "paused")}


def resume(configuration: Configuration) -> dict[str, Any]:
    """End the pause in every region; every region is tried, WriterError says where it did not end."""
    return {"resumed": _everywhere(configuration, _resume, "resumed")}


def pauses(rule: Mapping[str, Any]) -> bool:
    """Say whether a rule does what the pause's does: before all others, for these methods, 503."""
    conditions, actions = rule["Conditions"], rule["Actions"]
    methods = [set(one.get("HttpRequestMethodConfig", {}).get("Values", [])) for one in conditions]
    codes = [one.get("FixedResponseConfig", {}).get("StatusCode") for one in actions]
    return rule["Priority"] == _PRIORITY and methods == [set(METHODS)] and codes == ["503"]


def _everywhere(configuration: Configuration, act: Callable[[str, str], None], done: str) -> list[str]:
    succeeded, failed = [], []
    for name, region in configuration.regions.items():
        try:
            act(name, region.https_listener_arn)
        except WriterError as error:
            failed.append(f"not {done} in {name}: {error}")
        else:
            succeeded.append(name)
    if failed:
        raise WriterError(
            "\n".join([*failed, f"writes are {done} in: {', '.join(succeeded) or 'no region'}"])
        )
    return succeeded


def _pause(region: str, listener: str) -> None:
    ours = _rules(region, listener)
    if any(pauses(rule) for rule in ours):
        return
    _delete(region, ours)  # somebody changed it: it must not stand in the way of the right one
    calling(
        "elasticloadbalancing:CreateRule",
        region,
        lambda: client("elbv2", region).create_rule(
            ListenerArn=listener,
            Priority=int(_PRIORITY),
            Conditions=[_CONDITION],
            Actions=[_ACTION],
            Tags=[_TAG],
        ),
    )


def _resume(region: str, listener: str) -> None:
    _delete(region, _rules(region, listener))


def _delete(region: str, rules: Iterable[Mapping[str, Any]]) -> None:
    elbv2 = client("elbv2", region)
    for rule in rules:
        calling(
            "elasticloadbalancing:DeleteRule",
            region,
            partial(elbv2.delete_rule, RuleArn=rule["RuleArn"]),
        )


def _rules(region: str, listener: str) -> list[dict[str, Any]]:
    """Return the rules of a listener that have our tag."""
    elbv2 = client("elbv2", region)

    def described() -> list[dict[str, Any]]:
        pages = elbv2.get_paginator("describe_rules").paginate(ListenerArn=listener)
        return [rule for page in pages for rule in page["Rules"] if not rule["IsDefault"]]

    rules = calling("elasticloadbalancing:DescribeRules", region, described)
    ours: set[str] = set()
    for start in range(0, len(rules), _TAGS_A_CALL):
        arns = [rule["RuleArn"] for rule in rules[start : start + _TAGS_A_CALL]]
        answer = calling(
            "elasticloadbalancing:DescribeTags",
            region,
            partial(elbv2.describe_tags, ResourceArns=arns),
        )
        ours |= {one["ResourceArn"] for one in answer["TagDescriptions"] if _TAG in one["Tags"]}
    return [rule for rule in rules if rule["RuleArn"] in ours]
