"""A service and a database that the probe reaches over real sockets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.modules.lambdas.probe.servers import NAME, certificate, https, listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGION = "us-west-2"


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def configured(pem: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """Set CONFIG to both servers; `service` and `database` change a part of it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with https(pem) as port, listening() as database_port:

        def configure(
            service: dict[str, Any] | None = None, database: dict[str, Any] | None = None, **others: Any
        ) -> dict[str, Any]:
            document = {
                "region": REGION,
                "namespace": "regionshift/abc123",
                "service": {
                    "protocol": "https",
                    "host": "127.0.0.1",
                    "port": port,
                    "path": "/health",
                    "server_name": NAME,
                    **(service or {}),
                },
                "database": {"host": "127.0.0.1", "port": database_port, **(database or {})},
                "database_decides": True,
                "cluster": "ledger-standby",
                "target_group_arn": "arn:group",
                **others,
            }
            monkeypatch.setenv("CONFIG", json.dumps(document))
            return document

        yield configure
