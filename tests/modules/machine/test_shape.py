"""A7: what holds for every state of the machine, and for every way through it."""

import json

import networkx as nx
import pytest

from modules.machine import definition as whole
from tests.modules.machine.example import (
    ENDS,
    MACHINE,
    STATES,
    expressions,
    graph,
    unassigned,
    variables,
    ways,
)
from tests.tools import asl_problems

TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
GRAPH = graph(STATES)


def test_every_way_leads_to_a_state_and_every_state_is_reached():
    assert set(GRAPH) == set(STATES)
    assert set(STATES) == {"Begin"} | nx.descendants(GRAPH, "Begin")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_retries_what_passes_and_catches_the_rest(name):
    task = STATES[name]
    assert task["Retry"]
    assert task["TimeoutSeconds"]
    assert any("States.ALL" in catcher["ErrorEquals"] for catcher in task["Catch"])


def test_the_end_is_reached_from_everywhere():
    for name in STATES:
        assert {name, *nx.descendants(GRAPH, name)} & ENDS


def test_a_failure_of_any_state_after_the_beginning_can_be_rolled_back():
    before = {"Begin", "Refused", "NotBegun", "Direction", "Finished"}
    back = {"RollBack", *nx.descendants(GRAPH, "RollBack")}
    after_success = {"NotifyShifted", "Shifted", "CheckpointMoved", "NotifyMoved", "Moved"}
    # what ends an execution with everything left as it is; the next execution resumes or rolls back
    holds = {"Hold", "CheckpointHeld", "NotifyHeld", "Held", "NotifyStuck", "WritesStillPaused"}
    for name in STATES.keys() - before - back - after_success - holds:
        assert "RollBack" in nx.descendants(GRAPH, name), name


def test_a_task_that_fails_for_good_goes_the_way_back_or_to_who_decides():
    """A message that is lost stops nothing; every other failure has one of these ways."""
    back = {"RollBack", *nx.descendants(GRAPH, "RollBack")}
    ways_out = {"RollBack", "Refused", "NotBegun", "GateFailed", "WriterUnseen", "Hold"}
    for name in TASKS:
        success, *_ = (then for then, _, failed in ways(STATES[name]) if not failed)
        fatal = {then for then, _, failed in ways(STATES[name]) if failed}
        if STATES[name]["Resource"].endswith("sns:publish"):
            assert fatal == {success}, name
        elif name in back:
            assert fatal <= back, name
        else:
            assert fatal <= {*ways_out, "InconclusiveUnanswered", "NotifyStuck", "NotifyHeld"}, name


def test_every_variable_has_a_value_on_every_way_to_where_it_is_read():
    assert unassigned(STATES) == {}


def test_the_variables_read_are_found_by_this_test_at_all():
    assert {"plan", "writer", "observed", "polls", "reasons"} <= variables(MACHINE)
    assert variables("{% $count($x_y) + $states.input.a %}") == {"x_y"}


def test_the_expressions_are_jsonata():
    import jsonata

    for text in expressions(MACHINE):
        jsonata.Jsonata(text)
    with pytest.raises(Exception, match="Expected"):
        jsonata.Jsonata("$append($reasons, ['x'")


def test_terraform_takes_no_part_of_the_definition_for_its_own_language():
    text = json.dumps(MACHINE)
    assert "${" not in text
    assert "%{" not in text


def test_it_fits_into_step_functions():
    assert len(json.dumps(MACHINE)) < 1_000_000
    assert all(len(name) <= 80 for name in STATES)


def test_two_parts_with_a_state_of_the_same_name_are_refused(monkeypatch):
    from tests.modules.machine.example import INPUTS

    monkeypatch.setattr(whole, "gate", whole.begin)
    with pytest.raises(ValueError, match="same name: Begin, Direction"):
        whole.definition(INPUTS)


def test_a_validator_of_somebody_else_accepts_it():
    assert asl_problems(MACHINE) == []


def test_that_validator_would_refuse_it_with_a_state_that_is_not_there():
    broken = {**MACHINE, "States": {**STATES, "PhaseDone": {**STATES["PhaseDone"], "Next": "Nowhere"}}}
    assert asl_problems(broken)
