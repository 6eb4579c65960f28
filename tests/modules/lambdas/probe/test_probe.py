"""The probe's looks, on real sockets and the load balancer of an embedded AWS."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from modules.lambdas.probe import handler, looks
from tests.modules.lambdas.world import TARGET, World, load_balancer


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that takes connections, as a database does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def world_of_the_probe(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    looks.client.cache_clear()
    monkeypatch.setattr(looks, "boto3", SimpleNamespace(client=world.make))
    return world


def ask(
    monkeypatch: pytest.MonkeyPatch, world: World, port: int, *, targets: int, **changes: Any
) -> dict[str, Any]:
    balancer = load_balancer(world.aws, TARGET, targets=targets)
    config = {
        "region": TARGET,
        "side": "standby",
        "database_endpoints": ["127.0.0.1"],
        "database_port": port,
        "target_group_arn": balancer["group"],
        "healthy_targets_minimum": 1,
        "timeout_ms": 1500,
        "metrics_namespace": "PaymentProbe",
    }
    monkeypatch.setenv("CONFIG", json.dumps(config | changes))
    return handler.handle({}, None)


def why(capsys: pytest.CaptureFixture[str]) -> list[str]:
    said = capsys.readouterr().out
    return [] if not said else list(json.loads(said)["unwell"])


def test_a_region_that_serves_and_can_reach_its_database_is_well(
    monkeypatch: pytest.MonkeyPatch,
    world_of_the_probe: World,
    listening: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = ask(monkeypatch, world_of_the_probe, listening, targets=1)
    assert (answer["statusCode"], answer["body"]) == (200, "well")
    assert answer["headers"]["cache-control"] == "no-store"
    assert why(capsys) == []


def test_one_endpoint_that_answers_is_enough(
    monkeypatch: pytest.MonkeyPatch, world_of_the_probe: World, listening: int
) -> None:
    answer = ask(
        monkeypatch, world_of_the_probe, listening, targets=1, database_endpoints=["127.0.0.2", "127.0.0.1"]
    )
    assert answer["statusCode"] == 200


def test_without_a_database_it_is_not_well_and_the_answer_does_not_say_why(
    monkeypatch: pytest.MonkeyPatch,
    world_of_the_probe: World,
    closed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = ask(monkeypatch, world_of_the_probe, closed, targets=1)
    assert (answer["statusCode"], answer["body"]) == (503, "unwell")
    (reason,) = why(capsys)
    assert reason.startswith("127.0.0.1: ")


def test_with_too_few_healthy_targets_it_is_not_well(
    monkeypatch: pytest.MonkeyPatch,
    world_of_the_probe: World,
    listening: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = ask(monkeypatch, world_of_the_probe, listening, targets=1, healthy_targets_minimum=2)
    assert answer["statusCode"] == 503
    assert why(capsys) == ["1 healthy targets, 2 needed"]


def test_a_load_balancer_that_cannot_be_asked_is_not_well(
    monkeypatch: pytest.MonkeyPatch,
    world_of_the_probe: World,
    listening: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world_of_the_probe.refuses("elbv2", TARGET, "DescribeTargetHealth", "AccessDenied")
    answer = ask(monkeypatch, world_of_the_probe, listening, targets=1)
    assert answer["statusCode"] == 503
    (reason,) = why(capsys)
    assert reason.startswith("the targets' health: ")
    assert "AccessDenied" in reason


def test_an_answer_that_comes_too_late_is_none(
    monkeypatch: pytest.MonkeyPatch,
    world_of_the_probe: World,
    listening: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = threading.Event()
    monkeypatch.setattr(looks, "_targets", lambda _: ended.wait(10))
    answer = ask(monkeypatch, world_of_the_probe, listening, targets=1, timeout_ms=200)
    ended.set()
    assert answer["statusCode"] == 503
    assert why(capsys) == ["the targets' health: no answer in time"]
