"""B7: what holds for every state of the machine, and for every way through it."""

from __future__ import annotations

import json
from typing import Any

import jsonata
import networkx as nx
import pytest

from tests.modules.failover_machine.example import ACTIONS, ENDS, INPUTS, MACHINE, STATES, STOPS, way
from tests.modules.machine.example import expressions, graph, unassigned, variables, ways
from tests.tools import asl_problems

TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
TELLS = [name for name in TASKS if STATES[name]["Resource"].endswith("sns:publish")]
#: How long a task and all of its attempts may take, in seconds, before somebody hears of it.
LONGEST = 3600


GRAPH = graph(STATES)


def test_every_way_leads_to_a_state_and_every_state_is_reached():
    assert set(GRAPH) == set(STATES)
    assert set(STATES) == {"Begin"} | nx.descendants(GRAPH, "Begin")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_retries_what_passes_and_catches_the_rest(name):
    task = STATES[name]
    assert any("States.TaskFailed" in retrier["ErrorEquals"] for retrier in task["Retry"])
    assert any("States.Timeout" in retrier["ErrorEquals"] for retrier in task["Retry"])
    assert any("States.ALL" in catcher["ErrorEquals"] for catcher in task["Catch"])


@pytest.mark.parametrize("name", TASKS)
def test_no_task_hangs(name):
    task = STATES[name]
    attempts = 1 + max(retrier["MaxAttempts"] for retrier in task["Retry"])
    pauses = sum(retrier["MaxAttempts"] * retrier["MaxDelaySeconds"] for retrier in task["Retry"])
    assert attempts * task["TimeoutSeconds"] + pauses <= LONGEST


def test_the_end_is_reached_from_everywhere():
    for name in STATES:
        assert {name, *nx.descendants(GRAPH, name)} & ENDS


def test_every_loop_has_a_wait_or_a_count_that_ends_it():
    for loop in nx.simple_cycles(GRAPH):
        conditions = [rule["Condition"] for name in loop for rule in STATES[name].get("Choices", [])]
        counted = any(word in text for text in conditions for word in ("$polls <", "$rounds <", "$asks <"))
        assert counted or "LetFunctionsEnd" in loop, loop


def test_nothing_goes_back_by_itself():
    """What moves the writer or the traffic back is behind `failback` only."""
    forward = {action: way(action) for action in ACTIONS}
    assert "Unpin" not in forward["failover"] + forward["switchover"]
    assert "Pin" not in forward["failback"]
    after_a_failure = {"CheckpointStuck", *nx.descendants(GRAPH, "CheckpointStuck")}
    assert after_a_failure == {"CheckpointStuck", "NotifyStuck", "Stuck"}


def test_a_deed_that_cannot_be_done_is_written_down_and_told_and_ends_there():
    others = {"Begin": "NotifyRefused", "CheckpointBegun": "NotifyRefused", "Observe": "Unseen"}
    for name in TASKS:
        (fatal,) = {then for then, _, failed in ways(STATES[name]) if failed}
        if STATES[name]["Resource"].endswith("lambda:invoke"):
            assert fatal == others.get(name, "CheckpointStuck"), name
        elif name in TELLS:
            assert fatal == STATES[name]["Next"], name


def test_a_checkpoint_on_the_way_holds_up_nothing_but_the_first_and_the_last_one_do():
    writes = [name for name in TASKS if "ssm:putParameter" in STATES[name]["Resource"]]
    fatal = {name: STATES[name]["Catch"][0]["Next"] for name in writes}
    assert fatal.pop("CheckpointBegun") == "NotifyRefused"
    assert fatal.pop("CheckpointDone") == "NotifyStuck"
    assert fatal == {name: STATES[name]["Next"] for name in fatal}
    assert len(fatal) >= 5


def test_the_order_is_pin_then_writer_then_canary_then_intents():
    for action, order in (
        ("failover", ["Pin", "Promote", "Canary", "Drain"]),
        ("switchover", ["Pin", "WaitForDns", "Switch", "Canary", "Drain"]),
        ("failback", ["DrainAway", "Switch", "Canary", "Drain", "Unpin"]),
    ):
        assert [name for name in way(action) if name in order] == order


def test_what_is_on_no_way_is_what_happens_when_something_is_wrong():
    on = {name for action in ACTIONS for name in way(action)}
    assert STATES.keys() - on == {
        "LetFunctionsEnd",
        "NotifyRefused",
        "Refused",
        "Unseen",
        "CheckpointStuck",
        "NotifyStuck",
        "Stuck",
    }
    assert all(len(states) >= 12 for states in STOPS.values())


def test_nothing_is_asked_of_the_primary_region_by_the_machine_itself():
    text = json.dumps(STATES)
    assert "us-east-1" not in text
    assert "route53" not in text.lower()


def test_every_variable_has_a_value_on_every_way_to_where_it_is_read():
    assert unassigned(STATES) == {}
    assert {"plan", "writer", "observed", "polls", "fencing", "drained"} <= variables(MACHINE)


def test_the_expressions_are_jsonata():
    for text in expressions(MACHINE):
        jsonata.Jsonata(text)


def test_terraform_takes_no_part_of_the_definition_for_its_own_language():
    text = json.dumps(MACHINE)
    assert "${" not in text
    assert "%{" not in text


def test_it_fits_into_step_functions():
    assert len(json.dumps(MACHINE)) < 1_000_000
    assert all(len(name) <= 80 for name in STATES)


def test_two_opening_braces_never_get_into_the_checkpoint():
    (value,) = expressions(STATES["CheckpointStuck"]["Arguments"]["Value"])
    known = {
        "states": {"context": {"Execution": {"Id": "arn"}}},
        "plan": {"doing": "failing-over", "lag_ms": 1.5},
        "fencing": {"traffic": "pinned"},
        "drained": {},
        "step": "Drain",
        "reasons": ["a {{template}}", "x" * 1000],
    }
    expression = jsonata.Jsonata(value)
    expression.register_lambda("now", lambda: "2026-01-01T00:00:00Z")
    document = json.loads(expression.evaluate(None, known))
    assert document["why"].startswith("a { {template}}; xxx")
    assert len(document["why"]) <= 610
    assert (document["stage"], document["step"], document["lag_ms"]) == ("failing-over", "Drain", 1.5)


STUCK: dict[str, Any] = {
    "reasons": ["it broke"],
    "step": "Promote",
    "writer": "us-east-1",
    "fencing": {"traffic": "pinned"},
    "plan": {"action": "failover", "accept_data_loss": True, "target": "us-west-2"},
}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (STUCK, f"invoke failover.failover --accept-data-loss {INPUTS.env_options} goes on"),
        # promoted: nothing is left to be accepted
        (
            STUCK | {"writer": "us-west-2", "step": "Drain"},
            f"invoke failover.failover {INPUTS.env_options} goes on",
        ),
        (
            STUCK | {"plan": STUCK["plan"] | {"accept_data_loss": False}},
            f"invoke failover.failover {INPUTS.env_options} goes on",
        ),
        (
            STUCK | {"plan": {"action": "switchover", "accept_data_loss": True, "target": "us-west-2"}},
            f"invoke failover.switchover {INPUTS.env_options} goes on; if the other region is lost, "
            f"invoke failover.failover {INPUTS.env_options} takes over",
        ),
    ],
)
def test_the_command_that_is_next_can_be_run_as_it_is_said(known: dict[str, Any], said: str):
    (cause,) = expressions(STATES["Stuck"]["Cause"])
    assert jsonata.Jsonata(cause).evaluate(None, known).endswith(f". Next: {said}")


def test_a_validator_of_somebody_else_accepts_it():
    assert asl_problems(MACHINE) == []
    broken = {**MACHINE, "States": {**STATES, "Drain": {**STATES["Drain"], "Next": "Nowhere"}}}
    assert asl_problems(broken)
