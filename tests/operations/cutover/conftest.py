"""Two PostgreSQL servers and an embedded AWS for the session, and a migration in them for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.clients import Clients
from shared.operations.cutover.database import Database, connected
from shared.operations.cutover.facts import AURORA, ON_PREMISES, SIDES
from shared.operations.cutover.logins import Login
from shared.rehearsal.databases.pair import Databases
from shared.rehearsal.embedded import EmbeddedAws
from tests.cutover_miniature import anew, databases
from tests.operations.cutover.platform import Platform


@pytest.fixture(scope="session")
def both() -> Iterator[Databases]:
    with databases() as started:
        yield started


@pytest.fixture(scope="session")
def landing_clients(landing_account: str) -> Clients:
    return Clients(landing_account, default_region="us-east-1")


@pytest.fixture(scope="session")
def landing_account() -> str:
    return "123456789012"


@pytest.fixture
def made(aws: str, server: EmbeddedAws, both: Databases, landing_clients: Clients) -> Iterator[Platform]:
    """A migration of which everything is made, and nothing runs; afterwards nothing does, either."""
    assert aws
    platform = Platform(both, landing_clients)
    platform.build(payments=200)
    yield platform
    server.reset()


@pytest.fixture
def loaded(made: Platform) -> Platform:
    """The same, replicating: every table is loaded and valid, the latency is low."""
    made.replicate()
    return made


@pytest.fixture
def pair(both: Databases) -> dict[str, Login]:
    """How two empty databases are reached, by the login of DMS's."""
    anew(both)
    return {
        side: Login(
            side=side,
            host=server.host,
            port=server.port,
            username="dms",
            password=both.passwords["dms"],
            database=both.database,
            ca_certificate=both.authority_pem,
            exempt=("dms",),
        )
        for side, server in zip(SIDES, both.servers, strict=True)
    }


@pytest.fixture
def source(pair: dict[str, Login]) -> Iterator[Database]:
    with connected(pair[ON_PREMISES]) as database:
        yield database


@pytest.fixture
def target(pair: dict[str, Login]) -> Iterator[Database]:
    with connected(pair[AURORA]) as database:
        yield database
