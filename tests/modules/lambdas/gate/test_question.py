"""What the gate is asked."""

from __future__ import annotations

import pytest

from modules.lambdas.gate.errors import GateError
from modules.lambdas.gate.question import Question, parse
from tests.modules.lambdas.gate.inputs import EVENT, question
from tests.modules.lambdas.world import REGIONS, SOURCE


def test_an_event_is_a_question():
    assert question(dry_run_metrics=["alarms", "error_rate"], scope="moved") == Question(
        phase=50,
        writer=SOURCE,
        window_seconds=300,
        dry_run=frozenset({"alarms", "error_rate"}),
        scope="moved",
    )


def test_no_window_is_shorter_than_a_minute():
    assert question(window_seconds=0).window_seconds == 60
    assert question(window_seconds=59.0).window_seconds == 60
    assert question(window_seconds=61).window_seconds == 61


def test_a_list_is_a_list_whatever_jsonata_made_of_it():
    assert question(dry_run_metrics="alarms").dry_run == {"alarms"}
    assert question(dry_run_metrics=None).dry_run == frozenset()


def test_without_a_scope_it_is_about_a_phase():
    event = {key: value for key, value in EVENT.items() if key not in {"scope", "dry_run_metrics"}}
    assert parse(event, REGIONS).scope == "shift"


def test_a_wrong_event_is_refused_with_every_reason():
    with pytest.raises(GateError) as error:
        question(phase=True, writer="", window_seconds=-1, scope="later", dry_run_metrics=["lag"])
    assert str(error.value).splitlines() == [
        f"the gate was asked wrongly: {reason}"
        for reason in (
            "phase is True",
            "window_seconds is -1",
            "writer is '', which is none of us-east-1, eu-west-1",
            "scope is 'later', which is none of start, shift, switchover, moved",
            "there is no metric 'lag'",
        )
    ]
