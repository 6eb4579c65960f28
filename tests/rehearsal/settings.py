"""Settings of one environment, as the tests use them."""

from typing import Any

from shared.settings.model import (
    DatabaseSettings,
    DomainSettings,
    RegionMigration,
    RegionSettings,
    ServiceSettings,
    StateSettings,
)
from tests.rehearsal.conftest import ACCOUNT


def _region(name: str, block: str) -> RegionSettings:
    zones = tuple(f"{name}{zone}" for zone in "abc")
    return RegionSettings(region=name, vpc_cidr=block, availability_zones=zones)


def settings(*, database: dict[str, Any] | None = None, image: str = "1.0.0") -> RegionMigration:
    return RegionMigration(
        name="region-migration",
        system="region-migration",
        environment_suffix="abc123",
        account_id=ACCOUNT,
        state=StateSettings(bucket="state", region="eu-west-1"),
        source=_region("us-east-1", "10.0.0.0/16"),
        target=_region("eu-west-1", "10.1.0.0/16"),
        domain=DomainSettings(zone_name="payments.example.com"),
        database=DatabaseSettings(**(database or {})),
        service=ServiceSettings(image=image),
    )
