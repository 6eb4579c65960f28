"""The traffic shift: for each phase a checkpoint, the weights, the wait, and the gate's verdict."""

from __future__ import annotations

from modules.machine import traffic
from modules.machine.inputs import MachineInputs
from modules.machine.records import answered, checkpoint, notify, question, succeeded
from modules.machine.states import States, assign, choice, js, wait, when


def shifting(inputs: MachineInputs) -> States:
    """Return the states of the phases, and what comes after the last one."""
    fresh = {
        "step": js("$plan.steps[$index]"),
        "scope": "shift",
        "reasons": [],
        "errors": 0,
        "failures": 0,
        "inconclusives": 0,
    }
    return {
        "NextPhase": choice(
            when("$index < $count($plan.steps)", "PhaseApproval", assign=fresh),
            default="CheckpointShifted",
        ),
        "PhaseApproval": choice(when("$step.approval", "AskPhase"), default="CheckpointPhase"),
        **question(
            inputs, "Phase", "phase", answers=[answered("continue", "CheckpointPhase")], unanswered="Hold"
        ),
        # The intent is written before the deed: whoever resumes does this phase again.
        "CheckpointPhase": checkpoint(inputs, "shifting", then="ShiftTraffic"),
        **traffic.shift(inputs, "Shift", weights="$step", then="Bake", failed="RollBack"),
        "Bake": wait("$plan.bake_seconds", "Judge"),
        "PhasePassed": notify(inputs, "phase-passed", then="PhaseDone"),
        "PhaseDone": assign({"index": js("$index + 1")}, "NextPhase"),
        "CheckpointShifted": checkpoint(inputs, "shifted", then="SwitchoverWanted"),
        "SwitchoverWanted": choice(
            when(
                f"$plan.switchover and $weights.source = 0 and $writer != '{inputs.target_region}'",
                "AskSwitchover",
                assign={"reasons": []},
            ),
            default="NotifyShifted",
        ),
        "NotifyShifted": notify(inputs, "shifted", then="Shifted"),
        "Shifted": succeeded("shifted"),
    }
