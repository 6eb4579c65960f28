"""A copy of the repository that tests may write into, and an embedded AWS that they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import settings
from shared.clients import Clients
from shared.commands import deployment, embedded_server
from shared.commands import synthesis as synthesis_commands
from shared.deploy import bootstrap
from shared.rehearsal import embedded
from shared.rehearsal.environment import inside
from shared.settings import RegionMigration
from shared.workspace import Workspace
from tests.workspaces import linked

ENVIRONMENT = "region-migration"


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with this repository's code; what is synthesized stays from test to test."""
    return linked(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def workspace(repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Let the commands work there."""
    for module in (deployment, synthesis_commands, embedded_server):
        monkeypatch.setattr(module, "here", lambda: repository)
    monkeypatch.chdir(repository.root)
    return repository


@pytest.fixture(scope="session")
def environment() -> RegionMigration:
    return settings.load(ENVIRONMENT)


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


@pytest.fixture
def clients(aws: str, environment: RegionMigration) -> Clients:
    assert aws
    return Clients(environment.account_id)


@pytest.fixture
def bootstrapped(clients: Clients, environment: RegionMigration) -> Clients:
    bootstrap.ensure(environment, clients)
    return clients
