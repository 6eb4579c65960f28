"""The base of the stacks of a system whose two sides are peers of each other."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import App, Fn

from shared.settings import RegionSettings, TwoRegions
from shared.stack import RegionStack


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One of two regions, and the other one as it sees it."""

    role: str
    """`source` or `target`, `primary` or `standby`: part of names that are unique over both regions."""
    own: RegionSettings
    peer: RegionSettings


def sides(environment: TwoRegions, role: str) -> Sides:
    """Return both sides as `role` sees them. Raises KeyError for a role that is not one."""
    regions = environment.sides
    own = regions.pop(role)
    (peer,) = regions.values()
    return Sides(role=role, own=own, peer=peer)


class SideStack(RegionStack):
    """A stack of one of the two regions."""

    environment: TwoRegions

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        self.sides = sides(environment, role)
        region = self.sides.own.region
        super().__init__(scope, environment=environment, role=role, place=region, region=region)

    def here(self, name: str) -> str:
        """Return the address of a stack of this region."""
        return f"{self.sides.own.region}/{name}"

    def there(self, name: str) -> str:
        """Return the address of a stack of the other region."""
        return f"{self.sides.peer.region}/{name}"


def elements(items: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return `count` single references into a list of another stack's outputs."""
    return tuple(Fn.element(list(items), index) for index in range(count))
