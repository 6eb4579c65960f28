"""An execution that is killed in any state: the same action, started again, ends in the same state.

The states are those of the definition, on each action's way through it.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.modules.failover_machine.example import STOPS
from tests.recovery_miniature import AWAY, HOME
from tests.selection import few_of

#: Action -> where the writer is afterwards, whether the primary is pinned, and what the checkpoint says.
AFTERWARDS = {
    "failover": (AWAY, True, "failed-over"),
    "switchover": (AWAY, True, "switched-over"),
    "failback": (HOME, False, "failed-back"),
}
EVERY = [(action, state) for action, states in STOPS.items() for state in states]


@pytest.mark.parametrize(("action", "state"), few_of(EVERY, usual=EVERY[::3]))
def test_killed_anywhere_it_ends_the_same_when_it_is_started_again(standby, action, state):
    mini = standby.mini
    if action == "failback":
        mini.stand_away()
    if action == "failover":
        standby.lose_home()
    mini.accept("before")
    first = mini.start(action)
    mini.reached(first, state)
    mini.kill(first)
    assert mini.ended(first)["status"] in {"ABORTED", "SUCCEEDED"}
    # killed in its last moments it may have said that it is done
    done = mini.checkpoint()["stage"] == AFTERWARDS[action][2]
    mini.accept("between")
    second = mini.ended(mini.start(action))
    if done:
        assert "nothing to do" in second["cause"]
    else:
        assert json.loads(second["output"])["outcome"] == AFTERWARDS[action][2], second
    assert (mini.writer(), mini.pinned(), mini.checkpoint()["stage"]) == AFTERWARDS[action]
    mini.accept("after")
    # what was accepted is in the database or waits, and is nowhere twice
    rows = Counter(mini.rows())
    assert set(rows.values()) == {1}
    assert set(rows) == {"before"} | ({"between"} if not done else set())
    assert mini.waiting() == (2 if done else 1)
