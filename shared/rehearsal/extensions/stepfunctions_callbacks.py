"""Step Functions: the answer for a task token counts once, and only while the task waits.

moto 5.2.5 takes an answer for a task that has timed out or was answered before, without a word;
gives every attempt of a task the same token; knows no token of an execution that has ended; drops
the cause of SendTaskFailure; answers its refusals without a code; and takes an output that is no
JSON, on which the execution then fails.

AWS: API reference of SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat (errors `InvalidOutput`,
`InvalidToken`, `TaskTimedOut`: "The task token has either expired or the task associated with the
token has already been closed").
"""

from __future__ import annotations

import json
import threading

from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackConsumerTimeout,
    CallbackEndpoint,
    CallbackOutcome,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.responses import StepFunctionResponse

from shared.rehearsal.extensions.faults import Fault

_interrupt_all = CallbackEndpoint.interrupt_all
_evaluate_with_timeout = state_task_service_callback.StateTaskServiceCallback._evaluate_with_timeout
_answering = threading.Lock()


def install() -> None:
    """Replace the three requests, and close a token when its task has ended."""
    CallbackEndpoint.interrupt_all = interrupt_all
    state_task_service_callback.StateTaskServiceCallback._evaluate_with_timeout = evaluate_with_timeout
    StepFunctionResponse.send_task_success = send_task_success
    StepFunctionResponse.send_task_failure = send_task_failure
    StepFunctionResponse.send_task_heartbeat = send_task_heartbeat


def interrupt_all(self: CallbackEndpoint) -> None:
    """Wake who waits, and take no answer from now on."""
    with _answering:
        self.report(CallbackConsumerTimeout())
    _interrupt_all(self)


def evaluate_with_timeout(
    self: state_task_service_callback.StateTaskServiceCallback, env: Environment
) -> None:
    """Make one attempt of a task, with a token of its own that is closed with the attempt."""
    if not self._is_integration_pattern():
        _evaluate_with_timeout(self, env)
        return
    endpoint = env.callback_pool_manager.add(env.states.context_object.update_task_token())
    try:
        _evaluate_with_timeout(self, env)
    finally:
        endpoint.interrupt_all()


def send_task_success(self: StepFunctionResponse) -> ActionResult:
    """End a waiting task with its output."""
    output = self._get_param("output")
    try:
        json.loads(output)
    except ValueError:
        raise Fault("InvalidOutput", "Invalid Output: 'It is no JSON'") from None
    token = self._get_param("taskToken")
    return _answer(self, CallbackOutcomeSuccess(callback_id=token, output=output))


def send_task_failure(self: StepFunctionResponse) -> ActionResult:
    """Let a waiting task fail."""
    outcome = CallbackOutcomeFailure(
        callback_id=self._get_param("taskToken"),
        error=self._get_param("error") or "",
        cause=self._get_param("cause") or "",
    )
    return _answer(self, outcome)


def _answer(response: StepFunctionResponse, outcome: CallbackOutcome) -> ActionResult:
    with _answering:
        endpoint = _waiting(response, outcome.callback_id)
        endpoint.notify(outcome=outcome)
        endpoint.report(CallbackConsumerTimeout())
    return EmptyResult()


def send_task_heartbeat(self: StepFunctionResponse) -> ActionResult:
    """Say that a waiting task is alive."""
    with _answering:
        _waiting(self, self._get_param("taskToken")).notify_heartbeat()
    return EmptyResult()


def _waiting(response: StepFunctionResponse, token: str) -> CallbackEndpoint:
    for machine in response.stepfunction_backend.state_machines:
        for execution in machine.executions:
            endpoint = execution.exec_worker.env.callback_pool_manager.get(token)
            if endpoint is not None and endpoint.consumer_error:
                raise Fault("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
            if endpoint is not None:
                return endpoint
    raise Fault("InvalidToken", "Invalid Token: 'Invalid token'")
