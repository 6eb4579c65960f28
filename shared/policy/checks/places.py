"""Regions: what a resource names has to be where the resource is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import A, B, Judged, check, complaints, unless
from shared.policy.values import is_expression, texts

#: Belong to no region.
_GLOBAL = ("aws_iam_", "aws_route53_", "aws_rds_global_cluster", "terraform_")
#: Arguments whose purpose is another region.
_ACROSS = {
    ("aws_vpc_peering_connection", "peer_vpc_id"),
    ("aws_vpc_peering_connection_accepter", "vpc_peering_connection_id"),
    ("aws_vpc_peering_connection_options", "vpc_peering_connection_id"),
    ("aws_route_table", "vpc_peering_connection_id"),
    ("aws_rds_cluster", "replication_source_identifier"),
}
_NAMES_OF_PLACES = re.compile(r"(_arns?|_ids?|_name|^subnets|_zone_identifier|^security_groups|^topic)$")
_ARN = re.compile(r"^arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):")
_ZONE = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")
#: Services whose names are the same in every region.
_WORLDWIDE = {"iam", "route53", "s3", "rds", "cloudfront", "aws"}


@check(
    "RS06",
    "What a resource names is in the resource's region",
    why="A provider alias that does not fit makes Terraform look in the wrong region: KMS, load "
    "balancers and alarms know nothing of the other one",
    remedy="Give the resource the provider of its region, or publish the value of the right region.",
)
def same_region(platform: Platform) -> Iterator[Judged]:
    """Look at every regional resource: its zone, its ARNs, and what its arguments refer to."""
    for owner in platform.resources():
        if not owner.kind.startswith(_GLOBAL):
            yield from complaints(owner, *_zones(owner), *_arns(owner), *_references(platform, owner))


def _zones(owner: Resource) -> Iterator[str]:
    for name in ("availability_zone", "availability_zones"):
        for zone in texts(owner.get(name)):
            if _ZONE.match(zone) and zone[:-1] != owner.region:
                yield f"{name} {zone} is not in {owner.region}"


def _arns(owner: Resource) -> Iterator[str]:
    for name, value in owner.values.items():
        for text in texts(value):
            found = None if is_expression(text) else _ARN.match(text)
            if found and found["region"] not in ("", owner.region) and found["service"] not in _WORLDWIDE:
                yield f"{name} {text} is not in {owner.region}"


def _references(platform: Platform, owner: Resource) -> Iterator[str]:
    for name, value in owner.values.items():
        if (owner.kind, name) in _ACROSS or not _NAMES_OF_PLACES.search(name):
            continue
        for other in tracing.resources(platform, owner.stack, value):
            if (
                not other.kind.startswith(_GLOBAL)
                and other.section == "resource"
                and other.region != owner.region
            ):
                yield f"{name} is {other.place}, which is in {other.region} and not in {owner.region}"


@check(
    "RS43",
    "No state lies in the region that is left or may be lost",
    why="Without its state a stack cannot be changed, and the disaster is when it has to be "
    "(docs/architecture.md, State)",
    remedy="Set `state.region` in the environment's file to the region that outlives.",
    systems=(A, B),
)
def state(platform: Platform) -> Iterator[Judged]:
    """Look at the bucket of every stack's state, and at every state that is read."""
    for stack in platform.stacks:
        read = stack.of("terraform_remote_state", section="data")
        backend = stack.content.get("terraform", {}).get("backend", {}).get("s3", {})
        regions = {stack.state_region, backend.get("region", stack.state_region)}
        regions |= {each.values.get("config", {}).get("region") for each in read}
        yield from complaints(
            stack,
            unless(platform.home not in regions, f"its state, or one that it reads, is in {platform.home}"),
        )
