"""Security groups: who may talk to whom."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from shared.policy import tracing
from shared.policy.checks.routes import TABLES
from shared.policy.model import Platform
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import Block, blocks, items, number, texts

GROUPS = ("aws_security_group", "aws_default_security_group")
_RULES = {
    "aws_security_group_rule": "",
    "aws_vpc_security_group_ingress_rule": "ingress",
    "aws_vpc_security_group_egress_rule": "egress",
}
_EVERYBODY = {"0.0.0.0/0", "::/0"}
_PEERS = (
    "cidr_blocks",
    "ipv6_cidr_blocks",
    "prefix_list_ids",
    "security_groups",
    "self",
    "cidr_ipv4",
    "cidr_ipv6",
    "prefix_list_id",
    "referenced_security_group_id",
    "source_security_group_id",
)
_NETWORKS = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
#: MySQL and PostgreSQL, what the clusters here speak.
_DATABASES = (3306, 5432)
_GROUP_ARGUMENTS = (
    "security_groups",
    "security_group_ids",
    "vpc_security_group_ids",
    "source_security_group_id",
    "referenced_security_group_id",
)


@check(
    "RS03",
    "Firewall rules are whole, and open to the world at the load balancer only",
    why="A rule without ports or peer means something else than was written (terraform-cdk#280); a "
    "database port that strangers reach is an incident (PCI DSS 1.3)",
    remedy="Name protocol, ports and peers; let clients in at the load balancer on 443 and 80 only.",
)
def rules(platform: Platform) -> Iterator[Judged]:
    """Look at every rule of every security group."""
    doors = [
        group
        for balancer in platform.of("aws_lb")
        for group in tracing.of(platform, balancer, "security_groups")
    ]
    known = _known_networks(platform)
    for group in platform.of(*GROUPS):
        said = [
            f"{direction} {rule_number} {each}"
            for direction in ("ingress", "egress")
            for rule_number, rule in enumerate(blocks(group.values, direction))
            for each in _faults(rule, direction, door=group in doors, known=known)
        ]
        yield from complaints(group, *said)
    for rule in platform.of(*_RULES):
        direction = _RULES[rule.kind] or str(rule.get("type"))
        door = any(group in doors for group in tracing.of(platform, rule, "security_group_id"))
        yield from complaints(rule, *_faults(rule.values, direction, door=door, known=known))


def _faults(rule: Block, direction: str, *, door: bool, known: list[Any]) -> Iterator[str]:
    protocol = rule.get("protocol", rule.get("ip_protocol"))
    ports = (number(rule.get("from_port")), number(rule.get("to_port")))
    everything = protocol in ("-1", "all")
    if protocol is None:
        yield "has no protocol"
    if None in ports and not everything:
        yield "has no ports"
    if not any(rule.get(peer) not in (None, False, [], "") for peer in _PEERS):
        yield "has no peer"
    networks = [text for name in _NETWORKS for text in texts(rule.get(name))]
    if _EVERYBODY & set(networks):
        allowed = ((443.0, 443.0), (80.0, 80.0)) if direction == "ingress" else ((443.0, 443.0),)
        if direction == "ingress" and not door:
            yield "lets everybody in"
        elif everything or ports not in allowed:
            yield f"opens {protocol} {rule.get('from_port')} to {rule.get('to_port')} to the world"
    elif direction == "ingress" and (everything or _reaches_a_database(ports)):
        strangers = [each for each in networks if not _within(each, known)]
        if strangers:
            yield f"lets {', '.join(strangers)} at a database port, which is no network of the platform"


def _reaches_a_database(ports: tuple[float | None, float | None]) -> bool:
    begin, end = ports
    return begin is not None and end is not None and any(begin <= port <= end for port in _DATABASES)


def _known_networks(platform: Platform) -> list[Any]:
    """Return the networks that belong here: the VPCs, and what a private route leads to."""
    found = [vpc.get("cidr_block") for vpc in platform.of("aws_vpc")]
    for table in platform.of(*TABLES):
        for route in blocks(table.values, "route"):
            gateways = tracing.resources(platform, table.stack, route.get("gateway_id"))
            inside = any(each.kind.startswith("aws_vpn") for each in gateways)
            if inside or route.get("vpc_peering_connection_id") or route.get("transit_gateway_id"):
                found.append(route.get("cidr_block"))
    return [network for each in found if (network := _network(each)) is not None]


def _network(text: object) -> Any:
    try:
        return ip_network(str(text))
    except ValueError:
        return None


def _within(text: str, known: list[Any]) -> bool:
    network = _network(text)
    if network is None:
        return "${" in text  # decided when it is applied; RS03 judges what is written
    return any(network.version == each.version and network.subnet_of(each) for each in known)


@check(
    "RS05",
    "No security group of another region is named",
    why="A group cannot be referred to across regions: the apply fails, or the rule stays empty "
    "(Amazon VPC Peering Guide, security groups)",
    remedy="Let the other side in by its network (CIDR).",
)
def same_region(platform: Platform) -> Iterator[Judged]:
    """Look at every resource that names a security group."""
    for owner in platform.resources():
        named = [owner.get(name) for name in _GROUP_ARGUMENTS]
        named += [
            rule.get("security_groups") for way in ("ingress", "egress") for rule in blocks(owner.values, way)
        ]
        named += [
            inner.get(name) for inner in blocks(owner.values, "vpc_config") for name in _GROUP_ARGUMENTS
        ]
        found = [each for value in named for each in items(value)]
        if not found:
            continue
        groups = tracing.resources(platform, owner.stack, found)
        foreign = [each.place for each in groups if each.region != owner.region]
        lost = [each.lost for each in tracing.targets(platform, owner.stack, found) if each.lost]
        yield from complaints(
            owner,
            unless(not foreign, f"{', '.join(foreign)} is not in {owner.region}"),
            unless(not lost, f"{', '.join(lost)} leads to nothing"),
        )
