"""Both databases for a session, and a migration in miniature for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.clients import Clients
from shared.rehearsal import embedded
from shared.rehearsal.databases.pair import Databases
from shared.rehearsal.environment import inside
from tests.cutover_miniature import CutoverMiniature


@pytest.fixture(scope="module")
def landing_clients() -> Clients:
    """Clients that the tests of a file share: each takes long to make, and keeps its server's address."""
    return Clients("123456789012")


@pytest.fixture
def aws(server: embedded.EmbeddedAws) -> Iterator[str]:
    """An embedded AWS in which nothing is yet, to which this process talks."""
    server.reset()
    with inside(server.endpoint):
        yield server.endpoint
    # its tasks would run on
    server.reset()


@pytest.fixture
def miniature(aws: str, both: Databases, landing_clients: Clients) -> CutoverMiniature:
    """A migration that is not built yet."""
    assert aws
    return CutoverMiniature(both, landing_clients)
