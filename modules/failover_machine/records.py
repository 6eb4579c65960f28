"""What the machine writes down and tells, and how it ends when a step cannot be done.

The checkpoint is written before each deed. Only the first and the last one have to be written; one on the
way that is lost must not hold up a failover: where the writer and the pin are can be seen.
"""

from __future__ import annotations

from modules.failover_machine.inputs import FailoverMachineInputs
from modules.machine.states import Assign, State, because, catch
from modules.machine.tasks import publish, put_parameter

_EXECUTION = "$states.context.Execution.Id"
#: Each call answers within a second; a service that does not must not hold up the next step for long.
_CALL_SECONDS = 5
_CHECKPOINT_ATTEMPTS, _MESSAGE_ATTEMPTS = 3, 1


def checkpoint(
    inputs: FailoverMachineInputs,
    stage: str,
    step: str,
    *,
    then: str,
    failed: State | None = None,
    why: str = "''",
) -> State:
    """Return a task that writes the checkpoint; `stage`, `step` and `why` are JSONata.

    `why` is empty but for an execution that ends without having finished. Without `failed` a checkpoint
    that cannot be written changes nothing.
    """
    # Parameter Store refuses two opening braces in a row (API reference, PutParameter: Value).
    said = f"$replace($substring({why}, 0, 600), '{{{{', '{{ {{')"
    document = (
        f"{{'stage': {stage}, 'step': ({step}), 'execution': {_EXECUTION}, 'at': $now(), "
        "'began': $plan.began, 'requested_by': $plan.requested_by, 'reason': $plan.reason, "
        "'accept_data_loss': $plan.accept_data_loss, 'lag_ms': $plan.lag_ms, 'lag_at': $plan.lag_at, "
        f"'writer_before': $plan.writer_before, 'fencing': $fencing, 'drained': $drained, 'why': {said}}}"
    )
    return put_parameter(
        inputs.checkpoint_parameter,
        document,
        then=then,
        failed=failed or catch(then),
        seconds=_CALL_SECONDS,
        attempts=_CHECKPOINT_ATTEMPTS,
    )


def doing(inputs: FailoverMachineInputs, step: str, *, then: str) -> State:
    """Return the checkpoint before a deed (JSONata: the name of its state)."""
    return checkpoint(inputs, "$plan.doing", step, then=then)


def notify(inputs: FailoverMachineInputs, event: str, *, then: str, name: str | None = None) -> State:
    """Return a task that tells what happens; a message that is lost stops nothing.

    `name` is JSONata for the event where it is not `event` in all executions.
    """
    document = (
        f"{{'event': {name or repr(event)}, 'action': $plan.action, 'execution': {_EXECUTION}, "
        "'step': $step, 'writer': $writer, 'lag_ms': $plan.lag_ms, 'lag_at': $plan.lag_at, "
        "'fencing': $fencing, 'drained': $drained, 'requested_by': $plan.requested_by, "
        "'reason': $plan.reason, 'why': $why, 'reasons': $reasons, 'at': $now()}"
    )
    return publish(
        inputs.topic_arn,
        f"Failover: {event}",
        document,
        then=then,
        seconds=_CALL_SECONDS,
        attempts=_MESSAGE_ATTEMPTS,
    )


def stuck(step: str, what: str) -> State:
    """Return the catcher of a deed that cannot be done: it is written down and told; nothing goes back."""
    return catch("CheckpointStuck", assign={**at(step), **because(what)})


def at(step: str) -> Assign:
    """Return what says which step an execution is at."""
    return {"step": step}
