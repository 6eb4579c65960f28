"""Step Functions: executions are started, told about and stopped as AWS does it.

moto 5.2.5 names every execution that has no name `None` (the second is refused), makes the second
half of an execution's state only in its thread (a request in between crashes), describes an output
that is a text without its quotes, keeps silent about the end of one that timed out, and ignores
`maxResults`, `nextToken` and `reverseOrder` of its history. StopExecution drops its error and cause,
and does nothing to an execution that waits for a task or its token, which ends as FAILED later.

AWS: API reference of StartExecution (a name is made when none is given), DescribeExecution,
GetExecutionHistory (pages of 1000 events at most) and StopExecution (ABORTED, with error and cause).
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.models import StepFunctionBackend
from moto.stepfunctions.parser.api import (
    ExecutionAbortedEventDetails,
    ExecutionStatus,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramRunning, ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from shared.rehearsal.extensions.faults import Fault

_start_execution = StepFunctionsParserBackend.start_execution
_get_evaluation_environment = ExecutionWorker._get_evaluation_environment
_reflect_execution_status = BaseExecutionWorkerCommunication._reflect_execution_status
_set_error = Environment.set_error

_MAXIMUM_PAGE = 1000


def install() -> None:
    """Replace the requests about executions, and make an end final."""
    StepFunctionsParserBackend.start_execution = start_execution
    ExecutionWorker.start = start_worker
    ExecutionWorker._get_evaluation_environment = get_evaluation_environment
    Execution.stop = stop
    Environment.set_error = set_error
    BaseExecutionWorkerCommunication._reflect_execution_status = reflect_execution_status
    StepFunctionResponse.describe_execution = describe_execution
    StepFunctionResponse.get_execution_history = get_execution_history
    StepFunctionResponse.stop_execution = stop_execution


def start_execution(
    self: StepFunctionsParserBackend,
    state_machine_arn: str,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Execution:
    """Start an execution, with a name of its own when none was given."""
    return _start_execution(self, state_machine_arn, name or str(uuid.uuid4()), *args, **kwargs)


def start_worker(self: ExecutionWorker) -> None:
    """Have everything that requests look at before the thread begins."""
    self.env = _get_evaluation_environment(self)
    self.env._program_state = ProgramRunning()
    threading.Thread(target=_work, args=(self,), daemon=True).start()


def _work(worker: ExecutionWorker) -> None:
    if worker.env.is_running():
        worker._execution_logic()


def get_evaluation_environment(self: ExecutionWorker) -> Environment:
    """Return the environment that was made with the worker."""
    return self.env or _get_evaluation_environment(self)


def stop(self: Execution, stop_date: dt.datetime, error: str | None, cause: str | None) -> None:
    """End an execution for good: nothing further is run or written into its history."""
    env = self.exec_worker.env
    with env._state_mutex:
        env.set_stop(stop_date=stop_date, cause=cause, error=error)
        if self.exec_status is not ExecutionStatus.RUNNING or not isinstance(
            env.program_state(), ProgramStopped
        ):
            return
        env.event_history_context.source_event_id = 0
        details = {name: text for name, text in (("error", error), ("cause", cause)) if text}
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionAborted,
            event_details=EventDetails(executionAbortedEventDetails=ExecutionAbortedEventDetails(**details)),
        )
        env.event_manager.add_event = _write_nothing
        self.exec_status = ExecutionStatus.ABORTED
        self.stop_date, self.error, self.cause = stop_date, error, cause
    for endpoint in list(env.callback_pool_manager._pool.values()):
        endpoint.interrupt_all()


def _write_nothing(*_: Any, **__: Any) -> int:
    """Stand for the history of an execution that was stopped."""
    return 0


def set_error(self: Environment, error: Any) -> None:
    """Let what a stopped execution was at fail without a trace."""
    if not isinstance(self._program_state, ProgramStopped):
        _set_error(self, error)


def reflect_execution_status(self: BaseExecutionWorkerCommunication) -> None:
    """Take over how the execution ended, unless it was stopped."""
    if self.execution.exec_status is ExecutionStatus.RUNNING:
        _reflect_execution_status(self)


def describe_execution(self: StepFunctionResponse) -> ActionResult:
    """Answer an execution's state, with its output when it succeeded."""
    execution = _find(self)
    answer = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.start_date,
        "input": execution.execution_input,
        "inputDetails": execution.input_details,
    }
    if execution.exec_status is ExecutionStatus.SUCCEEDED:
        answer["output"] = json.dumps(execution.output, separators=(",", ":"))
        answer["outputDetails"] = execution.output_details
    further = {"stopDate": execution.stop_date, "error": execution.error, "cause": execution.cause}
    return ActionResult({**answer, **{name: value for name, value in further.items() if value is not None}})


def _find(response: StepFunctionResponse) -> Execution:
    backend: StepFunctionBackend = response.stepfunction_backend
    return backend.describe_execution(response._get_param("executionArn"))


def get_execution_history(self: StepFunctionResponse) -> ActionResult:
    """Answer one page of the history, oldest first or newest first."""
    events = _find(self).to_history_output()["events"]
    if self._get_param("reverseOrder"):
        events.reverse()
    if self._get_param("includeExecutionData") is False:
        for event in events:
            _leave_data_out(event)
    begin = int(self._get_param("nextToken") or 0)
    end = begin + (int(self._get_param("maxResults") or 0) or _MAXIMUM_PAGE)
    if not 0 <= begin <= len(events) or end - begin > _MAXIMUM_PAGE:
        raise Fault("InvalidToken" if end - begin <= _MAXIMUM_PAGE else "ValidationException", "out of range")
    answer: dict[str, Any] = {"events": events[begin:end]}
    if end < len(events):
        answer["nextToken"] = str(end)
    return ActionResult(answer)


def _leave_data_out(event: dict[str, Any]) -> None:
    for details in event.values():
        if isinstance(details, dict):
            for name in ("input", "output", "parameters"):
                details.pop(name, None)


def stop_execution(self: StepFunctionResponse) -> ActionResult:
    """Stop an execution; one that has ended stays as it is."""
    execution = _find(self)
    execution.stop(
        stop_date=dt.datetime.now(tz=dt.UTC),
        error=self._get_param("error"),
        cause=self._get_param("cause"),
    )
    return ActionResult({"stopDate": execution.stop_date or dt.datetime.now(tz=dt.UTC)})
