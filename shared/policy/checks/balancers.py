"""What stands in front: load balancers, instances, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import A, B, Judged, check, complaints, unless
from shared.policy.values import blocks, document, first, leaves, number, on

#: Policies with TLS 1.2 or newer only (Elastic Load Balancing, security policies for HTTPS listeners).
_TLS = (
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-FS-1-2-Res-2020-10",
)
_ZONES = 3
#: Common attacks, and inputs that are known to be bad, Log4j's among them (AWS WAF, managed rule groups).
_RULE_GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")


@check(
    "RS16",
    "Listeners speak TLS 1.2 or newer; port 80 only redirects",
    why="The provider's default is ELBSecurityPolicy-2016-08, which still speaks TLS 1.0 (Elastic "
    "Load Balancing, create an HTTPS listener; PCI DSS 4.2.1)",
    remedy=f"Set ssl_policy to {_TLS[1]}.",
    systems=(A, B),
)
def listeners(platform: Platform) -> Iterator[Judged]:
    """Look at every listener."""
    for listener in platform.of("aws_lb_listener"):
        actions = blocks(listener.values, "default_action")
        if listener.get("protocol") in ("HTTPS", "TLS"):
            policy = listener.get("ssl_policy")
            yield from complaints(
                listener,
                unless(policy in _TLS, f"ssl_policy is {policy or 'the default, which speaks TLS 1.0'}"),
                unless(listener.get("certificate_arn"), "it has no certificate"),
            )
        else:
            secure = actions and all(
                each.get("type") == "redirect" and first(each, "redirect").get("protocol") == "HTTPS"
                for each in actions
            )
            yield from complaints(
                listener, unless(secure, f"port {listener.get('port')} does more than redirect to HTTPS")
            )


@check(
    "RS17",
    "Load balancers log, drop malformed headers and stand behind a web firewall",
    why="Request smuggling ends at the load balancer, and what happened is in its log (CKV_AWS_91, "
    "CKV_AWS_131; PCI DSS 6.4, 10.2)",
    remedy="Make it with modules/load_balancer.py, access_logs.py and firewall.py.",
    systems=(A, B),
)
def balancers(platform: Platform) -> Iterator[Judged]:
    """Look at every load balancer, and at the rules in front of it."""
    for balancer in platform.of("aws_lb"):
        logs = first(balancer.values, "access_logs")
        walls = _walls(platform, balancer)
        stopped = {group for wall in walls for group in _rule_groups(wall)}
        yield from complaints(
            balancer,
            unless(on(logs.get("enabled")) and logs.get("bucket"), "it keeps no access log"),
            unless(on(balancer.get("drop_invalid_header_fields")), "it passes malformed headers on"),
            unless(walls, "no web ACL stands in front of it"),
            *(f"its web ACL lacks {each}" for each in _RULE_GROUPS if walls and each not in stopped),
            *(f"{each.place} logs nothing" for each in walls if not _logged(platform, each)),
        )


def _walls(platform: Platform, balancer: Resource) -> list[Resource]:
    """Return the web ACLs in front of a load balancer."""
    return [
        wall
        for each in platform.of("aws_wafv2_web_acl_association")
        if balancer in tracing.of(platform, each, "resource_arn")
        for wall in tracing.of(platform, each, "web_acl_arn")
    ]


def _rule_groups(wall: Resource) -> set[str]:
    """Return the managed groups of a web ACL, whether its rules are blocks or the API's JSON."""
    rules = document(wall.get("rule_json")) or wall.get("rule")
    return {str(value) for path, value in leaves(rules) if path[-1].lower() == "name"}


def _logged(platform: Platform, wall: Resource) -> bool:
    logs = platform.of("aws_wafv2_web_acl_logging_configuration")
    return any(wall in tracing.of(platform, each, "resource_arn") for each in logs)


@check(
    "RS19",
    "Instances need a token for their metadata, and have encrypted disks and no public address",
    why="A request that an attacker makes an instance send must not read the role's credentials "
    "(CKV_AWS_79, CKV_AWS_88)",
    remedy="Make the template with modules/fleet.py.",
    systems=(A, B),
)
def templates(platform: Platform) -> Iterator[Judged]:
    """Look at every launch template."""
    for template in platform.of("aws_launch_template"):
        disks = blocks(template.values, "block_device_mappings", "ebs")
        public = [
            each
            for each in blocks(template.values, "network_interfaces")
            if on(each.get("associate_public_ip_address"))
        ]
        yield from complaints(
            template,
            unless(
                first(template.values, "metadata_options").get("http_tokens") == "required",
                "http_tokens is not required",
            ),
            unless(disks and all(on(each.get("encrypted")) for each in disks), "a disk is not encrypted"),
            unless(not public, "it gives instances a public address"),
        )


@check(
    "RS20",
    "Groups stand in three zones, believe the load balancer, and take a bad release back",
    why="A zone's loss leaves two thirds; EC2's own check calls an instance healthy whose service is "
    "not (Amazon EC2 Auto Scaling User Guide, health checks and instance refresh)",
    remedy="Make the group with modules/fleet.py.",
    systems=(A, B),
)
def groups(platform: Platform) -> Iterator[Judged]:
    """Look at every Auto Scaling group."""
    for group in platform.of("aws_autoscaling_group"):
        subnets = tracing.of(platform, group, "vpc_zone_identifier")
        zones = {str(each.get("availability_zone")) for each in subnets}
        refresh = first(group.values, "instance_refresh", "preferences")
        yield from complaints(
            group,
            unless(len(zones) >= _ZONES, f"it stands in {len(zones)} zones"),
            unless(
                group.get("health_check_type") == "ELB", "it does not ask the load balancer who is healthy"
            ),
            unless(_ordered(group), "its sizes are not min <= desired <= max"),
            unless(on(refresh.get("auto_rollback")), "a release that fails is not taken back"),
        )


def _ordered(group: Resource) -> bool:
    least, wanted, most = (number(group.get(name)) for name in ("min_size", "desired_capacity", "max_size"))
    if least is None or most is None:
        return False
    return least <= (least if wanted is None else wanted) <= most
