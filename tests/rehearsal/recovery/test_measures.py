"""What is measured by the clock and counted in the databases."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from shared.rehearsal.chapters import Draft
from shared.rehearsal.recovery import measures
from shared.rehearsal.recovery.counting import Count
from shared.rehearsal.scenario import RehearsalFailedError
from tests.operations.recovery.topologies import database
from tests.rehearsal.recovery.platform import AWAY, HOME, Platform


def counted(monkeypatch: pytest.MonkeyPatch, **found: Any) -> list[dict[str, Any]]:
    """Let every count find this; returns what was looked for."""
    asked: list[dict[str, Any]] = []
    usual: dict[str, Any] = {"in_database": 0, "waiting": 0, "missing": (), "doubled": (), "altered": ()}

    def count(keys: list[str], _books: Any, _clients: Any, **where: Any) -> Count:
        asked.append({"keys": keys, **where})
        return Count(accepted=len(keys), **{**usual, **found})

    monkeypatch.setattr(measures.counting, "count", count)
    return asked


def drafted(platform: Platform) -> Draft:
    with platform.chapters.chapter("x") as draft:
        return draft


def numbers(draft: Draft) -> dict[str, str]:
    return {number.name: number.value for number in draft.numbers}


def failed(draft: Draft) -> dict[str, str]:
    return {check.name: check.detail for check in draft.checks if not check.passed}


def test_a_region_is_lost_with_payments_in_it_that_nobody_else_has(platform: Platform) -> None:
    draft = drafted(platform)
    began = measures.time.monotonic()
    assert measures.lose(platform.journey, draft, "refuse") >= began
    assert platform.log == ["hold_replication", "lose refuse", "release_replication"]
    assert [(event.name, event.detail) for event in draft.events] == [
        ("lost", "us-east-1 refuses every connection")
    ]


@pytest.mark.usefixtures("impatient")
def test_a_region_in_which_nobody_pays_is_not_lost(platform: Platform) -> None:
    platform.controls.under_way = 0
    with pytest.raises(RehearsalFailedError, match="a payment was accepted"):
        measures.lose(platform.journey, drafted(platform), "hang")
    assert platform.log == ["hold_replication"]


def test_the_entry_is_timed_until_dns_answers_and_until_somebody_was_served(platform: Platform) -> None:
    draft, lost = drafted(platform), measures.time.monotonic()
    looks = itertools.count()

    def looked() -> None:
        number = next(looks)
        if number == 2:
            platform.answer = AWAY
        if number == 4:
            platform.pay(AWAY)

    platform.looked = looked
    measures.entry(platform.journey, draft, lost)
    assert list(numbers(draft)) == [
        "Entry: DNS answers with the standby",
        "Entry: the first payment accepted there",
    ]
    assert all(value.endswith(" s") for value in numbers(draft).values())
    assert "10 x 3 + 6 + 5 + 10 = 51 s" in draft.numbers[0].detail
    assert failed(draft) == {}


def test_an_entry_that_takes_longer_than_is_promised_is_wrong(platform: Platform) -> None:
    draft = drafted(platform)
    platform.answer = AWAY
    platform.pay(AWAY)
    measures.entry(platform.journey, draft, measures.time.monotonic() - 61)
    assert list(failed(draft)) == ["DNS answers with us-west-2 within 60 s"]


def test_an_operation_says_how_long_it_took_and_what_it_moved(platform: Platform) -> None:
    draft = drafted(platform)
    measures.operation(draft, platform.fails_over(), 12.34)
    assert numbers(draft) == {
        "Operation: from the command to its end": "12.3 s",
        "Writer, before and after": "us-east-1 → us-west-2",
    }


def test_an_outage_says_what_was_asked_of_the_lost_region_and_what_was_known_before(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(monkeypatch, missing=("payment-0",))
    draft, result = drafted(platform), platform.fails_over()
    platform.lost = HOME
    platform.pay(AWAY)
    measures.outage(draft, platform.journey, result, 0.0)
    assert numbers(draft) == {
        "Calls to us-east-1 and its control planes": "0",
        "Replication lag before the failover": "80 ms",
        "Writes in the lost region": "not blocked",
        "Payments accepted meanwhile": "1",
        "Of these after more than one try": "0",
        "Payments accepted until now": "1",
        "Lost": "1 not here yet",
        "Doubled": "0",
    }
    assert failed(draft) == {}
    platform.asked = {"rds": 2, "iam": 1}
    measures.outage(draft, platform.journey, result, 0.0)
    assert failed(draft) == {"nothing was asked of us-east-1": "rds 2, iam 1"}


def test_a_lag_that_was_not_known_and_a_checkpoint_that_cannot_be_read(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(monkeypatch)
    draft, result = drafted(platform), platform.fails_over()
    assert result.after.checkpoint
    result.after = replace(result.after, checkpoint=replace(result.after.checkpoint, lag_ms=None))
    measures.outage(draft, platform.journey, result, 0.0)
    assert numbers(draft)["Replication lag before the failover"] == "not known"
    again = drafted(platform)
    result.after = replace(result.after, checkpoint=None)
    measures.outage(again, platform.journey, result, 0.0)
    assert "Replication lag before the failover" not in numbers(again)


def test_every_payment_is_looked_for_where_one_can_look(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch, in_database=1, waiting=1)
    platform.pay(HOME)
    since = measures.time.monotonic()
    platform.pay(AWAY, tries=3)
    draft = drafted(platform)
    measures.payments(draft, platform.journey, since=since)
    assert asked == [{"keys": ["payment-0", "payment-1"], "writer": HOME, "regions": [HOME, AWAY]}]
    assert numbers(draft) == {
        "Payments accepted meanwhile": "1",
        "Of these after more than one try": "1",
        "Payments accepted until now": "2",
        "Lost": "0",
        "Doubled": "0",
    }
    assert draft.numbers[0].detail == "0 in us-east-1, 1 in us-west-2"
    assert draft.numbers[2].detail == "1 in payment_intents, 1 wait in the table"


def test_a_payment_that_is_lost_doubled_or_altered_is_wrong(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(monkeypatch, missing=tuple("abcdef"), doubled=("g",), altered=("h",))
    draft = drafted(platform)
    measures.payments(draft, platform.journey, since=0.0)
    assert failed(draft) == {
        "no accepted payment is lost": "6: a, b, c, d, e",
        "no payment is doubled or altered": "2: g, h",
    }


def test_while_the_writer_is_lost_nobody_can_count(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch)
    platform.lost = HOME
    draft = drafted(platform)
    measures.payments(draft, platform.journey, since=0.0)
    assert asked == []
    assert numbers(draft)["Lost"] == "not known"


def test_a_region_that_is_lost_is_not_looked_into(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch)
    platform.stand("failed-over", AWAY)
    platform.lost = HOME
    measures.count(platform.journey, AWAY)
    assert asked[0]["regions"] == [AWAY]


def test_clients_are_home_when_dns_says_so_and_the_alarms_are_quiet(platform: Platform) -> None:
    measures.clients_are_home(platform.journey)
    assert platform.log == ["alarms"]


def test_the_old_primary_is_waited_for_until_it_follows(platform: Platform) -> None:
    draft, looks = drafted(platform), itertools.count()
    behind = database(AWAY, home={"synchronization": "pending-resync"})
    platform.looked = lambda: platform.stand(
        "failed-over", AWAY, database=behind if next(looks) < 3 else database(AWAY)
    )
    measures.follows_again(draft, platform.journey, measures.time.monotonic())
    assert [event.name for event in draft.events] == ["follows"]
    assert numbers(draft)["The old primary follows again"].endswith(" s")
    assert next(looks) == 4


def test_the_traffic_is_watched_for_longer_than_it_would_take_to_go_back(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "PACE", 0.0005)
    platform.answer = AWAY
    looks = itertools.count()
    platform.looked = lambda: setattr(platform, "answer", HOME if next(looks) == 5 else AWAY)
    assert measures.stays(platform.journey) == {HOME, AWAY}


def test_what_the_lost_region_had_accepted_last_is_waited_for(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, looks = drafted(platform), itertools.count()
    counted(monkeypatch, missing=("a",))
    platform.looked = lambda: counted(monkeypatch) and None if next(looks) == 3 else None
    measures.late(draft, platform.journey)
    assert next(looks) == 4
    assert [check.passed for check in draft.checks] == [True]
