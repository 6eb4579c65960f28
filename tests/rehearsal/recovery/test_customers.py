"""Customers go where DNS sends them, try again with the same key, and know what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shared.intents.accept import Accepted
from shared.rehearsal.recovery import customers as paying
from shared.rehearsal.recovery.customers import Customers
from tests.rehearsal.waiting import until

HOME, AWAY = "us-east-1", "us-west-2"


class Dns:
    """Answers with a region that a test chooses, kept for ten seconds."""

    def __init__(self) -> None:
        self.region, self.asked = HOME, 0

    def answer(self) -> tuple[str, float]:
        self.asked += 1
        return self.region, 10.0


class Service:
    """Keeps what it accepts; `ill` is raised instead."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, Mapping[str, str]]] = []
        self.ill: Exception | None = None

    def accept(self, *, key: str, ordering_key: str, payload: Mapping[str, str]) -> Accepted:
        if self.ill:
            raise self.ill
        self.seen.append((key, ordering_key, payload))
        return Accepted(key=key, sequence="1", new=True, state="queued")


class World:
    """Two regions, either of which may be lost, and a clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dns, self.lost, self.now = Dns(), set[str](), 100.0
        self.services = {HOME: Service(), AWAY: Service()}
        self.customers = Customers(self.dns, self.services, lost=lambda: self.lost, name="payment")
        monkeypatch.setattr(paying.time, "monotonic", lambda: self.now)

    def pay(self, seconds: float = 1.0) -> None:
        self.now += seconds
        self.customers.pay()

    def keys(self, region: str) -> list[str]:
        return [key for key, _, _ in self.services[region].seen]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_each_payment_has_a_key_and_an_account_and_goes_to_the_region_that_dns_names(world: World) -> None:
    for _ in range(21):
        world.pay()
    seen = world.services[HOME].seen
    assert seen[0] == ("payment-000001", "account-01", {"amount": "1.00", "currency": "EUR"})
    assert seen[0][1] == seen[20][1] != seen[1][1]
    assert world.keys(HOME) == list(world.customers.receipts)
    assert world.customers.receipts["payment-000002"] == paying.Receipt(region=HOME, at=102.0, tries=1)
    assert world.customers.failed == 0


def test_an_answer_is_kept_for_its_ttl(world: World) -> None:
    world.pay()
    world.dns.region = AWAY
    world.pay(9.0)
    assert world.keys(AWAY) == []
    world.pay(1.0)
    assert world.keys(AWAY) == ["payment-000003"]
    assert world.dns.asked == 2
    world.customers.ttl_scale = 0.1
    world.pay(10.0)
    world.pay(1.0)
    assert world.dns.asked == 4


def test_what_a_lost_region_does_not_answer_is_sent_again_with_the_same_key(world: World) -> None:
    world.pay()
    world.lost = {HOME}
    world.pay()
    world.pay()
    assert list(world.customers.unanswered) == ["payment-000002", "payment-000003"]
    world.dns.region = AWAY
    lost_until = world.now
    world.pay(10.0)
    assert world.keys(AWAY) == ["payment-000002", "payment-000003", "payment-000004"]
    assert world.customers.unanswered == {}
    # one more in the second round: the answer was kept for a while
    assert world.customers.failed == 3
    assert [one.tries for one in world.customers.accepted(since=lost_until)] == [3, 2, 1]
    assert [one.region for one in world.customers.accepted(region=HOME)] == [HOME]
    assert len(world.customers.accepted()) == 4


def test_what_a_service_does_not_accept_is_sent_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.services[HOME].ill = EndpointConnectionError(endpoint_url="http://dynamodb")
    world.pay()
    assert "payment-000001 was not accepted: Could not connect" in capsys.readouterr().err
    world.services[HOME].ill = None
    world.pay()
    assert world.keys(HOME) == ["payment-000001", "payment-000002"]
    assert world.customers.receipts["payment-000001"].tries == 2


def test_an_answer_that_leads_nowhere_is_a_try_that_failed(world: World) -> None:
    world.dns.region = ""
    world.pay()
    assert world.customers.failed == 1
    assert list(world.customers.unanswered) == ["payment-000001"]


def test_they_pay_by_themselves_until_the_end() -> None:
    services: dict[str, Any] = {HOME: Service()}
    customers = Customers(Dns(), services, lost=tuple, per_second=100)
    with customers:
        until(lambda: len(customers.receipts) > 3)
        with customers.turn:
            told = len(customers.receipts)
            assert not customers._stop.wait(0.1)
            assert len(customers.receipts) == told
    told = len(customers.receipts)
    assert not customers._thread or not customers._thread.is_alive()
    assert len(customers.receipts) == told


def test_nobody_has_the_keys_of_somebody_else() -> None:
    keys = set()
    for _ in range(3):
        customers = Customers(Dns(), {}, lost=tuple)
        customers.pay()
        keys |= set(customers.unanswered)
    assert len(keys) == 3


def test_one_that_never_began_ends() -> None:
    Customers(Dns(), {}, lost=tuple).__exit__(None, None, None)
