from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from shared.commands import embedded_traffic
from shared.errors import UserError
from tests.commands.invoked import invoke
from tests.synthesized import settings

REGIONS = ("us-east-1", "eu-west-1")


class Reports:
    """Stands for telemetry: says when it runs."""

    def __init__(self, system: Any, clients: Any, traffic: Any) -> None:
        self.system, self.clients, self.traffic = system, clients, traffic

    def __enter__(self) -> None:
        LOG.append(f"reports on {self.system} by {self.traffic}")

    def __exit__(self, *_: object) -> None:
        LOG.append("reports no more")


LOG: list[str] = []


@contextmanager
def delegated(zone: str, *_: object) -> Iterator[str]:
    """Stands for the registrar."""
    LOG.append(f"delegated {zone}")
    try:
        yield "parent"
    finally:
        LOG.append("gone: parent")


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A deployment whose outputs a test may take away; what happens is in LOG."""
    LOG.clear()
    found: dict[str, Any] = {"global/domain": {"name_servers": ["ns-1"]}, "global/traffic": {}}
    stacks = [SimpleNamespace(address=address) for address in ("global/domain", "global/traffic")]
    deployment = SimpleNamespace(
        environment=settings(), manifest=SimpleNamespace(stacks=stacks), clients="clients"
    )
    server = SimpleNamespace(endpoint="http://127.0.0.1:1")
    monkeypatch.setattr(embedded_traffic.embedded, "status", lambda _: server)
    monkeypatch.setattr(embedded_traffic, "prepare", lambda *_: deployment)
    monkeypatch.setattr(embedded_traffic.outputs, "read", lambda *_: found)
    monkeypatch.setattr(embedded_traffic, "Telemetry", Reports)
    monkeypatch.setattr(embedded_traffic.System, "of", lambda _, regions: regions)
    monkeypatch.setattr(embedded_traffic.Weighted, "of", lambda *_: "weights")
    monkeypatch.setattr(embedded_traffic, "delegated", delegated)
    return found


@pytest.mark.usefixtures("standing")
def test_it_reports_until_ctrl_c_and_takes_everything_back(capsys: pytest.CaptureFixture[str]) -> None:
    def wait() -> None:
        LOG.append("waits")
        raise KeyboardInterrupt

    assert embedded_traffic.traffic("region-migration", None, wait=wait) == 0
    assert [
        "delegated payments.example.com",
        f"reports on {REGIONS} by weights",
        "waits",
        "reports no more",
        "gone: parent",
    ] == LOG
    assert "Ended." in capsys.readouterr().out


def test_a_stack_that_is_not_applied_is_named_and_nothing_is_changed(standing: dict[str, Any]) -> None:
    del standing["global/traffic"]
    with pytest.raises(UserError, match="not applied: global/traffic"):
        embedded_traffic.traffic("region-migration", None)
    assert LOG == []


def test_without_a_server_it_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_traffic.embedded, "status", lambda _: None)
    with pytest.raises(UserError, match="No embedded AWS is running"):
        embedded_traffic.traffic("region-migration", None)


def test_the_task_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_traffic, "traffic", lambda *asked: LOG.append(repr(asked)) or 0)
    LOG.clear()
    assert invoke("embedded.traffic", "--env", "staging", "--suffix", "x1") == 0
    assert LOG == ["('staging', 'x1')"]


def test_it_waits_for_ever_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_traffic.threading.Event, "wait", lambda _: LOG.append("for ever"))
    LOG.clear()
    embedded_traffic._until_interrupted()
    assert LOG == ["for ever"]
