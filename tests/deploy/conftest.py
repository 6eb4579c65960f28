"""An embedded S3 for the states, one per session, and an empty world per test."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.deploy.stacks import BUCKET, REGION, World, program
from tests.synthesized import Synthesis


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    yield url
    server.stop()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = boto3.client("s3", region_name=REGION)
    # per test: tests that mock AWS in this process empty the server's backends, too
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return endpoint


@pytest.fixture
def world(aws: str, tmp_path: Path) -> World:
    assert aws
    return World(root=tmp_path, suffix=uuid.uuid4().hex[:8], program=program())


@pytest.fixture(scope="session")
def systems(
    synthesis: Synthesis, adopted: Synthesis, recovery: Synthesis, landing: Synthesis
) -> list[Synthesis]:
    """The stacks of all three systems; of the first also those with an adopted database."""
    return [synthesis, adopted, recovery, landing]
