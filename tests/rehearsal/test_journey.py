"""What a journey makes of alarms that stay; the journey itself is gone on in tests/systems."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.operations.common.facts import Alarm
from shared.rehearsal import journey as migrating
from shared.rehearsal import journeys
from shared.rehearsal.journey import Journey, request
from shared.rehearsal.scenario import RehearsalFailedError
from tests.synthesized import settings


def standing(*states: str) -> Any:
    alarms = tuple(
        Alarm(region="eu-west-1", name=f"alarm-{number}", state=state, measures="healthy hosts")
        for number, state in enumerate(states)
    )
    return SimpleNamespace(counting=alarms)


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Journey:
    monkeypatch.setattr(journeys, "LOOK_SECONDS", 0.01)
    return Journey(rehearsal=cast("Any", None), endpoint="http://127.0.0.1:1")


def test_it_waits_until_every_alarm_is_quiet(journey: Journey, monkeypatch: pytest.MonkeyPatch):
    seen = iter([standing("INSUFFICIENT_DATA", "OK"), standing("OK", "ALARM"), standing("OK", "OK")])
    monkeypatch.setattr(journey, "topology", lambda: next(seen))
    journey.wait_for_alarms()
    assert next(seen, None) is None


def test_an_alarm_that_stays_fails_the_rehearsal(journey: Journey, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(journeys, "ALARM_SECONDS", 0)
    monkeypatch.setattr(journey, "topology", lambda: standing("OK", "ALARM"))
    with pytest.raises(RehearsalFailedError, match="'eu-west-1 alarm-1': 'ALARM'"):
        journey.wait_for_alarms()


def test_a_rehearsal_shortens_the_waits_and_nothing_else():
    asked = request(phases=(50, 100))
    assert (asked.phases, asked.bake_seconds, asked.retry_seconds) == ((50, 100), 10, 1)
    assert asked.problems() == []


def test_what_an_operator_sees_goes_into_the_chapter_and_to_whoever_asks(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
):
    workspace = SimpleNamespace(root="root")
    deployment = SimpleNamespace(
        environment=settings(), manifest="manifest", clients="clients", workspace=workspace
    )
    journey.rehearsal = cast("Any", SimpleNamespace(deployment=deployment, choices="choices", console=None))
    monkeypatch.setattr(migrating, "options", lambda *asked: asked)
    sampled: list[Any] = []
    monkeypatch.setattr(migrating, "seen_of", lambda topology: {"topology": topology})
    monkeypatch.setattr(journey.chapters, "sample", lambda **seen: sampled.append(seen["topology"]))
    told: list[Any] = []
    first, second = standing("OK"), standing("ALARM")

    quiet = journey.operator(follow="question")
    assert (quiet.follow, quiet.yes, quiet.options) == ("question", True, ("choices", deployment))
    assert quiet.seen is not None
    quiet.seen(first)
    telling = journey.operator(seen=told.append)
    assert telling.seen is not None
    telling.seen(second)

    assert sampled == [first, second]
    assert told == [second]
