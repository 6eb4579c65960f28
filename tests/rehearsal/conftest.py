"""Embedded AWS servers that the tests of one run share, and a fresh state for each test."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from shared.rehearsal import embedded
from shared.rehearsal.databases.pair import Databases
from shared.rehearsal.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from tests.cutover_miniature import databases
from tests.servers import unmeasured

ACCOUNT = "123456789012"


@dataclass
class Aws:
    """boto3 clients of one server, which say at once what fails."""

    server: embedded.EmbeddedAws
    patience: float = 60
    """Seconds to wait for what it does by itself; stock moto does not."""
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.server.endpoint,
                aws_access_key_id=ACCESS_KEY_ID,
                aws_secret_access_key=SECRET_ACCESS_KEY,
                config=Config(retries={"total_max_attempts": 1}, proxies={}),
            )
        return self._clients[service, region]


def serve(
    tmp_path_factory: pytest.TempPathFactory, name: str, *options: str, measured: bool = True
) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp(name)
    with nullcontext() if measured else unmeasured():
        server = embedded.start(account_id=ACCOUNT, keep_log_in=folder, options=options)
    aws = Aws(server)
    yield aws
    for client in aws._clients.values():
        client.close()
    server.stop()


@pytest.fixture(scope="session")
def extended_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "extended")


@pytest.fixture(scope="session")
def stock_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    for aws in serve(tmp_path_factory, "stock", "--stock"):
        aws.patience = 4
        yield aws


@pytest.fixture(scope="session")
def both() -> Iterator[Databases]:
    """Two PostgreSQL servers."""
    with databases() as started:
        yield started


@pytest.fixture
def extended(extended_server: Aws) -> Aws:
    """The embedded AWS with its extensions, empty."""
    extended_server.server.reset()
    return extended_server


_STILL_A_GAP = pytest.mark.xfail(
    strict=True,
    raises=(AssertionError, ClientError, LookupError, ResponseParserError, pytest.fail.Exception),
    reason="a gap of moto: when this passes, an extension became unnecessary",
)


@pytest.fixture(params=["extended", pytest.param("stock", marks=_STILL_A_GAP)])
def aws(request: pytest.FixtureRequest) -> Aws:
    """Run the test twice: with the extensions, and on stock moto, where it has to fail."""
    server: Aws = request.getfixturevalue(f"{request.param}_server")
    server.server.reset()
    return server
