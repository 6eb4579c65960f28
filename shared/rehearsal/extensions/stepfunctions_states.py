"""Step Functions: choices, waits and outputs as the Amazon States Language has them.

moto 5.2.5 applies a Choice state's own `Assign` and `Output` also when a rule matched whose `Next`
is the default one; ends with `States.Runtime` when no rule matches; may wait a second too long and
notices the end of an execution only after the wait; a faulty `Output` of a task passes its Catch by.
Waits can be made shorter in proportion (`pace`).

AWS: Step Functions developer guide, "Choice workflow state" (the state's own `Assign` and `Output`
are for the default; `States.NoChoiceMatched`); "Transforming data with JSONata", "Errors" (Task, Map
and Parallel can catch `States.QueryEvaluationError`).
"""

from __future__ import annotations

import time

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.catch.catch_outcome import CatchOutcome
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.pace import control_waits, wait_scale

_choice_output = StateChoice._eval_state_output
_execution_output = ExecutionState._eval_state_output

#: How long an execution that was ended goes on waiting, in seconds.
_NOTICE_SECONDS = 0.1


def install() -> None:
    """Replace the choice and the wait, wrap the output of a task; serve the control of waits."""
    StateChoice._eval_state = eval_choice
    StateChoice._eval_state_output = eval_choice_output
    WaitFunction._wait_interval = wait_interval
    ExecutionState._eval_state_output = eval_execution_output
    controls.add("waits", control_waits)


def eval_choice(self: StateChoice, env: Environment) -> None:
    """Push the next state of the first rule that matches, or the default."""
    for rule in self.choices_decl.rules:
        rule.eval(env)
        if env.stack.pop() is True:
            env.heap["a rule matched"] = True
            env.stack.append(rule.next_stmt.name)
            return
    if self.default_state is None:
        raise _no_choice(self, env)
    env.stack.append(self.default_state.state_name)


def _no_choice(state: StateChoice, env: Environment) -> FailureEventException:
    error = StatesErrorName(typ=StatesErrorNameType.StatesNoChoiceMatched)
    details = ExecutionFailedEventDetails(
        error=error.error_name, cause=f"No choice rule of the state '{state.name}' matched"
    )
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=error,
            event_type=HistoryEventType.ExecutionFailed,
            event_details=EventDetails(executionFailedEventDetails=details),
        )
    )


def eval_choice_output(self: StateChoice, env: Environment) -> None:
    """Evaluate the state's own Assign and Output, unless a rule's were."""
    if not env.heap.get("a rule matched"):
        _choice_output(self, env)
        return
    default, self.default_state = self.default_state, None
    try:
        _choice_output(self, env)
    finally:
        self.default_state = default


def wait_interval(self: WaitFunction, env: Environment, wait_seconds: float) -> None:
    """Wait, or end at once when the execution ends."""
    until = time.monotonic() + wait_seconds * wait_scale()
    while env.is_running() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _NOTICE_SECONDS))


def eval_execution_output(self: ExecutionState, env: Environment) -> None:
    """Make the output; when that fails, look for a catcher."""
    try:
        _execution_output(self, env)
    except FailureEventException as error:
        failure = error.failure_event
        if not self.catch:
            raise
        env.states.set_error_output(self._construct_error_output_value(failure_event=failure))
        self._handle_catch(env=env, failure_event=failure)
        if env.stack[-1] is not CatchOutcome.Caught:
            raise
