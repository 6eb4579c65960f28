"""Where a step has to end, and looking whether it did."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from shared.operations.recovery.facts import Pin
from shared.rehearsal.recovery import ends
from shared.rehearsal.recovery.ends import (
    End,
    checked,
    follows,
    until,
    until_clients_are_in,
    until_possible,
    verdict,
)
from shared.rehearsal.scenario import RehearsalFailedError
from tests.operations.recovery.topologies import database, topology
from tests.rehearsal.recovery.platform import AWAY, HOME, Platform


def failed(platform: Platform, end: End, outcome: str) -> dict[str, str]:
    """The checks that did not pass, with what was found."""
    with platform.chapters.chapter("x") as draft:
        checked(draft, platform.journey, outcome, end)
    return {check.name: check.detail for check in draft.checks if not check.passed}


def test_what_stands_as_it_has_to_is_right(platform: Platform) -> None:
    platform.stand("failed-over", AWAY)
    platform.tell("refused", *ends.AWAY.told)
    assert failed(platform, ends.AWAY, "failed-over") == {}
    platform.stand("failed-back", HOME)
    platform.tell(*ends.HOME.told)
    assert failed(platform, ends.HOME, "failed-back") == {}


@pytest.mark.parametrize(
    ("stand", "name", "found"),
    [
        ({"database": database(HOME)}, "the writer is in us-west-2", HOME),
        ({"pin": Pin(pinned=False)}, "us-east-1 is pinned", "no pin"),
        ({"pin": None}, "us-east-1 is pinned", "not known"),
        ({"checkpoint": None}, "the checkpoint says failed-over", ""),
    ],
)
def test_everything_that_stands_otherwise_is_found(
    platform: Platform, stand: dict[str, Any], name: str, found: str
) -> None:
    platform.stand("failed-over", AWAY, **stand)
    platform.tell(*ends.AWAY.told)
    assert failed(platform, ends.AWAY, "failed-over") == {name: found}


def test_an_outcome_a_direction_and_notifications_that_are_others_are_found(platform: Platform) -> None:
    platform.stand("failed-over", AWAY)
    platform.answer = HOME
    platform.tell("started", "stuck")
    assert failed(platform, ends.AWAY, "FailoverStuck") == {
        "it ends as failed-over": "FailoverStuck",
        "DNS answers with us-west-2": HOME,
        "told: started, pinned, promoted, drained, failed-over": "started, stuck",
    }


def test_what_nobody_was_to_be_told_is_not_looked_at(platform: Platform) -> None:
    platform.tell("whatever")
    refused = End(outcome="refused", writer="home", clients="home", pinned=False, stage="")
    assert failed(platform, refused, "refused") == {}


def test_a_check_that_failed_fails_the_rehearsal_with_what_was_found(platform: Platform) -> None:
    with platform.chapters.chapter("Failover") as draft:
        draft.number("Lost", "0")
        draft.check("the writer is in us-west-2", passed=True)
        verdict(draft, platform.journey)
        draft.check("nothing was asked of us-east-1", passed=False, detail="rds 2")
        with pytest.raises(RehearsalFailedError, match="Failover: nothing was asked of us-east-1: rds 2"):
            verdict(draft, platform.journey)


@pytest.mark.usefixtures("impatient")
def test_it_is_looked_until_it_is_so_or_nobody_believes_it_any_more(platform: Platform) -> None:
    looks = itertools.count()
    platform.looked = lambda: setattr(platform, "now", replace(platform.now, waiting=next(looks)))
    assert until(platform.journey, "three wait", lambda seen: seen.waiting == 3).waiting == 3
    with pytest.raises(RehearsalFailedError, match=r"Not within 0.1 seconds: the moon falls"):
        until(platform.journey, "the moon falls", lambda _: False)
    until_clients_are_in(platform.journey, HOME)
    with pytest.raises(RehearsalFailedError, match="DNS answers with us-west-2"):
        until_clients_are_in(platform.journey, AWAY)


@pytest.mark.usefixtures("impatient")
def test_an_operation_is_waited_for_until_nothing_is_against_it(platform: Platform) -> None:
    until_possible(platform.journey, "switchover")
    with pytest.raises(
        RehearsalFailedError, match="failback stays refused: the database writes in us-east-1"
    ):
        until_possible(platform.journey, "failback")


def test_a_cluster_follows_when_it_is_connected_and_does_not_write() -> None:
    assert follows(topology("none", HOME), region=AWAY)
    assert not follows(topology("none", AWAY), region=AWAY)
    behind = topology("none", HOME, database=database(HOME, away={"synchronization": "pending-resync"}))
    assert not follows(behind, region=AWAY)
    assert not follows(topology("none", HOME, database=None), region=AWAY)
