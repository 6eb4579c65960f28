"""An execution that is killed anywhere is resumed by the next one, and still knows what was found."""

import json

import pytest

from tests.miniature import EU, US
from tests.selection import few_of

SHIFT = ["CheckpointPhase", "ShiftTraffic", "Bake", "Judge", "PhaseDone"]
SWITCH = [
    "CanaryBefore",
    "CheckpointSwitching",
    "PauseWrites",
    "SwitchWriter",
    "WriterObserve",
    "Canary",
    "BakeMoved",
]


@pytest.mark.parametrize(
    "state",
    few_of(
        ["Started", *SHIFT, "CheckpointShifted", "AwaitSwitchover"],
        usual=["ShiftTraffic", "Judge", "AwaitSwitchover"],
    ),
)
def test_killed_on_the_way_it_is_resumed(platform, state):
    mini = platform.mini
    execution = mini.start(phases=[50, 100])
    mini.reached(execution, state)
    mini.kill(execution)
    assert mini.ended(execution)["status"] == "ABORTED"
    ended = platform.finish(mini.start(phases=[50, 100]), "continue")
    assert json.loads(ended["output"])["outcome"] == "moved", ended
    assert (mini.weights(), mini.writer()) == ({"source": 0, "target": 100}, EU)
    assert mini.checkpoint()["found"] == {"weights": {"source": 100, "target": 0}, "writer": US}


@pytest.mark.parametrize("state", few_of(SWITCH, usual=["CheckpointSwitching", "SwitchWriter", "Canary"]))
def test_killed_in_the_switchover_it_is_finished_without_another_question(platform, state):
    mini = platform.mini
    execution = mini.start(phases=[100], bake_seconds=2)
    mini.answer(execution, "continue")
    mini.reached(execution, state)
    mini.kill(execution)
    # killed in the very moment of the checkpoint, it was or was not written
    approved = mini.checkpoint()["stage"] == "switching"
    again = mini.start(phases=[100], bake_seconds=1)
    if not approved:
        mini.answer(again, "continue")
    assert json.loads(mini.ended(again)["output"])["outcome"] == "moved"
    assert mini.pauses() == {US: 0, EU: 0}


@pytest.mark.parametrize(
    "state",
    few_of(
        ["Bake", "AwaitSwitchover", "PauseWrites", "WriterObserve", "BakeMoved"],
        usual=["Bake", "PauseWrites", "BakeMoved"],
    ),
)
def test_killed_anywhere_it_can_be_rolled_back(platform, state):
    mini = platform.mini
    execution = mini.start(phases=[50, 100], bake_seconds=1)
    if state not in {"Bake", "AwaitSwitchover"}:
        mini.answer(execution, "continue")
    mini.reached(execution, state)
    mini.kill(execution)
    ended = mini.ended(mini.start(action="rollback"))
    assert json.loads(ended["output"])["outcome"] == "rolled-back"
    assert (mini.weights(), mini.writer()) == ({"source": 100, "target": 0}, US)
    assert mini.pauses() == {US: 0, EU: 0}


def test_a_rollback_that_is_killed_is_finished_by_the_next_execution(platform):
    mini = platform.mini
    assert platform.finish(mini.start(phases=[100]), "continue")["status"] == "SUCCEEDED"
    execution = mini.start(action="rollback")
    mini.reached(execution, "RollbackSwitch")
    mini.kill(execution)
    ended = mini.ended(mini.start(action="rollback"))
    assert json.loads(ended["output"])["outcome"] == "rolled-back"
    assert (mini.weights(), mini.writer()) == ({"source": 100, "target": 0}, US)
    assert mini.pauses() == {US: 0, EU: 0}
