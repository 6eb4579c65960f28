"""The writer: asked to move, looked for until it has arrived, proved by a write."""

from __future__ import annotations

from modules.failover_machine.hands import hands
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.records import at, doing, notify, stuck
from modules.machine.states import Assign, States, catch, choice, js, only, reason, retry, wait, when

#: AWS: "typically within a few minutes", and no limit; after 15 minutes a person looks.
POLL_SECONDS = 5
POLLS = 180
#: Looks in a row at which nothing was under way although it was asked for: it was cancelled. Then it is
#: asked for again, ASKS times at most.
IDLE_POLLS = 6
ASKS = 3
#: Looks in a row at which one of two regions did not answer, with the move under way and without: a person
#: waits for this end before a failover can take over, so it comes soon.
LOST_POLLS, LOST_IDLE_POLLS = 6, 2
#: A switchover whose region is lost ends first: that is waited for some five minutes, nine at most.
_STILL_SECONDS, _STILL_MOST_SECONDS, _STILL_ATTEMPTS = 5, 15, 36
#: A new writer takes statements some seconds after it is reported.
_CANARY_ATTEMPTS = 8
#: Different engine patches, above all: Aurora user guide, "Performing manual failovers".
_REFUSED = "where AWS refuses it for good: the runbook, Failover by hand, Detach the standby instead"


def writer(inputs: FailoverMachineInputs) -> States:
    """Return the states from the checkpoint before the move to the canary's row."""
    looked = "$states.result.Payload"
    payload = {
        "action": "observe",
        "only": js("$plan.only"),
        "since": js("$plan.action = 'failover' ? $plan.began : ''"),
    }
    asked = {"asks": js("$asks + 1"), "idle": 0}
    promote = hands(
        inputs,
        {"action": "promote"},
        then="Observe",
        assign={**asked, **at("Promote")},
        failed=stuck("Promote", f"the failover could not be asked for ({_REFUSED})"),
        attempts=5,
    )
    switch = hands(
        inputs,
        {"action": "switch", "to": js("$plan.target")},
        then="Observe",
        assign={**asked, **at("Switch")},
        failed=stuck("Switch", "the switchover could not be asked for"),
        attempts=5,
    )
    still = retry(
        ["StillChanging"],
        seconds=_STILL_SECONDS,
        attempts=_STILL_ATTEMPTS,
        most_seconds=_STILL_MOST_SECONDS,
    )
    for task in (promote, switch):
        task["Retry"].insert(0, still)
    return {
        "CheckpointMove": doing(inputs, "$plan.action = 'failover' ? 'Promote' : 'Switch'", then="Move"),
        "Move": choice(when("$plan.action = 'failover'", "Promote"), default="Switch"),
        "Promote": promote,
        "Switch": switch,
        "Observe": hands(
            inputs,
            payload,
            then="Arrived",
            assign={
                "observed": js(looked),
                "reasons": [],
                "writer": js(f"{looked}.writer"),
                "fencing": js(f"$merge([$fencing, {{'writes': {looked}.fencing}}])"),
                "polls": js("$polls + 1"),
                "idle": js(f"({looked}.under_way or {looked}.writer = $plan.target) ? 0 : $idle + 1"),
                "lost": js(f"$count({looked}.unanswered) > 0 ? $lost + 1 : 0"),
            },
            failed=catch("Unseen", assign={**only("the database cannot be seen"), "polls": js("$polls + 1")}),
            attempts=2,
        ),
        "Unseen": choice(
            when(f"$polls < {POLLS}", "ObserveWait"), default="CheckpointStuck", assign=at("Observe")
        ),
        "Arrived": choice(
            when("$observed.writer_settled and $writer = $plan.target", "CheckpointMoved"),
            # A failover asks one region, and goes on asking it; in peace there is no reason to wait for one
            # that is lost.
            when(
                f"$plan.action != 'failover' and ($lost >= {LOST_POLLS} or "
                f"($lost >= {LOST_IDLE_POLLS} and $idle >= {LOST_IDLE_POLLS}))",
                "CheckpointStuck",
                assign=_waited(f"$join($observed.unanswered, ', ') & ' does not answer; {_WHERE}"),
            ),
            when(f"$idle >= {IDLE_POLLS} and $asks < {ASKS}", "Move", assign={"idle": 0}),
            when(
                f"$idle >= {IDLE_POLLS}",
                "CheckpointStuck",
                assign=_waited(f"'it was asked for ' & $asks & ' times, and nothing is under way; {_WHERE}"),
            ),
            when(f"$polls < {POLLS}", "ObserveWait"),
            default="CheckpointStuck",
            assign=_waited(f"'after ' & $polls & ' looks the writer has not arrived; {_WHERE}"),
        ),
        "ObserveWait": wait(POLL_SECONDS, "Observe"),
        "CheckpointMoved": doing(inputs, "'Canary'", then="NotifyPromoted"),
        "NotifyPromoted": notify(inputs, "promoted", then="Canary"),
        "Canary": hands(
            inputs,
            {
                "action": "canary",
                "region": js("$plan.target"),
                "execution": js("$states.context.Execution.Id"),
            },
            then="Intents",
            assign=at("Canary"),
            failed=stuck("Canary", "nothing could be written to the new writer"),
            attempts=_CANARY_ATTEMPTS,
        ),
    }


#: The end of a JSONata text: where the writer is.
_WHERE = "it writes in ' & ($writer = '' ? 'no single region' : $writer) & ', not in ' & $plan.target"


def _waited(text: str) -> Assign:
    return {**at("Observe"), **reason(text)}
