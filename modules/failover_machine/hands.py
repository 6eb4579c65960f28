"""Tasks that the function `failover` does. All of them may be done again."""

from __future__ import annotations

from modules.failover_machine.inputs import FailoverMachineInputs
from modules.machine.states import Assign, State, function, retry

#: The function is stopped after 60 s; Lambda may take some seconds to say so.
_SECONDS = 75


def hands(
    inputs: FailoverMachineInputs,
    payload: State,
    *,
    then: str,
    assign: Assign,
    failed: State,
    attempts: int,
) -> State:
    """Return a task that asks the function for something, and asks again what does not succeed.

    `attempts` is how often; the pauses between them double from a second to fifteen.
    """
    task = function(
        inputs.failover_function_arn,
        payload,
        then=then,
        assign=assign,
        catchers=[failed],
        attempts=6,
        seconds=_SECONDS,
    )
    task["Retry"].append(
        retry(["States.TaskFailed", "States.Timeout"], seconds=1, attempts=attempts, most_seconds=15)
    )
    return task
