"""EventBridge: patterns that match what is really sent, and targets that may be called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.policy import tracing
from shared.policy.events import SAMPLES, matches
from shared.policy.model import Platform, Resource
from shared.policy.registry import B, C, Judged, check, complaints, unless
from shared.policy.values import document, mapping, statements, texts

_RULE, _TARGET = "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"
_SERVICE = "events.amazonaws.com"


@check(
    "RS34",
    "Event patterns match a documented event, and their targets may be called",
    why="A pattern that matches nothing is silent for ever; DMS sends no event on latency at all (DMS "
    "User Guide, EventBridge events)",
    remedy="Match source, detail-type and resources; add the permission or the topic's policy beside the "
    "target.",
    systems=(B, C),
)
def notices(platform: Platform) -> Iterator[Judged]:
    """Look at every rule and every target."""
    targets = platform.of(_TARGET)
    for rule in platform.of(_RULE):
        pattern = document(rule.get("event_pattern"))
        led = [each for each in targets if rule in tracing.of(platform, each, "rule")]
        yield from complaints(
            rule,
            unless(pattern is None or _documented(pattern), "its pattern matches no documented event"),
            unless(pattern or rule.get("schedule_expression"), "it has neither a pattern nor a schedule"),
            unless(led, "it leads nowhere"),
        )
    for target in targets:
        rules = tracing.of(platform, target, "rule")
        for called in tracing.of(platform, target, "arn"):
            if called.kind == "aws_lambda_function":
                yield from complaints(
                    target,
                    unless(_invokes(platform, called, rules), f"its rule may not invoke {called.place}"),
                )
            elif called.kind == "aws_sns_topic":
                yield from complaints(
                    target,
                    unless(_publishes(platform, called), f"EventBridge may not publish to {called.place}"),
                )


def _documented(pattern: Any) -> bool:
    """Return whether a documented event, about a resource that the pattern names, is let through."""
    named = texts(mapping(pattern).get("resources"))
    samples: list[Mapping[str, Any]] = [{**sample, "resources": named[:1] or ["arn"]} for sample in SAMPLES]
    return any(matches(pattern, sample) for sample in samples)


def _invokes(platform: Platform, function: Resource, rules: list[Resource]) -> bool:
    return any(
        each.get("principal") == _SERVICE
        and function in tracing.of(platform, each, "function_name")
        and set(tracing.of(platform, each, "source_arn")) & set(rules)
        for each in platform.of("aws_lambda_permission")
    )


def _publishes(platform: Platform, topic: Resource) -> bool:
    policies = [
        each for each in platform.of("aws_sns_topic_policy") if topic in tracing.of(platform, each, "arn")
    ]
    said = [statement for each in policies for statement in statements(each.get("policy"))]
    return any(
        each.get("Effect") == "Allow" and _SERVICE in texts(mapping(each.get("Principal")).get("Service"))
        for each in said
    )
