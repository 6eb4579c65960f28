"""What the function `writer` is asked to do. Both directions are built from these."""

from __future__ import annotations

from modules.machine.inputs import MachineInputs
from modules.machine.states import State, catch, function, js, only, retry

#: Planned for: 2 to 3 minutes. AWS names no limit; after 15 minutes we take it for stuck.
POLL_SECONDS = 5
POLLS = 180
#: When nothing is under way any more this long after it was asked for, the change was cancelled.
CANCELLED_POLLS = 12


def observe(inputs: MachineInputs, *, then: str, failed: str) -> State:
    """Return a task that looks where the writer is; a look that fails counts as one."""
    count = {"polls": js("$polls + 1")}
    return function(
        inputs.writer_function_arn,
        {"action": "observe"},
        then=then,
        assign={
            "observed": js("$states.result.Payload"),
            "writer": js("$states.result.Payload.writer"),
            **count,
        },
        catchers=[catch(failed, assign={**only("the writer cannot be seen"), **count})],
        attempts=6,
    )


def switch(inputs: MachineInputs, to: str, *, then: str, failed: State) -> State:
    """Return a task that asks for the switchover to a region (JSONata), in the present writer's region."""
    task = function(
        inputs.writer_function_arn,
        {"action": "switch", "to": js(to), "execution": js("$states.context.Execution.Id")},
        then=then,
        assign={"polls": 0, "switch_asked": True},
        catchers=[failed],
    )
    # Asking twice is harmless: the function looks first whether a change is under way.
    task["Retry"].append(retry(["WriterError"], seconds=3, attempts=4, most_seconds=15))
    return task


def resume(inputs: MachineInputs, *, then: str, failed: State) -> State:
    """Return a task that resumes writes, and tries more than once."""
    task = act(inputs, "resume", then=then, failed=failed)
    task["Retry"].append(retry(["WriterError"], seconds=2, attempts=4, most_seconds=10))
    return task


def act(inputs: MachineInputs, action: str, *, then: str, failed: State) -> State:
    """Return a task for one of the other actions: pause, resume."""
    return function(
        inputs.writer_function_arn,
        {"action": action, "execution": js("$states.context.Execution.Id")},
        then=then,
        assign={action: js("$states.result.Payload")},
        catchers=[failed],
    )


def canary(inputs: MachineInputs, region: str, *, then: str, failed: State, attempts: int) -> State:
    """Return a task that proves a write in a region (JSONata)."""
    task = act(inputs, "canary", then=then, failed=failed)
    task["Arguments"]["Payload"]["region"] = js(region)
    task["Retry"].append(retry(["WriterError"], seconds=5, attempts=attempts, most_seconds=15))
    return task
