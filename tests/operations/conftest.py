"""An embedded AWS for the session, and a platform in it for each test."""

from __future__ import annotations

import pytest

from shared.clients import Clients
from shared.settings import RegionMigration
from tests.operations.platform import Platform, manifest_of


@pytest.fixture(scope="session")
def clients(environment: RegionMigration) -> Clients:
    """Return clients that the tests share: each takes long to make."""
    return Clients(environment.account_id)


@pytest.fixture
def empty(aws: str, environment: RegionMigration, clients: Clients) -> Platform:
    """Return a platform of which nothing stands."""
    assert aws
    return Platform(environment, clients, manifest_of(environment))


@pytest.fixture
def platform(empty: Platform) -> Platform:
    """Return a platform as it is before a migration."""
    empty.build()
    return empty
