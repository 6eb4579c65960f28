"""A copy of the repository that tests may write into, and an embedded AWS that they share."""

from __future__ import annotations

import pytest

from shared.clients import Clients
from shared.commands import deployment, embedded_server
from shared.commands import synthesis as synthesis_commands
from shared.deploy import bootstrap
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


@pytest.fixture
def clients(aws: str, environment: RegionMigration) -> Clients:
    assert aws
    return Clients(environment.account_id)


@pytest.fixture
def bootstrapped(clients: Clients, environment: RegionMigration) -> Clients:
    bootstrap.ensure(environment, clients)
    return clients
