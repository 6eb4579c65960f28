"""The intents: what was accepted while nobody could write goes into the database of the new writer.

Before a failback what waits goes into the standby's database first, so that little waits while it moves.
After every move it is drained twice: at once, and when everybody has heard of the new writer, because
until then a service whose connections lead to the old one goes on accepting intents.
"""

from __future__ import annotations

from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.records import at, doing, notify, stuck
from modules.machine.states import States, choice, function, js, reason, retry, wait, when

#: Calls of the drain in a row, of five minutes each, before a person looks why it does not come to its end.
ROUNDS = 60
#: A table or a database that does not answer for a minute and a half.
_ATTEMPTS = 8


def draining(inputs: FailoverMachineInputs) -> States:
    """Return the states that drain after the move, and what follows."""
    return {
        "Intents": choice(
            when("$plan.data_api", "CheckpointDrain"),
            default="Returns",
            assign={
                "why": js(
                    "$append($why, 'the intents wait: without RDS Data API something else has to bring "
                    "them in')"
                )
            },
        ),
        "CheckpointDrain": doing(inputs, "'Drain'", then="Drain"),
        **_drain(inputs, ("Drain", "Drained"), "$plan.target", then="NotifyDrained"),
        "NotifyDrained": notify(inputs, "drained", then="Returns"),
        "Returns": choice(
            when("$plan.action = 'failback'", "CheckpointUnpin"),
            when("$plan.data_api", "WaitForStragglers"),
            default="CheckpointDone",
        ),
        "WaitForStragglers": wait("$plan.dns_seconds", "Stragglers"),
        "Stragglers": choice(when("$plan.data_api", "DrainStragglers"), default="CheckpointDone"),
        **_drain(inputs, ("DrainStragglers", "DrainedStragglers"), "$plan.target", then="CheckpointDone"),
    }


def draining_away(inputs: FailoverMachineInputs) -> States:
    """Return the states that drain into the standby before the writer leaves it."""
    return _drain(inputs, ("DrainAway", "DrainedAway"), f"'{inputs.away}'", then="CheckpointMove")


def _drain(inputs: FailoverMachineInputs, names: tuple[str, str], region: str, *, then: str) -> States:
    """Return the states that call the drain until nothing else waits; `region` (JSONata) writes."""
    report = "$states.result.Payload"
    name, drained = names
    task = function(
        inputs.drain_function_arn,
        {"action": "drain", "region": js(region)},
        then=drained,
        assign={
            # What the database refuses is tried by each call anew: only the last one counts it.
            "drained": js(
                f"{{'drained': $drained.drained + {report}.drained, "
                f"'already_there': $drained.already_there + {report}.already_there, "
                f"'failed': {report}.failed}}"
            ),
            "done": js(f"{report}.done"),
            "rounds": js("$rounds + 1"),
            **at(name),
        },
        catchers=[stuck(name, "the intents could not be drained")],
        attempts=6,
        seconds=inputs.drain_seconds,
    )
    task["Retry"].append(
        retry(["States.TaskFailed", "States.Timeout"], seconds=2, attempts=_ATTEMPTS, most_seconds=20)
    )
    return {
        name: task,
        drained: choice(
            when("$done", then, assign={"rounds": 0}),
            when(f"$rounds < {ROUNDS}", name),
            default="CheckpointStuck",
            assign=reason(f"'the drain did not come to its end in {ROUNDS} rounds'"),
        ),
    }
