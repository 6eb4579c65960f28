"""Accepting intents, in two regions of an embedded AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.intents import schema
from shared.intents.accept import LONGEST_PAYLOAD, Intents, canonical, shard_of
from shared.intents.errors import IntentConflict, IntentRefused
from shared.rehearsal.fault_client import Controls
from tests.intents.tables import TABLE, create
from tests.rehearsal.conftest import Aws, extended, extended_server
from tests.rehearsal.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["extended", "extended_server"]

HERE, THERE = "us-west-2", "us-east-1"
PAYLOAD = {"amount": "12.50", "currency": "EUR", "to": "Zoë"}


@pytest.fixture
def intents(extended: Aws) -> Callable[[str], Intents]:
    create(extended, HERE, THERE)
    return lambda region: Intents(extended.client("dynamodb", region), TABLE, region=region)


def accept(intents: Intents, key: str = "order-1", account: str = "account-1", **payload: Any) -> Any:
    return intents.accept(key=key, ordering_key=account, payload={**PAYLOAD, **payload})


def test_an_intent_is_accepted_once_and_recognised_afterwards(extended, intents):
    here = intents(HERE)
    first = accept(here)
    assert (first.key, first.new, first.state) == ("order-1", True, "queued")
    again = here.accept(key="order-1", ordering_key="account-1", payload=dict(reversed(PAYLOAD.items())))
    assert (again.new, again.sequence, again.state) == (False, first.sequence, "queued")
    assert here.waiting() == 1
    stored = extended.client("dynamodb", HERE).scan(TableName=TABLE)["Items"]
    assert [item[schema.PAYLOAD]["S"] for item in stored] == [
        '{"amount":"12.50","currency":"EUR","to":"Zoë"}'
    ]
    assert {name: next(iter(stored[0][name])) for name in schema.ATTRIBUTES} == schema.ATTRIBUTES


@pytest.mark.parametrize("changed", [{"amount": "13"}, {"account": "account-2"}])
def test_another_payment_under_the_key_is_a_conflict(intents, changed):
    accept(intents(HERE))
    with pytest.raises(IntentConflict, match="order-1"):
        accept(intents(HERE), **changed)
    assert intents(HERE).waiting() == 1


def test_only_one_of_many_at_once_is_new(intents):
    here = intents(HERE)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: accept(here), range(24)))
    assert [answer.new for answer in answers].count(True) == 1
    assert len({answer.sequence for answer in answers}) == 1


def test_what_one_region_accepts_the_other_sees(extended, intents):
    controls = Controls(extended.server.endpoint)
    controls.hold_replication()
    accept(intents(THERE))
    assert intents(HERE).state("order-1") is None
    controls.release_replication()
    until(lambda: intents(HERE).state("order-1") == "queued")
    assert not accept(intents(HERE)).new


def test_a_region_accepts_while_the_other_is_lost(extended, intents):
    Controls(extended.server.endpoint).lose_region(THERE)
    assert accept(intents(HERE)).new
    with pytest.raises(ConnectionClosedError):
        accept(intents(THERE))
    Controls(extended.server.endpoint).restore_region()
    until(lambda: intents(THERE).state("order-1") == "queued")


def test_two_regions_may_accept_one_key_and_one_intent_stays(extended, intents):
    controls = Controls(extended.server.endpoint)
    controls.hold_replication()
    assert accept(intents(THERE)).new
    assert accept(intents(HERE)).new
    controls.release_replication()
    until(lambda: intents(HERE).waiting() == intents(THERE).waiting() == 1)


def test_what_dynamodb_refuses_is_its_own_error(extended):
    lost = Intents(extended.client("dynamodb", HERE), "nobody", region=HERE)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        accept(lost)


def test_a_key_that_vanishes_before_it_is_read_is_no_acceptance(intents, monkeypatch):
    here = intents(HERE)
    accept(here)
    monkeypatch.setattr(here, "_get", lambda _: None)
    with pytest.raises(IntentConflict):
        accept(here)


@pytest.mark.parametrize("key", ["", "a b", "a\n", "é", "x" * 129])
def test_keys_are_bytes_that_every_database_compares_alike(intents, key):
    with pytest.raises(IntentRefused, match=r"key is .*: it has to be 1 to 128 printable ASCII"):
        accept(intents(HERE), key)
    with pytest.raises(IntentRefused, match="ordering_key is"):
        accept(intents(HERE), account=key)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"amount": {1}}, "no JSON"),
        ({"amount": float("nan")}, "no JSON"),
        ({"name": "\ud800"}, "no JSON"),
        ({"note": "x" * LONGEST_PAYLOAD}, f"has 100011 bytes; at most {LONGEST_PAYLOAD}"),
    ],
)
def test_a_payload_that_cannot_be_stored_is_refused(payload, said):
    with pytest.raises(IntentRefused, match=said):
        canonical(payload)


def test_accounts_are_spread_over_the_index():
    used = {shard_of(f"account-{number}") for number in range(400)}
    assert used == set(schema.shards())
    assert shard_of("account-1") == shard_of("account-1")
