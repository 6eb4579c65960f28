"""Verdicts on endpoints take as long as checkers do, when a rehearsal asks for it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from shared.rehearsal.extensions import health_verdicts
from shared.rehearsal.extensions.health_endpoints import REFUSED, TIMED_OUT
from shared.rehearsal.extensions.health_verdicts import Verdict, Verdicts
from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_function_urls import url
from tests.rehearsal.extensions.test_health_checks import ANSWER, check, healthy, said
from tests.rehearsal.waiting import until

#: An interval of ten seconds lasts two, and three of them have to agree.
SCALE, INTERVAL = 0.2, 2.0
FIELDS = {"RequestInterval": 10, "FailureThreshold": 3}


def paced(aws: Aws, scale: float = SCALE) -> Controls:
    controls = Controls(aws.server.endpoint)
    try:
        controls.pace_verdicts(scale)
    except ValueError:
        pytest.fail("there is no such address on stock moto")
    return controls


def probe(aws: Aws, path: str = "/200") -> str:
    return check(aws, urlsplit(url(aws, ANSWER)).netloc, ResourcePath=path, **FIELDS)


def test_a_loss_is_seen_after_as_many_looks_as_the_check_says_and_so_is_the_return(aws: Aws) -> None:
    name = probe(aws)
    controls = paced(aws)
    assert healthy(aws, name)
    began = time.monotonic()
    lose(aws, REGION)
    assert healthy(aws, name)
    until(lambda: not healthy(aws, name), seconds=60)
    # a look that was under way when it was lost is the first of the three
    assert time.monotonic() - began >= INTERVAL
    began = time.monotonic()
    controls.restore_region()
    assert not healthy(aws, name)
    until(lambda: healthy(aws, name), seconds=60)
    assert time.monotonic() - began >= INTERVAL


def test_what_comprises_others_follows_their_verdicts(extended: Aws) -> None:
    name = probe(extended)
    both = check(extended, kind="CALCULATED", HealthThreshold=1, ChildHealthChecks=[name])
    paced(extended)
    assert healthy(extended, both)
    lose(extended, REGION)
    assert healthy(extended, both)
    until(lambda: not healthy(extended, both), seconds=60)


@pytest.mark.parametrize(("mode", "why"), [("refuse", REFUSED), ("hang", TIMED_OUT)])
def test_a_lost_region_refuses_or_lets_a_checker_wait(extended: Aws, mode: str, why: str) -> None:
    name = probe(extended)
    Controls(extended.server.endpoint).lose_region(REGION, mode=mode)
    assert said(extended, name) == f"Failure: {why}"


@pytest.mark.parametrize(("why", "waited"), [(TIMED_OUT, [2.0]), (REFUSED, [])])
def test_a_checker_that_gets_no_connection_gives_up_later(
    monkeypatch: pytest.MonkeyPatch, why: str, waited: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(health_verdicts.time, "sleep", slept.append)
    monkeypatch.setattr(health_verdicts, "look", lambda _: (False, f"Failure: {why}"))
    verdict = Verdict(healthy=True, looking=True)
    Verdicts()._look(SimpleNamespace(failure_threshold=1), verdict, 0.5)
    assert (verdict.healthy, verdict.looking, slept) == (False, False, waited)


def test_without_a_pace_verdicts_follow_at_once(extended: Aws) -> None:
    name = probe(extended)
    controls = paced(extended)
    assert healthy(extended, name)
    lose(extended, REGION)
    assert healthy(extended, name)
    controls.verdicts_at_once()
    assert not healthy(extended, name)
    controls.restore_region()
    assert healthy(extended, name)


def test_one_that_is_made_later_begins_with_what_is_so_and_a_reset_ends_it(extended: Aws) -> None:
    controls = paced(extended)
    ill = probe(extended, "/503")
    assert not healthy(extended, ill)
    assert controls._ask("GET", "verdicts") == {"scale": SCALE}
    extended.server.reset()
    assert controls._ask("GET", "verdicts") == {"scale": None}


@pytest.mark.parametrize("scale", [0, 1.5, "fast", True])
def test_a_pace_that_is_none_is_refused(extended: Aws, scale: object) -> None:
    with pytest.raises(ValueError, match="scale has to be above 0 and not above 1"):
        Controls(extended.server.endpoint)._ask("POST", "verdicts", {"scale": scale})


def test_looks_that_disagree_begin_anew() -> None:
    verdict = Verdict(healthy=True)
    for seen in (False, False, True, False, False):
        verdict.saw(healthy=seen, threshold=3)
    assert verdict.healthy
    verdict.saw(healthy=False, threshold=3)
    assert not verdict.healthy
    assert verdict.against == 0
