"""B7: the primary region is lost, and the standby takes over without asking it anything."""

import json

import pytest

from tests.recovery_miniature import ACTOR, AWAY, HOME

EVENTS = ["started", "pinned", "promoted", "drained"]


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_the_standby_takes_over_and_asks_nothing_of_the_region_that_is_lost(standby, mode):
    mini = standby.mini
    mini.accept("before-1", "before-2")
    standby.lose_home(mode)
    execution = mini.start("failover")
    mini.reached(execution, "Promote")
    mini.accept("during")
    ended = mini.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    assert standby.calls_home() == []
    assert (mini.writer(), mini.pinned()) == (AWAY, True)
    assert mini.rows() == ["before-1", "before-2", "during"]
    assert mini.waiting() == 0
    assert mini.canaries() == [execution]
    output = json.loads(ended["output"])
    assert output["outcome"] == "failed-over"
    print(output)
    assert standby.told() == [*EVENTS, "failed-over"]
