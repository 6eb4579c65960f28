"""Where an execution begins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.start.checkpoint import STAGES, Found
from modules.lambdas.start.course import Course, decide
from modules.lambdas.start.errors import InputRefused
from tests.modules.lambdas.start.inputs import BEFORE, checkpoint, present, request
from tests.modules.lambdas.world import SOURCE, TARGET

CHANGING = "the global database is being switched or failed over"
RISING = st.sets(st.integers(1, 100), min_size=1).map(sorted)


def course(asked=None, reached=None, there=None) -> Course:
    return decide(asked or request(), reached or checkpoint(), there or present(), target=TARGET)


def refusal(asked=None, reached=None, there=None) -> list[str]:
    with pytest.raises(InputRefused) as error:
        course(asked, reached, there)
    return str(error.value).splitlines()


def shown(made: Course) -> list[str]:
    return [f"{step.target}{'?' if step.approval else ''}" for step in made.steps]


def test_a_fresh_migration_has_every_phase_before_it():
    made = course()
    assert made.go == "shift"
    assert shown(made) == ["25", "50", "75?", "100"]
    assert made.found == BEFORE
    assert made.switchover
    assert not made.resumed
    assert made.why == "from 0 % to 100 % in 4 phases, then the database"


def test_phases_at_or_below_the_present_share_are_over():
    assert shown(course(there=present(50))) == ["75?", "100"]
    uneven = present(weights={"source": 200, "target": 100})  # 33.3 %
    made = course(there=uneven)
    assert shown(made) == ["50", "75?", "100"]
    assert made.found.weights == {"source": 200, "target": 100}


@given(phases=RISING, approve=st.lists(st.integers(1, 100), unique=True), share=st.integers(0, 100))
def test_steps_rise_to_at_most_100_and_leave_the_rest_to_the_source(phases, approve, share):
    made = course(request(phases=phases, approve_phases=approve), there=present(share))
    targets = [step.target for step in made.steps]
    assert targets == [phase for phase in phases if phase > share]
    assert all(step.source == 100 - step.target for step in made.steps)
    assert made.go == ("shift" if targets else "ask_switchover" if share == 100 else "finished")


@given(
    phases=RISING,
    approve=st.lists(st.integers(1, 100), unique=True),
    share=st.integers(0, 99),
    phase=st.integers(0, 100),
    stage=st.sampled_from(["shifting", "held", "shifted", "none"]),
)
def test_no_share_that_needs_a_person_is_reached_or_passed_without_asking(
    phases, approve, share, phase, stage
):
    made = course(
        request(phases=phases, approve_phases=approve), checkpoint(stage, phase), there=present(share)
    )
    before = share
    for step in made.steps:
        assert step.approval or not any(before < asked <= step.target for asked in approve)
        before = max(before, step.target)
    assert [step.target for step in made.steps] == sorted({step.target for step in made.steps})


def test_an_approval_between_two_phases_is_asked_for_before_the_next_one():
    assert shown(course(request(phases=[50, 100], approve_phases=[75]))) == ["50", "100?"]


@pytest.mark.parametrize(
    ("keys", "writer", "follows"),
    [
        ({}, SOURCE, True),
        ({}, TARGET, False),
        ({"switchover": False}, SOURCE, False),
        ({"phases": [25, 50]}, SOURCE, False),
    ],
)
def test_the_database_follows_only_to_where_all_the_traffic_is(keys, writer, follows):
    assert course(request(**keys), there=present(writer=writer)).switchover is follows


def test_with_all_the_traffic_there_the_switchover_is_asked_about():
    made = course(there=present(100))
    assert (made.go, made.steps, made.switchover) == ("ask_switchover", (), True)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (request(), present(100, TARGET)),
        (request(switchover=False), present(100)),
        (request(phases=[25]), present(50)),
        (request("switchover"), present(100, TARGET)),
    ],
)
def test_nothing_is_done_when_nothing_remains(asked, there):
    made = course(asked, there=there)
    assert (made.go, made.steps, made.switchover) == ("finished", (), False)


@pytest.mark.parametrize("stage", ["shifting", "held", "shifted"])
def test_an_unfinished_migration_does_its_phase_again_and_returns_to_what_was_found_first(stage):
    made = course(reached=checkpoint(stage, 50), there=present(50))
    assert shown(made) == ["50", "75?", "100"]
    assert made.found == BEFORE
    assert made.resumed
    assert made.why == "resumed: from 50 % to 100 % in 3 phases, then the database"


def test_a_phase_that_is_done_again_is_asked_about_again():
    assert shown(course(reached=checkpoint("held", 75), there=present(50))) == ["75?", "100"]
    assert shown(course(reached=checkpoint("shifting", 75), there=present(75))) == ["75?", "100"]


def test_a_phase_that_the_input_does_not_have_is_done_again_all_the_same():
    asked = request(phases=[30, 60, 100], approve_phases=[])
    assert shown(course(asked, checkpoint("shifting", 50), present(25))) == ["50", "60", "100"]


def test_nobody_gets_more_traffic_moved_than_asked_for_because_of_an_earlier_execution():
    asked = request(phases=[25, 50], approve_phases=[])
    assert shown(course(asked, checkpoint("held", 75), present(25))) == ["50"]


def test_without_a_phase_in_the_checkpoint_the_present_share_decides():
    made = course(reached=checkpoint("held"), there=present(25))
    assert shown(made) == ["50", "75?", "100"]
    assert made.resumed


@pytest.mark.parametrize("writer", [SOURCE, TARGET, ""])
@pytest.mark.parametrize("action", ["migrate", "switchover"])
def test_an_approved_switchover_is_finished_without_asking_again(action, writer):
    there = present(100, writer, changing=True)
    made = course(request(action), checkpoint("switching", 100), there)
    assert (made.go, made.found, made.resumed, made.switchover) == ("switchover", BEFORE, True, True)


def test_the_switchover_that_an_operator_types_is_judged_first_even_after_a_hold():
    for stage in ("none", "held", "shifted"):
        made = course(request("switchover"), checkpoint(stage, 100), present(100))
        assert (made.go, made.switchover, made.resumed) == ("switchover", True, False)
        assert made.found.weights["target"] == (100 if stage == "none" else 0)


def test_the_switchover_waits_for_all_the_traffic():
    assert refusal(request("switchover"), there=present(99, TARGET)) == [
        "the target has 99 % of the traffic: the database follows when it has 100 %"
    ]


@pytest.mark.parametrize("stage", ["shifting", "held", "shifted", "switching", "moved", "rolling-back"])
def test_a_rollback_returns_to_what_was_found(stage):
    broken = present(writer="", changing=True, weights={"source": 0, "target": 0})
    for there in (present(50), broken):
        made = course(request("rollback"), checkpoint(stage, 50), there)
        assert (made.go, made.found, made.resumed) == ("rollback", BEFORE, True)


@pytest.mark.parametrize("action", ["migrate", "switchover", "rollback"])
def test_a_rollback_that_was_begun_is_finished_first(action):
    made = course(request(action), checkpoint("rolling-back"), present(50))
    assert made.go == "rollback"
    assert ("asked for" in made.why) is (action == "rollback")


@pytest.mark.parametrize("stage", ["none", "rolled-back"])
def test_nothing_begun_is_nothing_to_roll_back(stage):
    assert refusal(request("rollback"), checkpoint(stage)) == [
        f"there is nothing to roll back: the checkpoint is at {stage}"
    ]


@pytest.mark.parametrize("stage", ["none", "moved", "rolled-back"])
def test_a_fresh_migration_returns_to_what_is_now(stage):
    made = course(reached=checkpoint(stage, 100), there=present(25))
    assert made.found == Found(weights={"source": 75, "target": 25}, writer=SOURCE)
    assert not made.resumed
    assert shown(made) == ["50", "75?", "100"]


def test_every_reason_against_beginning_is_said():
    broken = present(writer="", changing=True, weights={"source": 0, "target": 0})
    reasons = refusal(request("switchover"), there=broken)
    parts = ["nobody writes", "both weights are 0", CHANGING, "the target has 0 % of the traffic"]
    assert len(reasons) == len(parts)
    assert all(part in reason for part, reason in zip(parts, reasons, strict=True))
    assert refusal(request(), checkpoint("held", 50), broken) == reasons[:3]


@given(
    stage=st.sampled_from(STAGES),
    action=st.sampled_from(["migrate", "rollback", "switchover"]),
    share=st.integers(0, 100),
    writer=st.sampled_from([SOURCE, TARGET, ""]),
    changing=st.booleans(),
)
def test_whatever_there_is_the_course_is_safe(stage, action, share, writer, changing):
    there = replace(present(share, writer), changing=changing)
    try:
        made = course(request(action), checkpoint(stage, 50), there)
    except InputRefused:
        assert action == "rollback" or changing or not writer or share < 100
        return
    if made.go in {"ask_switchover", "switchover"}:
        assert share == 100 or stage == "switching"
    if made.go == "shift":
        assert writer
        assert not changing
    assert (made.go == "rollback") == (stage == "rolling-back" or action == "rollback")
