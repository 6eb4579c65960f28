"""The rules between several settings of one environment, beside those of its two regions (`pair`).

Each rule reads what it needs from the facts and passes over what is not known, so that every rule
runs whatever else is wrong with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shared.settings import windows
from shared.settings.document import Mistake
from shared.settings.facts import Facts
from shared.settings.pair import Pair

LONGEST_CERTIFICATE_NAME = 64
"""Octets of a certificate's first name (ACM RequestCertificate, after RFC 5280)."""
AL2_END_OF_LIFE = "2026-06-30"
LEAST_LOG_DAYS = 365
"""A year of history (PCI DSS 10.5.1)."""
DATA_API_MINOR = 7
"""Aurora MySQL 3.07 is the first that RDS Data API works with (Aurora user guide, Data API availability)."""

Rule = Callable[[Facts], Iterator[Mistake]]

_PAIR = Pair(
    home="source",
    away="target",
    home_is="the region that is being left",
    away_is="the region that the platform moves to",
    outlives="the move",
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
            remedy="the alarm would go off whenever the group shrinks to its minimum",
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


def data_api(section: str, key: str, who: str) -> Rule:
    """Return the rule: an engine that RDS Data API works with, when the flag says that `who` uses it."""

    def rule(facts: Facts) -> Iterator[Mistake]:
        version = facts.text("database", "engine_version")
        if version and facts.flag(section, key) and int(version.split(".")[4]) < DATA_API_MINOR:
            yield Mistake(
                places=(("database", "engine_version"), (section, key)),
                what=f"database.engine_version is {version}, and {who} through RDS Data API, "
                f"which needs Aurora MySQL 3.{DATA_API_MINOR:02} or newer",
                remedy=f"upgrade the cluster first, or set {section}.{key} = false",
            )

    return rule


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


def history(*place: str) -> Rule:
    """Return the rule: a year of logs under `protection = "production"`; `place`: the setting of the days."""

    def rule(facts: Facts) -> Iterator[Mistake]:
        days = facts.number(*place)
        if facts.text("protection") == "production" and days is not None and days < LEAST_LOG_DAYS:
            yield Mistake(
                places=(place, ("protection",)),
                what=f'{".".join(place)} is {days} under protection = "production": '
                "what happened has to be found out for a year",
                remedy=f'at least {LEAST_LOG_DAYS}, or set protection = "destroyable"',
            )

    return rule


REGION_MIGRATION: tuple[Rule, ...] = (
    _PAIR.regions,
    _PAIR.networks,
    _PAIR.zones,
    sizes,
    _PAIR.adopted_cluster,
    maintenance,
    bake,
    approvals,
    data_api("migration", "canary", "the canary writes"),
    certificate,
    production,
    history("service", "log_retention_days"),
)
"""Rules of the system `region-migration`, in the order of their messages on one line."""
