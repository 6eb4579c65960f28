"""Builders of single states (Amazon States Language, query language JSONata).

Every task that is built here has a retry for what passes by itself and a catch for the rest, so that
no failure ends an execution by the way.
"""

from __future__ import annotations

from typing import Any

State = dict[str, Any]
States = dict[str, State]
#: Variable -> JSONata that gives its value.
Assign = dict[str, Any]

_RAW = "$string($states.errorOutput.Cause)"
_REASONS = "$join($reasons, '; ')"
#: A failure in its own words: of a Lambda function the message, without its stack trace.
CAUSE = f"$substring($contains({_RAW}, '\"errorMessage\"') ? $parse({_RAW}).errorMessage : {_RAW}, 0, 600)"
#: Faults of Lambda itself that pass (Step Functions developer guide, invoking Lambda: error handling).
_PASSING_LAMBDA = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
#: How long a task waits for a function that answers within a minute.
FUNCTION_SECONDS = 120


def js(expression: str) -> str:
    """Return a JSONata expression as the States Language marks it."""
    return "{% " + expression + " %}"


def retry(errors: list[str], *, seconds: int, attempts: int, most_seconds: int = 30) -> State:
    """Return a retrier that doubles its pause, with jitter, up to `most_seconds`."""
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": seconds,
        "MaxAttempts": attempts,
        "BackoffRate": 2,
        "MaxDelaySeconds": most_seconds,
        "JitterStrategy": "FULL",
    }


def catch(then: str, *, assign: Assign | None = None, errors: tuple[str, ...] = ("States.ALL",)) -> State:
    """Return a catcher that goes on at `then`."""
    catcher: State = {"ErrorEquals": list(errors), "Next": then}
    if assign:
        catcher["Assign"] = assign
    return catcher


def reason(text: str) -> Assign:
    """Return what adds a text (JSONata) to `reasons`."""
    return {"reasons": js(f"$append($reasons, [{text}])")}


def because(what: str) -> Assign:
    """Return what adds to `reasons` for a task that failed: `what`, then the error in its words."""
    return reason(_failure(what))


def only(what: str) -> Assign:
    """Return the same in place of `reasons`: for what is tried again and again."""
    return {"reasons": js(f"[{_failure(what)}]")}


def _failure(what: str) -> str:
    return f"'{what}: ' & $states.errorOutput.Error & ': ' & {CAUSE}"


def function(
    arn: str,
    payload: State,
    *,
    then: str,
    assign: Assign,
    catchers: list[State],
    attempts: int = 3,
    seconds: int = FUNCTION_SECONDS,
) -> State:
    """Return a task that invokes a Lambda function; its answer is `$states.result.Payload`."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": arn, "Payload": payload},
        "TimeoutSeconds": seconds,
        "Assign": assign,
        "Retry": [retry(_PASSING_LAMBDA, seconds=2, attempts=attempts)],
        "Catch": catchers,
        "Next": then,
    }


def choice(*rules: State, default: str, assign: Assign | None = None) -> State:
    """Return a choice; `assign` belongs to the default."""
    state: State = {"Type": "Choice", "Choices": list(rules), "Default": default}
    if assign:
        state["Assign"] = assign
    return state


def when(condition: str, then: str, *, assign: Assign | None = None) -> State:
    """Return a rule of a choice."""
    rule: State = {"Condition": js(condition), "Next": then}
    if assign:
        rule["Assign"] = assign
    return rule


def wait(seconds: str | int, then: str) -> State:
    """Return a wait; seconds as a number, or as JSONata."""
    return {"Type": "Wait", "Seconds": js(seconds) if isinstance(seconds, str) else seconds, "Next": then}


def assign(values: Assign, then: str) -> State:
    """Return a state that only sets variables."""
    return {"Type": "Pass", "Assign": values, "Next": then}


def succeed(output: State) -> State:
    """Return the end of an execution that did what it was asked to."""
    return {"Type": "Succeed", "Output": output}


def fail(error: str, *, cause: str = _REASONS) -> State:
    """Return the end of an execution that did not; its cause (JSONata) is what `reasons` say."""
    return {"Type": "Fail", "Error": error, "Cause": js(f"$substring({cause}, 0, 2000)")}
