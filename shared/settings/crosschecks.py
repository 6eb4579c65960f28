"""The rules between several settings of one environment.

Each rule reads what it needs from the facts and passes over what is not known, so that every rule
runs whatever else is wrong with the file.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator

from shared.settings import windows
from shared.settings.document import Mistake
from shared.settings.facts import Facts
from shared.settings.regions import partition_of

LONGEST_CERTIFICATE_NAME = 64
"""Octets of a certificate's first name (ACM RequestCertificate, after RFC 5280)."""
AL2_END_OF_LIFE = "2026-06-30"
DATA_API_MINOR = 7
"""Aurora MySQL 3.07 is the first that RDS Data API works with (Aurora user guide, Data API availability)."""

Rule = Callable[[Facts], Iterator[Mistake]]

_SOURCE = ("source", "region")
_TARGET = ("target", "region")
_STATE = ("state", "region")


def regions(facts: Facts) -> Iterator[Mistake]:
    """Require two regions of one partition, and the state outside the one that is being left."""
    source, target = facts.text(*_SOURCE), facts.text(*_TARGET)
    if source and source == target:
        yield Mistake(
            places=(_TARGET, _SOURCE),
            what=f"target.region is {target}, the same as source.region",
            remedy="name the region that the platform moves to",
        )
    elif source and target and partition_of(source) != partition_of(target):
        yield Mistake(
            places=(_TARGET, _SOURCE),
            what=f"{target} and {source} are in different AWS partitions",
            remedy="a database cannot be replicated between partitions; name a region of "
            f"the partition {partition_of(source)}",
        )
    if source and facts.text(*_STATE) == source:
        yield Mistake(
            places=(_STATE,),
            what=f"state.region is {source}, the region that is being left",
            remedy="keep the state where it outlives the move, for instance in the target region",
        )


def networks(facts: Facts) -> Iterator[Mistake]:
    """Require disjoint blocks, because the two VPCs are peered."""
    source, target = facts.text("source", "vpc_cidr"), facts.text("target", "vpc_cidr")
    if source and target and ipaddress.IPv4Network(source).overlaps(ipaddress.IPv4Network(target)):
        yield Mistake(
            places=(("target", "vpc_cidr"), ("source", "vpc_cidr")),
            what=f"target.vpc_cidr {target} overlaps source.vpc_cidr {source}",
            remedy="peered VPCs need disjoint blocks, for example 10.0.0.0/16 and 10.1.0.0/16",
        )


def zones(facts: Facts) -> Iterator[Mistake]:
    """Require zones of the region that names them."""
    for side in ("source", "target"):
        region = facts.text(side, "region")
        for number, zone in facts.elements(side, "availability_zones").items():
            if region and zone[:-1] != region:
                yield Mistake(
                    places=((side, "availability_zones", number), (side, "availability_zones")),
                    what=f"{side}.availability_zones[{number}] is {zone}, which is not in {region}",
                    remedy=f"a zone's name is its region's and a letter: {region}a",
                )


def sizes(facts: Facts) -> Iterator[Mistake]:
    """Require fewest <= desired <= most, and the alarm on healthy hosts within reach."""
    fewest, most = facts.number("service", "min_size"), facts.number("service", "max_size")
    desired = facts.number("service", "desired_capacity")
    healthy = facts.number("alarms", "healthy_hosts_minimum")
    if fewest is not None and most is not None and fewest > most:
        yield Mistake(
            places=(("service", "min_size"), ("service", "max_size")),
            what=f"service.min_size is {fewest}, above service.max_size, which is {most}",
            remedy="min_size <= desired_capacity <= max_size",
        )
    elif desired is not None and ((fewest or desired) > desired or (most or desired) < desired):
        yield Mistake(
            places=(("service", "desired_capacity"), ("service", "min_size"), ("service", "max_size")),
            what=f"service.desired_capacity is {desired}, not between min_size {fewest} and max_size {most}",
            remedy="min_size <= desired_capacity <= max_size",
        )
    if healthy is not None and fewest is not None and healthy > fewest:
        yield Mistake(
            places=(("alarms", "healthy_hosts_minimum"), ("service", "min_size")),
            what=f"alarms.healthy_hosts_minimum is {healthy}, above service.min_size, which is {fewest}",
            remedy="the alarm would go off whenever the group shrinks to its minimum, "
            "and stop every migration",
        )


def adopted_cluster(facts: Facts) -> Iterator[Mistake]:
    """Require a cluster to adopt to be in the source region and in this account."""
    place = ("database", "existing_primary_cluster_arn")
    arn = facts.text(*place)
    if arn is None:
        return
    region, account = arn.split(":")[3:5]
    source, own = facts.text(*_SOURCE), facts.text("account_id")
    if source and region != source:
        yield Mistake(
            places=(place,),
            what=f"database.existing_primary_cluster_arn is in {region}, and source.region is {source}",
            remedy="only a cluster of the source region can become the primary",
        )
    if own and account != own:
        yield Mistake(
            places=(place,),
            what=f"database.existing_primary_cluster_arn is in account {account}, and account_id is {own}",
            remedy="only a cluster of this account can become the primary",
        )


def maintenance(facts: Facts) -> Iterator[Mistake]:
    """Require the backup window to stay clear of the maintenance window, as RDS does."""
    backup, weekly = facts.text("database", "backup_window"), facts.text("database", "maintenance_window")
    if backup and weekly and windows.overlap(backup, weekly):
        yield Mistake(
            places=(("database", "maintenance_window"), ("database", "backup_window")),
            what=f"database.maintenance_window {weekly} meets database.backup_window {backup}",
            remedy="RDS refuses windows that meet; move one of them",
        )


def bake(facts: Facts) -> Iterator[Mistake]:
    """Require a wait after each phase in which an alarm can go off."""
    period, periods = facts.number("alarms", "period_seconds"), facts.number("alarms", "evaluation_periods")
    seconds = facts.number("migration", "bake_seconds")
    if period and periods and seconds and seconds < period * periods:
        yield Mistake(
            places=(
                ("migration", "bake_seconds"),
                ("alarms", "evaluation_periods"),
                ("alarms", "period_seconds"),
            ),
            what=f"migration.bake_seconds is {seconds}, shorter than an alarm takes to go off, "
            f"{periods} periods of {period} seconds",
            remedy=f"wait {period * periods} seconds or longer, or the gate looks before an alarm can tell",
        )


def approvals(facts: Facts) -> Iterator[Mistake]:
    """Require that the phases with a question are phases."""
    phases, asked = facts.numbers("migration", "phases"), facts.numbers("migration", "approve_phases")
    strangers = [share for share in asked if phases and share not in phases]
    if strangers:
        yield Mistake(
            places=(("migration", "approve_phases"), ("migration", "phases")),
            what=f"migration.approve_phases has {', '.join(map(str, strangers))}, which is no phase",
            remedy=f"name phases: {', '.join(map(str, phases))}",
        )


def canary(facts: Facts) -> Iterator[Mistake]:
    """Require an engine that RDS Data API works with, when the canary writes through it."""
    version = facts.text("database", "engine_version")
    if version and facts.flag("migration", "canary") and int(version.split(".")[4]) < DATA_API_MINOR:
        yield Mistake(
            places=(("database", "engine_version"), ("migration", "canary")),
            what=f"database.engine_version is {version}, and the canary writes through RDS Data API, "
            f"which needs Aurora MySQL 3.{DATA_API_MINOR:02} or newer",
            remedy="upgrade the cluster first, or set migration.canary = false",
        )


def certificate(facts: Facts) -> Iterator[Mistake]:
    """Require a name that fits into a certificate."""
    zone, record = facts.text("domain", "zone_name"), facts.text("domain", "record")
    if zone and record and len(name := f"{record}.{zone}") > LONGEST_CERTIFICATE_NAME:
        yield Mistake(
            places=(("domain", "record"), ("domain", "zone_name")),
            what=f"domain.record and domain.zone_name make a name of {len(name)} characters: {name}",
            remedy=f"a certificate's name has at most {LONGEST_CERTIFICATE_NAME}",
        )


def production(facts: Facts) -> Iterator[Mistake]:
    """Require what `protection = "production"` promises."""
    if facts.text("protection") != "production":
        return
    instead = 'or set protection = "destroyable"'
    if facts.text("service", "ami_family") == "amazon-linux-2":
        yield Mistake(
            places=(("service", "ami_family"), ("protection",)),
            what='service.ami_family is "amazon-linux-2" under protection = "production": '
            f"its end of life is {AL2_END_OF_LIFE}",
            remedy=f'set service.ami_family = "amazon-linux-2023", {instead}',
        )
    if facts.text("service", "image") == "latest":
        yield Mistake(
            places=(("service", "image"), ("protection",)),
            what='service.image is "latest" under protection = "production": '
            "the two regions may run different images",
            remedy=f"name a version or a digest, {instead}",
        )
    least = 2
    for place in (("service", "min_size"), ("service", "desired_capacity"), ("database", "instances")):
        value = facts.number(*place)
        if value is not None and value < least:
            yield Mistake(
                places=(place, ("protection",)),
                what=f'{".".join(place)} is {value} under protection = "production": '
                "one zone's loss would stop the platform",
                remedy=f"at least {least}, {instead}",
            )


REGION_MIGRATION: tuple[Rule, ...] = (
    regions,
    networks,
    zones,
    sizes,
    adopted_cluster,
    maintenance,
    bake,
    approvals,
    canary,
    certificate,
    production,
)
"""Rules of the system `region-migration`, in the order of their messages on one line."""
