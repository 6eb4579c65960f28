"""How an execution begins: it looks, is refused or goes on, and says so."""

from __future__ import annotations

from modules.failover_machine.hands import hands
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.records import checkpoint, notify
from modules.machine.states import CAUSE, States, because, catch, choice, fail, js, retry, wait, when

#: The execution's own: this state is entered a second time with another state's output.
_INPUT = "$states.context.Execution.Input"
_NOTHING_DRAINED = {"drained": 0, "already_there": 0, "failed": 0}


def begin(inputs: FailoverMachineInputs) -> States:
    """Return the states up to the first deed: nothing is changed before `CheckpointBegun` is written."""
    looked = "$states.result.Payload"
    counters = {"polls": 0, "idle": 0, "lost": 0, "asks": 0, "rounds": 0}
    unknown = {
        # of an input that could not even be looked at
        "plan": {"action": js(f"$exists({_INPUT}.action) ? $string({_INPUT}.action) : ''")},
        "writer": "",
        "fencing": {"traffic": "unknown", "writes": "unknown"},
        "drained": _NOTHING_DRAINED,
        "why": [],
        "reasons": js(f"[{CAUSE}]"),
        "step": "Begin",
    }
    task = hands(
        inputs,
        {
            "action": "look",
            "input": js(_INPUT),
            "execution": js("$states.context.Execution.Id"),
            "machine": js("$states.context.StateMachine.Id"),
        },
        then="Direction",
        assign={
            "plan": js(looked),
            "writer": js(f"{looked}.writer"),
            "fencing": js(f"{looked}.fencing"),
            "drained": js(f"{looked}.drained"),
            "why": js(f"[{looked}.why]"),
            "reasons": js(f"{looked}.refusals"),
            "step": "Begin",
            **counters,
        },
        failed=catch("NotifyRefused", assign=unknown),
        attempts=4,
    )
    # The list of running executions may still have one that has just ended.
    task["Retry"].insert(0, retry(["AnotherRuns"], seconds=2, attempts=4, most_seconds=8))
    return {
        "Begin": task,
        "Direction": choice(
            when("$count($reasons) > 0", "NotifyRefused"),
            # A function that outlives its stopped execution may still do the opposite.
            when("$plan.settle_seconds > 0", "LetFunctionsEnd"),
            default="CheckpointBegun",
        ),
        "LetFunctionsEnd": wait("$plan.settle_seconds", "Begin"),
        "NotifyRefused": notify(inputs, "refused", then="Refused"),
        "Refused": fail("FailoverRefused"),
        # What nobody could resume must not begin.
        "CheckpointBegun": checkpoint(
            inputs,
            "$plan.doing",
            "$plan.action = 'failback' ? 'DrainAway' : 'Pin'",
            then="NotifyStarted",
            failed=catch(
                "NotifyRefused",
                assign=because("nothing was changed, because the checkpoint could not be written"),
            ),
        ),
        "NotifyStarted": notify(inputs, "started", then="First"),
        "First": choice(
            when("$plan.action != 'failback'", "Pin"),
            # Where the writer has left, the standby takes no intents any more.
            when("$plan.moved or $plan.under_way or $not($plan.data_api)", "CheckpointMove"),
            default="DrainAway",
        ),
    }
