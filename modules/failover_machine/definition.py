"""The whole machine: its parts put together, in the order in which an execution goes through them."""

from __future__ import annotations

from typing import Any

from modules.failover_machine.begin import begin
from modules.failover_machine.draining import draining, draining_away
from modules.failover_machine.ending import ending
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.traffic import pinning, unpinning
from modules.failover_machine.writer import writer
from modules.machine.states import States

_PARTS = (begin, draining_away, pinning, writer, draining, unpinning, ending)


def definition(inputs: FailoverMachineInputs) -> dict[str, Any]:
    """Return the Amazon States Language document."""
    states: States = {name: state for part in _PARTS for name, state in part(inputs).items()}
    return {
        "Comment": f"Moves the writer and the traffic from {inputs.home} to {inputs.away}, and back",
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "States": states,
    }
