"""Who gets the traffic: weighted and failover records, and the health checks that decide."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import groupby

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import B, Judged, check, complaints, unless
from shared.policy.values import blocks, document, first, is_expression, number, on
from shared.recovery_time import RecoveryTime

_RECORD = "aws_route53_record"
_CHECK = "aws_route53_health_check"
_URL = "aws_lambda_function_url"
_LIMIT_SECONDS = 60
_WEIGHTED, _FAILOVER = "weighted_routing_policy", "failover_routing_policy"


def _groups(platform: Platform, policy: str) -> Iterator[list[Resource]]:
    """Yield the records of one name and type that share the traffic by a policy."""

    def name(record: Resource) -> tuple[str, str, str]:
        return (record.stack.address, str(record.get("name")), str(record.get("type")))

    found = sorted((each for each in platform.of(_RECORD) if blocks(each.values, policy)), key=name)
    for _, records in groupby(found, key=name):
        yield list(records)


@check(
    "RS21",
    "Records that share a name begin with one side, are told apart, and are ill when their target is",
    why="Records of weight 0 get everything when the others are ill, and a next apply would take the "
    "weights back in the middle of a move (Route 53 Developer Guide, how it chooses between "
    "weighted records)",
    remedy="Make them with modules/weighted_records.py or failover_records.py.",
)
def shared_names(platform: Platform) -> Iterator[Judged]:
    """Look at every weighted record and every failover record."""
    for records in _groups(platform, _WEIGHTED):
        weights = sorted(number(first(each.values, _WEIGHTED).get("weight")) or 0 for each in records)
        begun = unless(
            weights == [0.0, 100.0], f"the weights begin with {', '.join(f'{each:.0f}' for each in weights)}"
        )
        for each in records:
            kept = unless(_WEIGHTED in each.ignores(), "an apply would take its weight back")
            yield from complaints(each, begun, kept, *_told_apart(each, records), _health(each))
    for records in _groups(platform, _FAILOVER):
        roles = sorted(str(first(each.values, _FAILOVER).get("type")) for each in records)
        whole = unless(roles == ["PRIMARY", "SECONDARY"], f"the group is {', '.join(roles)}")
        for each in records:
            yield from complaints(each, whole, *_told_apart(each, records), _health(each))


def _told_apart(record: Resource, records: list[Resource]) -> Iterator[str]:
    name = record.get("set_identifier")
    if not name or sum(each.get("set_identifier") == name for each in records) > 1:
        yield f"its set_identifier is {name or 'missing'}, which does not tell it apart"


def _health(record: Resource) -> str:
    asked = record.get("health_check_id") or on(first(record.values, "alias").get("evaluate_target_health"))
    return unless(asked, "nothing asks whether its target is well")


@check(
    "RS22",
    "A failover reaches the last client within 60 seconds",
    why="Interval x threshold, giving up, publishing and TTL add up; an alias to a load balancer has "
    "a TTL of 60 s that cannot be changed (docs/decisions/0017)",
    remedy="Lower failover.request_interval, failure_threshold or ttl, and use a CNAME.",
    systems=(B,),
)
def recovery_time(platform: Platform) -> Iterator[Judged]:
    """Look at every failover record, with the health checks behind it."""
    for records in _groups(platform, _FAILOVER):
        for each in records:
            if blocks(each.values, "alias"):
                yield Judged(each, "it is an alias, whose TTL is 60 s")
                continue
            times = [_time(check_, each) for check_ in _asked(platform, each)]
            worst = max((time for time in times if time), key=lambda time: time.seconds, default=None)
            yield from complaints(
                each,
                unless(worst, "its health check, interval, threshold or TTL is not known"),
                unless(
                    worst is None or worst.seconds <= _LIMIT_SECONDS,
                    f"{worst} is more than {_LIMIT_SECONDS} s",
                ),
            )


def _asked(platform: Platform, record: Resource, depth: int = 4) -> list[Resource]:
    """Return the checks that look at an endpoint: a calculated one is resolved into its children."""
    found = tracing.resources(
        platform, record.stack, record.get("health_check_id") or record.get("child_healthchecks")
    )
    deeper = [
        leaf
        for each in found
        for leaf in (
            _asked(platform, each, depth - 1) if each.get("type") == "CALCULATED" and depth else [each]
        )
    ]
    return [each for each in deeper if each.kind == _CHECK]


def _time(asked: Resource, record: Resource) -> RecoveryTime | None:
    terms = [
        number(asked.get("request_interval")),
        number(asked.get("failure_threshold")),
        number(record.get("ttl")),
    ]
    interval, threshold, ttl = (None if each is None else int(each) for each in terms)
    if interval is None or threshold is None or ttl is None:
        return None
    return RecoveryTime(request_interval=interval, failure_threshold=threshold, ttl=ttl)


@check(
    "RS23",
    "Health checkers ask public endpoints by TLS with the right name, and may invoke what they ask",
    why="Checkers sign nothing: a function URL with AWS_IAM is never healthy, and one without both "
    "permissions answers 403 (terraform-provider-aws#44829, docs/decisions/0019)",
    remedy="Make it with modules/health_checks.py and function_url.py.",
    systems=(B,),
)
def askable(platform: Platform) -> Iterator[Judged]:
    """Look at every health check of an endpoint, and at every function URL."""
    for each in platform.of(_CHECK):
        if str(each.get("type")).startswith(("CALCULATED", "CLOUDWATCH", "RECOVERY")):
            continue
        urls = [url for url in tracing.of(platform, each, "fqdn") if url.kind == _URL]
        inside = [
            lb.place
            for lb in tracing.of(platform, each, "fqdn")
            if lb.kind == "aws_lb" and on(lb.get("internal"))
        ]
        yield from complaints(
            each,
            unless(str(each.get("type")).startswith("HTTPS"), f"it asks by {each.get('type')}"),
            unless(on(each.get("enable_sni")), "it sends no server name"),
            unless(each.get("fqdn") and not _private(each.get("fqdn")), "its endpoint is not public"),
            unless(not inside, f"{', '.join(inside)} is internal"),
            *(
                f"{url.place} wants signed requests"
                for url in urls
                if url.get("authorization_type") != "NONE"
            ),
        )
    for url in platform.of(_URL):
        if url.get("authorization_type") == "NONE":
            yield from complaints(url, *_permissions(platform, url))


def _private(name: object) -> bool:
    if is_expression(name):
        return False
    try:
        return ip_address(str(name)).is_private
    except ValueError:
        return str(name).endswith((".internal", ".local")) or "." not in str(name)


def _permissions(platform: Platform, url: Resource) -> Iterator[str]:
    functions = tracing.of(platform, url, "function_name")
    ours = [
        each
        for each in platform.of("aws_lambda_permission")
        if set(tracing.of(platform, each, "function_name")) & set(functions)
    ]
    by_url = [
        each
        for each in ours
        if each.get("action") == "lambda:InvokeFunctionUrl" and each.get("principal") == "*"
    ]
    if not any(each.get("function_url_auth_type") == "NONE" for each in by_url):
        yield "nobody may call lambda:InvokeFunctionUrl"
    if not any(_second(platform, stack, functions) for stack in platform.of("aws_cloudformation_stack")):
        yield "nobody may call lambda:InvokeFunction by way of the URL"
    if any(each.get("action") == "lambda:InvokeFunction" and each.get("principal") == "*" for each in ours):
        yield "everybody may invoke the function without its URL"


def _second(platform: Platform, stack: Resource, functions: list[Resource]) -> bool:
    """Return whether a CloudFormation stack holds the permission that the provider does not know."""
    made = document(stack.get("template_body"))
    every = first(made, "Resources").values()
    return any(
        on(first(each, "Properties").get("InvokedViaFunctionUrl"))
        and set(tracing.resources(platform, stack.stack, first(each, "Properties").get("FunctionName")))
        & set(functions)
        for each in every
    )
