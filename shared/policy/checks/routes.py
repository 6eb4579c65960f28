"""Routes and peering: what gets from one network to the other."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import combinations

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import blocks, first, on

TABLES = ("aws_route_table", "aws_default_route_table")
_DESTINATIONS = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")
_PEERING = "aws_vpc_peering_connection"
_ACCEPTER = "aws_vpc_peering_connection_accepter"
_OPTIONS = "aws_vpc_peering_connection_options"


@check(
    "RS01",
    "Every route goes from somewhere to somewhere",
    why="The bindings drop keys of a list that they do not know, and a route of nulls is applied "
    "without a word (terraform-cdk#280, docs/decisions/0004)",
    remedy="Make the table with shared.blocks.resource, with every key in snake_case.",
)
def whole_routes(platform: Platform) -> Iterator[Judged]:
    """Look at every route of every table."""
    for table in platform.of(*TABLES):
        routes = table.get("route")
        said = [
            f"route {number} {each}"
            for number, route in enumerate(blocks(table.values, "route"))
            for each in _holes(route)
        ]
        yield from complaints(table, unless(routes, "it has no route"), *said)


def _holes(route: object) -> Iterator[str]:
    given = {key for key, value in first({"route": route}, "route").items() if value not in (None, "", [])}
    if not given & set(_DESTINATIONS):
        yield "has no destination"
    if not given - set(_DESTINATIONS):
        yield "has no target"


@check(
    "RS02",
    "A table with inline routes has no route of its own",
    why="An inline block owns the whole table: the next apply deletes the other route "
    "(terraform-provider-aws#38766, aprin-labs/archimedes#836)",
    remedy="Move the route into the table's `route` list.",
)
def one_owner_of_routes(platform: Platform) -> Iterator[Judged]:
    """Look at every table, and at every `aws_route` that leads to it."""
    routes = platform.of("aws_route")
    for table in platform.of(*TABLES):
        beside = [route.place for route in routes if table in tracing.of(platform, route, "route_table_id")]
        both = (
            f"it has inline routes, and {', '.join(beside)} adds one" if beside and table.get("route") else ""
        )
        yield from complaints(table, both)


@check(
    "RS04",
    "Peered networks are disjoint, accepted, resolvable and routed on both sides",
    why="A route to a peer whose block overlaps leads nowhere, and so does one without its way back "
    "(Amazon VPC Peering Guide, routing and limitations)",
    remedy="Give the VPCs disjoint blocks, an accepter, and a route to the peer in every private table.",
)
def peering(platform: Platform) -> Iterator[Judged]:
    """Look at every peering connection, from both sides."""
    for connection in platform.of(_PEERING):
        here = tracing.of(platform, connection, "vpc_id")
        there = tracing.of(platform, connection, "peer_vpc_id")
        yield from complaints(
            connection,
            unless(here, "its VPC is not found"),
            *_overlaps(here + there),
            *_acceptance(platform, connection),
            *_resolution(platform, connection),
            *(each for vpc in here + there for each in _unrouted(platform, connection, vpc)),
        )


def _overlaps(vpcs: list[Resource]) -> Iterator[str]:
    for one, other in combinations(vpcs, 2):
        ours, theirs = str(one.get("cidr_block")), str(other.get("cidr_block"))
        try:
            meet = ip_network(ours).overlaps(ip_network(theirs))
        except (ValueError, TypeError):
            continue  # an expression is Terraform's to decide
        if meet:
            yield f"{ours} of {one.place} and {theirs} of {other.place} overlap"


def _acceptance(platform: Platform, connection: Resource) -> Iterator[str]:
    accepters = [each for each in platform.of(_ACCEPTER) if connection in peerings(platform, each)]
    if on(connection.get("auto_accept")):
        if connection.get("peer_region"):
            yield "a connection to another region cannot accept itself"
    elif not any(on(each.get("auto_accept")) for each in accepters):
        yield "nobody accepts it"


def _resolution(platform: Platform, connection: Resource) -> Iterator[str]:
    options = [each for each in platform.of(_OPTIONS) if connection in peerings(platform, each)]
    for side in ("requester", "accepter"):
        if not any(
            on(first(each.values, side).get("allow_remote_vpc_dns_resolution"))
            for each in [connection, *options]
        ):
            yield f"DNS is not resolved for the {side}'s side"


def _unrouted(platform: Platform, connection: Resource, vpc: Resource) -> Iterator[str]:
    tables = [each for each in platform.of(*TABLES) if vpc in tracing.of(platform, each, "vpc_id")]
    if not tables:
        yield f"{vpc.place} has no route table"
    for table in tables:
        routes = blocks(table.values, "route")
        public = any(
            "aws_internet_gateway" in _kinds(platform, table, route.get("gateway_id")) for route in routes
        )
        leads = any(
            connection in _connections(platform, table, route.get("vpc_peering_connection_id"))
            for route in routes
        )
        if not leads and not public:
            yield f"{table.place} has no route through it"


def _kinds(platform: Platform, owner: Resource, value: object) -> set[str]:
    return {each.kind for each in tracing.resources(platform, owner.stack, value)}


def peerings(platform: Platform, owner: Resource) -> list[Resource]:
    """Return the connections that an accepter or options belong to."""
    return _connections(platform, owner, owner.get("vpc_peering_connection_id"))


def _connections(platform: Platform, owner: Resource, value: object) -> list[Resource]:
    found = tracing.resources(platform, owner.stack, value)
    accepted = [
        each
        for accepter in found
        if accepter.kind in (_ACCEPTER, _OPTIONS)
        for each in peerings(platform, accepter)
    ]
    return [each for each in found if each.kind == _PEERING] + accepted


@check(
    "RS18",
    "Every VPC logs all its flows",
    why="Who talked to the database cannot be found out afterwards otherwise (PCI DSS 10.2, CKV2_AWS_11)",
    remedy="Add an aws_flow_log with `traffic_type = ALL` for the VPC.",
)
def flow_logs(platform: Platform) -> Iterator[Judged]:
    """Look at every VPC."""
    logs = platform.of("aws_flow_log")
    for vpc in platform.of("aws_vpc"):
        ours = [each for each in logs if vpc in tracing.of(platform, each, "vpc_id")]
        all_of_it = [
            each for each in ours if each.get("traffic_type") == "ALL" and each.get("log_destination")
        ]
        yield from complaints(vpc, unless(all_of_it, "nothing logs all its flows"))
