"""The rules between settings of a database that comes from a data centre."""

from __future__ import annotations

import ipaddress
from itertools import combinations
from typing import TYPE_CHECKING

from shared.settings import crosschecks
from shared.settings.document import Mistake, dotted
from shared.settings.landing import connections_ceiling
from shared.settings.pair import zones_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings.document import Place
    from shared.settings.facts import Facts

_ALL = 100
_LONGEST_NAME = 253
"""Characters of a domain name: 255 octets with the first length and the root (RFC 1035)."""


def zones(facts: Facts) -> Iterator[Mistake]:
    """Require zones of the region that names them."""
    return zones_of(facts, "landing")


def networks(facts: Facts) -> Iterator[Mistake]:
    """Require disjoint blocks: the two VPCs are peered, and both reach the data centre."""
    blocks: list[tuple[Place, str]] = []
    for section in ("landing", "production"):
        block = facts.text(section, "vpc_cidr")
        blocks += [((section, "vpc_cidr"), block)] if block else []
    for number, block in facts.elements("on_premises", "cidrs").items():
        blocks.append((("on_premises", "cidrs", number), block))
    for (first, one), (second, other) in combinations(blocks, 2):
        if first[0] != second[0] and ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other)):
            yield Mistake(
                places=(second, second[:2], first),
                what=f"{dotted(second)} {other} overlaps {dotted(first)} {one}",
                remedy="a route could lead to one of them only; give the new VPC a block that nobody has",
            )


def way_to_the_data_centre(facts: Facts) -> Iterator[Mistake]:
    """Require something that leads to the data centre: a peering passes nothing on."""
    if facts.text("landing", "nat_mode") == "none" and facts.missing("landing", "vpn_gateway_id"):
        yield Mistake(
            places=(("landing", "nat_mode"), ("landing",)),
            what='landing.nat_mode is "none" and there is no landing.vpn_gateway_id: '
            "nothing leads from the replication instance to on_premises.host",
            remedy='name the virtual private gateway, or set nat_mode = "single" and let DMS come in '
            "from its address",
        )


def capacities(facts: Facts) -> Iterator[Mistake]:
    """Require the fewest capacity units not to be above the most."""
    fewest, most = facts.amount("database", "min_capacity"), facts.amount("database", "max_capacity")
    if fewest is not None and most is not None and fewest > most:
        yield Mistake(
            places=(("database", "min_capacity"), ("database", "max_capacity")),
            what=f"database.min_capacity is {fewest:g}, above database.max_capacity, which is {most:g}",
            remedy="min_capacity <= max_capacity",
        )


def connections(facts: Facts) -> Iterator[Mistake]:
    """Require the alarm on connections to be within reach."""
    wanted, most = facts.number("alarms", "connections"), facts.amount("database", "max_capacity")
    if wanted is not None and most is not None and wanted >= (ceiling := connections_ceiling(most)):
        yield Mistake(
            places=(("alarms", "connections"), ("database", "max_capacity")),
            what=f"alarms.connections is {wanted}, and with database.max_capacity = {most:g} Aurora takes "
            f"at most {ceiling} connections: the alarm could never go off",
            remedy=f"below {ceiling}, or leave it out, or raise database.max_capacity",
        )


def weights(facts: Facts) -> Iterator[Mistake]:
    """Require one writer: the write name leads to one database, never to both."""
    ours, theirs = (facts.number("cutover", f"{side}_weight") for side in ("on_premises", "aurora"))
    if ours is not None and theirs is not None and ours + theirs != _ALL:
        yield Mistake(
            places=(("cutover", "aurora_weight"), ("cutover", "on_premises_weight"), ("cutover",)),
            what=f"cutover.on_premises_weight is {ours} and cutover.aurora_weight is {theirs}: "
            + ("two databases are written to" if ours else "Route 53 answers as if both were equal"),
            remedy="100 and 0, or 0 and 100: the write name leads to one database",
        )


def lag(facts: Facts) -> Iterator[Mistake]:
    """Require the cutover's limit not to be above the alarm's."""
    limit, alarm = facts.number("cutover", "lag_limit_seconds"), facts.number("alarms", "lag_seconds")
    if limit is not None and alarm is not None and limit > alarm:
        yield Mistake(
            places=(("cutover", "lag_limit_seconds"), ("alarms", "lag_seconds")),
            what=f"cutover.lag_limit_seconds is {limit}, above alarms.lag_seconds, which is {alarm}",
            remedy=f"at most {alarm}: what is alarming is not good enough for a cutover",
        )


def batches(facts: Facts) -> Iterator[Mistake]:
    """Refuse batches together with the marks of loopback prevention, as DMS does."""
    if facts.flag("replication", "batch_apply") and facts.flag("replication", "loopback_prevention"):
        yield Mistake(
            places=(("replication", "loopback_prevention"), ("replication", "batch_apply")),
            what="replication.loopback_prevention is true, and so is replication.batch_apply: "
            "DMS refuses loopback prevention for a task that applies in batches",
            remedy="set batch_apply = false (left out it is true), or leave loopback_prevention out",
        )


def secrets(facts: Facts) -> Iterator[Mistake]:
    """Require a secret for each end: it says the host, too."""
    source, target = facts.text("on_premises", "secret_name"), facts.text("replication", "target_secret_name")
    if source and source == target:
        yield Mistake(
            places=(("replication", "target_secret_name"), ("on_premises", "secret_name")),
            what=f"replication.target_secret_name and on_premises.secret_name are the same: {source}",
            remedy="a secret for DMS has the host in it: one for each database",
        )


def name(facts: Facts) -> Iterator[Mistake]:
    """Require a write name that DNS takes."""
    suffix, parent = facts.text("environment_suffix"), facts.text("domain", "parent")
    record = facts.text("domain", "record")
    if suffix and parent and record and len(full := f"{record}.migration-{suffix}.{parent}") > _LONGEST_NAME:
        yield Mistake(
            places=(("domain", "parent"), ("domain", "record")),
            what=f"domain.record and domain.parent make a name of {len(full)} characters",
            remedy=f"DNS takes {_LONGEST_NAME}",
        )


def production(facts: Facts) -> Iterator[Mistake]:
    """Require what `protection = "production"` promises."""
    if facts.text("protection") != "production":
        return
    instead = 'or set protection = "destroyable"'
    if facts.known("replication", "multi_az") and not facts.flag("replication", "multi_az"):
        yield Mistake(
            places=(("replication", "multi_az"), ("protection",)),
            what='replication.multi_az is false under protection = "production": '
            "the loss of a zone would begin the full load again",
            remedy=f"set it to true, {instead}",
        )
    for section, key in (("on_premises", "ca_certificate"), ("replication", "target_ca_certificate")):
        if facts.missing(section, key):
            yield Mistake(
                places=((section, key), (section,), ("protection",)),
                what=f'{section}.{key} is missing under protection = "production": DMS would not check whom '
                "it sends payments to",
                remedy=f"add the authority's certificate, {instead}",
            )


DATABASE_MIGRATION: tuple[crosschecks.Rule, ...] = (
    networks,
    zones,
    way_to_the_data_centre,
    capacities,
    crosschecks.maintenance,
    connections,
    weights,
    lag,
    batches,
    secrets,
    name,
    production,
    crosschecks.history("log_retention_days"),
)
"""Rules of the system `database-migration`, in the order of their messages on one line."""
