"""The whole machine: its parts put together, in the order in which an execution goes through them."""

from __future__ import annotations

from typing import Any

from modules.machine.begin import begin
from modules.machine.gate import gate
from modules.machine.inputs import MachineInputs
from modules.machine.rollback import rollback
from modules.machine.shifting import shifting
from modules.machine.states import States
from modules.machine.switchover import switchover


def definition(inputs: MachineInputs) -> dict[str, Any]:
    """Return the Amazon States Language document. Raises ValueError when two parts use one state's name."""
    states: States = {}
    for part in (begin, shifting, gate, switchover, rollback):
        made = part(inputs)
        twice = sorted(states.keys() & made.keys())
        if twice:
            raise ValueError(f"states of two parts have the same name: {', '.join(twice)}")
        states.update(made)
    return {
        "Comment": f"Moves the platform from {inputs.source_region} to {inputs.target_region}",
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "States": states,
    }
