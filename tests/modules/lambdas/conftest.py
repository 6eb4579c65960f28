"""An embedded AWS for the functions, whose clients can be made to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest

from modules.lambdas.cutover import aws as cutover_aws
from modules.lambdas.drain import aws as drain_aws
from modules.lambdas.failover import aws as failover_aws
from modules.lambdas.gate import aws as gate_aws
from modules.lambdas.probe import aws as probe_aws
from modules.lambdas.start import aws as start_aws
from modules.lambdas.writer import aws as writer_aws
from shared.rehearsal.environment import inside
from tests.modules.lambdas.world import World
from tests.rehearsal.conftest import Aws, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = (start_aws, gate_aws, writer_aws, probe_aws, drain_aws, failover_aws, cutover_aws)


@pytest.fixture(scope="session")
def lambdas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "lambdas", "--switchover-seconds", "0", measured=False)


@pytest.fixture(scope="session")
def lambdas_session() -> boto3.Session:
    """One for all tests: it has read the services' models, which takes longer than a test."""
    return boto3.Session()


@pytest.fixture
def world(
    lambdas_server: Aws, lambdas_session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Two regions, empty; the functions' own clients talk to them."""
    lambdas_server.server.reset()
    with inside(lambdas_server.server.endpoint):
        made = World(lambdas_server, lambdas_session)
        for package in PACKAGES:
            monkeypatch.setattr(package, "boto3", SimpleNamespace(client=made.make))
        yield made
        for package in PACKAGES:
            package.client.cache_clear()
        made.close()
