"""A platform with a standby for each test, in the embedded AWS of the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import settings
from shared.clients import QUICK, Clients
from shared.settings import DisasterRecovery
from tests.operations.recovery.standby import Standby, manifest_of


@pytest.fixture(scope="session")
def recovery_environment() -> DisasterRecovery:
    return settings.load("disaster-recovery")


@pytest.fixture(scope="session")
def quick_clients(recovery_environment: DisasterRecovery) -> Clients:
    """Return clients that the tests share: each takes long to make."""
    return Clients(recovery_environment.account_id, QUICK, default_region="us-west-2")


@pytest.fixture
def nothing(aws: str, recovery_environment: DisasterRecovery, quick_clients: Clients) -> Iterator[Standby]:
    """Return a platform of which nothing stands; a region that was lost is back afterwards."""
    platform = Standby(recovery_environment, quick_clients, manifest_of(recovery_environment), endpoint=aws)
    yield platform
    platform.controls.clear()


@pytest.fixture
def standby(nothing: Standby) -> Standby:
    """Return a platform of which all is well."""
    nothing.build()
    return nothing
