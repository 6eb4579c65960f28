"""Step Functions: expressions in JSONata are evaluated.

moto 5.2.5 has the places where expressions stand, and no evaluator: every machine with
`QueryLanguage: JSONata` ends in `TypeError: 'NoneType' object is not callable`. It also pastes the
variables' values into the text of the expression, unescaped.

AWS: Step Functions developer guide, "Transforming data with JSONata": `$states.input`, `.result`,
`.errorOutput` and `.context`, variables by their names; no input document, so a `$` outside of a
path is nothing; an expression that fails, returns nothing, or returns what JSON has not, fails its
state with `States.QueryEvaluationError`, which Retry and Catch can name; so does a value of the
wrong type or out of range (`Condition`, `Seconds`, `TimeoutSeconds`). "Passing data between states
with variables": every expression of a state sees the variables as they were when it was entered.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from jsonata import Jsonata, Utils
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.assign.assign_template_value import AssignTemplateValue
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.jsonata.jsonata_template_value import (
    JSONataTemplateValue,
)
from moto.stepfunctions.parser.asl.component.common.parargs import ArgumentsStringJSONata
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSecondsJSONata
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison import (
    ConditionStringJSONata,
)
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.seconds import SecondsJSONata
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from shared.rehearsal.extensions.stepfunctions_functions import FUNCTIONS, inward

_eval_body = CommonStateField._eval_body

#: The longest wait and time-out, in seconds.
_MAXIMUM_SECONDS = 99_999_999

_DETAILS = "evaluationFailedEventDetails"
_QUERY_ERROR = StatesErrorNameType.StatesQueryEvaluationError


def install() -> None:
    """Replace the evaluation of an expression, and remember the variables when a state is entered."""
    StringJSONata._eval_body = evaluate
    ConditionStringJSONata._eval_body = evaluate_condition
    SecondsJSONata._get_wait_seconds = evaluate_seconds
    TimeoutSecondsJSONata._eval_seconds = evaluate_seconds
    CommonStateField._eval_body = eval_state
    for value in (JSONataTemplateValue, AssignTemplateValue):
        value._field_name = no_field_name
    ArgumentsStringJSONata._field_name = arguments_field_name


def no_field_name(self: Any) -> None:
    """Leave the name of the field in which a value stands for what is said about it."""


def arguments_field_name(self: ArgumentsStringJSONata) -> str:
    """Return the name of the field."""
    return "Arguments"


def eval_state(self: CommonStateField, env: Environment) -> None:
    """Let the whole state see the variables as they are now."""
    env.variable_store.on_entry = _variables(env)
    try:
        _eval_body(self, env)
    except FailureEventException as failure:
        details = failure.failure_event.event_details
        last = env.event_manager._history_event_list[-1]
        # A task's failure is in the history already.
        if _DETAILS in details and last.get(_DETAILS) is not details[_DETAILS]:
            env.event_manager.add_event(
                context=env.event_history_context,
                event_type=HistoryEventType.EvaluationFailed,
                event_details=details,
            )
        raise


def _variables(env: Environment) -> dict[str, Any]:
    return {**env.variable_store._outer_scope, **env.variable_store._inner_scope}


def evaluate(self: StringJSONata, env: Environment) -> None:
    """Push the value of one expression."""
    shown = f"The JSONata expression '{self.expression}' specified for the field '{env.next_field_name}'"
    try:
        program = Jsonata(self.expression)
        program.set_output_convert_nulls(False)
        for name, function in FUNCTIONS.items():
            program.register_lambda(name, function)
        value = program.evaluate(None, inward(_bindings(env)))
    except Exception as error:  # the evaluator lets Python's own errors through
        raise _failure(env, f"{shown} threw an error during evaluation. {error}") from error
    if value is None:
        raise _failure(env, f"{shown} returned nothing (undefined).")
    try:
        env.stack.append(_outward(value))
    except TypeError:
        raise _failure(env, f"{shown} returned an unsupported result type.") from None


def _bindings(env: Environment) -> dict[str, Any]:
    data = env.states._states_data
    # moto has no other sign for "there is none" than None.
    states = {key: one for key, one in data.items() if key in {"input", "context"} or one is not None}
    states["context"] = _moments(states["context"])
    return {**getattr(env.variable_store, "on_entry", _variables(env)), "states": states}


def _moments(context: dict[str, Any]) -> dict[str, Any]:
    """Return the context object with its moments in AWS's form."""
    execution, state = context["Execution"], context["State"]
    entered = dt.datetime.fromisoformat(state["EnteredTime"])
    return {
        **context,
        "Execution": {**execution, "StartTime": moment(execution["StartTime"])},
        "State": {**state, "EnteredTime": moment(entered)},
    }


def moment(when: dt.datetime) -> str:
    """Return a moment as `2024-05-01T12:00:00.123Z`."""
    return when.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _outward(value: Any) -> Any:
    """Return a JSON value of plain Python types. Raises TypeError for what JSON has not."""
    if value is None or value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return {key: _outward(one) for key, one in value.items()}
    if isinstance(value, list):
        # A range is a list whose items exist only by their index.
        return [_outward(value[index]) for index in range(len(value))]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise TypeError(type(value))


def _failure(env: Environment, cause: str) -> FailureEventException:
    error = StatesErrorName(typ=_QUERY_ERROR)
    details = EvaluationFailedEventDetails(
        error=error.error_name,
        cause=cause,
        location=str(env.next_field_name),
        state=env.next_state_name,
    )
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=error,
            event_type=HistoryEventType.EvaluationFailed,
            event_details=EventDetails(evaluationFailedEventDetails=details),
        )
    )


def evaluate_condition(self: ConditionStringJSONata, env: Environment) -> None:
    """Push the value of a choice rule's condition, which has to be a boolean."""
    self.string_jsonata.eval(env=env)
    if not isinstance(env.stack[-1], bool):
        raise _wrong(self.string_jsonata, env, "a boolean")


def evaluate_seconds(self: SecondsJSONata | TimeoutSecondsJSONata, env: Environment) -> int:
    """Return how long a state waits at most."""
    self.string_jsonata.eval(env=env)
    seconds = env.stack[-1]
    least = 0 if isinstance(self, SecondsJSONata) else 1
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not least <= seconds <= _MAXIMUM_SECONDS:
        raise _wrong(self.string_jsonata, env, f"an integer from {least} to {_MAXIMUM_SECONDS}")
    env.stack.pop()
    return seconds


def _wrong(expression: StringJSONata, env: Environment, expected: str) -> FailureEventException:
    found = env.stack.pop()
    return _failure(
        env,
        f"The JSONata expression '{expression.expression}' returned {found!r} where {expected} is needed.",
    )
