"""The rules of two regions that are peers: where the platform is at home, and where it can go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.settings.document import Mistake
from shared.settings.regions import partition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings.facts import Facts

_STATE = ("state", "region")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The keys of the two regions in a file, and the words for them in messages."""

    home: str
    """Key of the region that the platform runs and writes in at first: `source`."""
    away: str
    """Key of the other one: `target`."""
    home_is: str
    """What home is, as it goes on after its name: `the region that is being left`."""
    away_is: str
    """What a person has to name: `the region that the platform moves to`."""
    outlives: str
    """What the state has to outlive: `the move`."""

    def regions(self, facts: Facts) -> Iterator[Mistake]:
        """Require two regions of one partition, and the state outside of home."""
        home, away = facts.text(self.home, "region"), facts.text(self.away, "region")
        places = ((self.away, "region"), (self.home, "region"))
        if home and home == away:
            yield Mistake(
                places=places,
                what=f"{self.away}.region is {away}, the same as {self.home}.region",
                remedy=f"name {self.away_is}",
            )
        elif home and away and partition_of(home) != partition_of(away):
            yield Mistake(
                places=places,
                what=f"{away} and {home} are in different AWS partitions",
                remedy="a database cannot be replicated between partitions; name a region of "
                f"the partition {partition_of(home)}",
            )
        if home and facts.text(*_STATE) == home:
            yield Mistake(
                places=(_STATE,),
                what=f"state.region is {home}, {self.home_is}",
                remedy=f"keep the state where it outlives {self.outlives}, "
                f"for instance in the {self.away} region",
            )

    def networks(self, facts: Facts) -> Iterator[Mistake]:
        """Require disjoint blocks, because the two VPCs are peered."""
        home, away = facts.text(self.home, "vpc_cidr"), facts.text(self.away, "vpc_cidr")
        if home and away and ipaddress.IPv4Network(home).overlaps(ipaddress.IPv4Network(away)):
            yield Mistake(
                places=((self.away, "vpc_cidr"), (self.home, "vpc_cidr")),
                what=f"{self.away}.vpc_cidr {away} overlaps {self.home}.vpc_cidr {home}",
                remedy="peered VPCs need disjoint blocks, for example 10.0.0.0/16 and 10.1.0.0/16",
            )

    def zones(self, facts: Facts) -> Iterator[Mistake]:
        """Require zones of the region that names them."""
        for side in (self.home, self.away):
            yield from zones_of(facts, side)

    def adopted_cluster(self, facts: Facts) -> Iterator[Mistake]:
        """Require a cluster to adopt to be in the home region and in this account."""
        place = ("database", "existing_primary_cluster_arn")
        arn = facts.text(*place)
        if arn is None:
            return
        region, account = arn.split(":")[3:5]
        home, own = facts.text(self.home, "region"), facts.text("account_id")
        if home and region != home:
            yield Mistake(
                places=(place,),
                what=f"database.existing_primary_cluster_arn is in {region}, "
                f"and {self.home}.region is {home}",
                remedy=f"only a cluster of the {self.home} region can become the primary",
            )
        if own and account != own:
            yield Mistake(
                places=(place,),
                what=f"database.existing_primary_cluster_arn is in account {account}, "
                f"and account_id is {own}",
                remedy="only a cluster of this account can become the primary",
            )


def zones_of(facts: Facts, side: str) -> Iterator[Mistake]:
    """Require zones of the region `side`."""
    region = facts.text(side, "region")
    for number, zone in facts.elements(side, "availability_zones").items():
        if region and zone[:-1] != region:
            yield Mistake(
                places=((side, "availability_zones", number), (side, "availability_zones")),
                what=f"{side}.availability_zones[{number}] is {zone}, which is not in {region}",
                remedy=f"a zone's name is its region's and a letter: {region}a",
            )
