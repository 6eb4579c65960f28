"""An embedded AWS for the session, and a platform in it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import settings
from shared.clients import Clients
from shared.rehearsal import embedded
from shared.rehearsal.environment import inside
from shared.settings import RegionMigration
from tests.operations.platform import Platform, manifest_of


@pytest.fixture(scope="session")
def environment() -> RegionMigration:
    return settings.load("region-migration")


@pytest.fixture(scope="session")
def server(
    environment: RegionMigration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[embedded.EmbeddedAws]:
    started = embedded.start(
        account_id=environment.account_id, keep_log_in=tmp_path_factory.mktemp("embedded")
    )
    yield started
    started.stop()


@pytest.fixture
def aws(server: embedded.EmbeddedAws) -> Iterator[str]:
    """Let this process talk to an embedded AWS in which nothing is yet."""
    server.reset()
    with inside(server.endpoint):
        yield server.endpoint


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
