"""The failover's machine of the documented example, and the ways through it when nothing goes wrong."""

from __future__ import annotations

from typing import Any

import jsonata

from modules.failover_machine.definition import definition
from modules.failover_machine.inputs import FailoverMachineInputs

FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:"
INPUTS = FailoverMachineInputs(
    home="us-east-1",
    away="us-west-2",
    failover_function_arn=f"{FUNCTION}failover",
    drain_function_arn=f"{FUNCTION}drain",
    drain_seconds=330,
    checkpoint_parameter="/failover/x1/checkpoint",
    topic_arn="arn:aws:sns:us-west-2:123456789012:alarms",
    env_options="--env disaster-recovery --suffix x1",
)
MACHINE = definition(INPUTS)
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
ENDS = {name for name, state in STATES.items() if state["Type"] in {"Succeed", "Fail"}}
ACTIONS = ("failover", "switchover", "failback")


def way(action: str) -> list[str]:
    """The states that an execution of an action goes through, as the definition has them.

    Its conditions are evaluated; the first look at the writer finds it on its way, the second arrived.
    """
    plan = {"action": action, "data_api": True, "moved": False, "under_way": False, "settle_seconds": 0}
    counters = dict.fromkeys(("polls", "idle", "lost", "asks", "rounds"), 0)
    known = {
        **counters,
        "plan": {**plan, "target": "there"},
        "reasons": [],
        "done": True,
        "writer": "here",
        "observed": {"writer_settled": True, "unanswered": []},
    }
    path = [MACHINE["StartAt"]]
    while path[-1] not in ENDS:
        state = STATES[path[-1]]
        if path[-1] == "ObserveWait":
            known["writer"] = "there"
        rules = [rule["Next"] for rule in state.get("Choices", []) if _holds(rule["Condition"], known)]
        path.append([*rules, state.get("Default", state.get("Next"))][0])
    return path


def _holds(condition: str, known: dict[str, Any]) -> bool:
    text = condition.removeprefix("{%").removesuffix("%}").strip()
    return jsonata.Jsonata(text).evaluate(None, known) is True


def _matters(state: dict[str, Any]) -> bool:
    """Whether something is done or waited for in a state; telling changes nothing."""
    return state["Type"] in {"Task", "Wait"} and not state.get("Resource", "").endswith("sns:publish")


#: Action -> the states on its way in which an execution may be killed and leave something half done.
STOPS = {
    action: [name for name in dict.fromkeys(way(action)) if _matters(STATES[name])] for action in ACTIONS
}
