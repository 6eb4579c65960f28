"""What the machine writes down and tells: checkpoints, notifications, questions to a person."""

from __future__ import annotations

from modules.machine.inputs import MachineInputs
from modules.machine.states import (
    Assign,
    State,
    States,
    because,
    catch,
    choice,
    js,
    reason,
    retry,
    succeed,
    when,
)
from modules.machine.tasks import publish, put_parameter

_NOW = "$now()"
_EXECUTION = "$states.context.Execution.Id"
_PASSING_SSM = [
    "Ssm.InternalServerErrorException",
    "Ssm.TooManyUpdatesException",
    "Ssm.ThrottlingException",
    "Ssm.SsmException",
    "Ssm.SdkClientException",
]


def checkpoint(inputs: MachineInputs, stage: str, *, then: str, failed: State | None = None) -> State:
    """Return a task that writes the checkpoint; Parameter Store keeps every version of it.

    Without `failed` a checkpoint that cannot be written takes the execution to the rollback: what
    nobody could resume must not go on.
    """
    document = (
        f"{{'stage': '{stage}', 'execution': {_EXECUTION}, 'found': $plan.found, 'weights': $weights, "
        f"'phase': $step.target, 'reason': $substring($join($reasons, '; '), 0, 1000), 'at': {_NOW}}}"
    )
    failed = failed or catch("RollBack", assign=because("the checkpoint could not be written"))
    return put_parameter(inputs.checkpoint_parameter, document, then=then, failed=failed)


def notify(inputs: MachineInputs, event: str, *, then: str) -> State:
    """Return a task that tells what happens. A message that is lost must not stop a migration."""
    document = (
        f"{{'event': '{event}', 'execution': {_EXECUTION}, 'phase': $step.target, 'weights': $weights, "
        f"'writer': $writer, 'reasons': $reasons, 'at': {_NOW}}}"
    )
    return publish(inputs.topic_arn, f"Region migration: {event}", document, then=then)


def succeeded(outcome: str) -> State:
    """Return the end of an execution that did what it was asked to."""
    return succeed(
        {"outcome": outcome, "weights": js("$weights"), "writer": js("$writer"), "why": js("$why")}
    )


def question(inputs: MachineInputs, name: str, kind: str, *, answers: list[State], unanswered: str) -> States:
    """Return the states that ask a person: tell, wait for the answer, and go by it.

    The token of the waiting task is in an encrypted parameter, where `invoke migrate.approve` finds it.
    An answer that is none of `answers` is `rollback`. A question that cannot be asked holds.
    """
    document = (
        f"{{'token': $states.context.Task.Token, 'execution': {_EXECUTION}, 'question': '{kind}', "
        f"'phase': $step.target, 'reasons': $reasons, 'asked_at': {_NOW}}}"
    )
    nobody = reason(f"'nobody answered the question: {kind}'")
    rejected = reason(
        "'rejected by ' & ($exists($answer.by) ? $answer.by : 'an operator') & "
        "($exists($answer.comment) ? ': ' & $answer.comment : '')"
    )
    return {
        f"Ask{name}": notify(inputs, "waiting", then=f"Await{name}"),
        f"Await{name}": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter.waitForTaskToken",
            "Arguments": {
                "Name": inputs.approval_parameter,
                "Type": "SecureString",
                "KeyId": inputs.kms_key_arn,
                "Overwrite": True,
                "Value": js(f"$string({document})"),
            },
            "TimeoutSeconds": js("$plan.approval_timeout_seconds"),
            "Assign": {"answer": js("$states.result")},
            "Retry": [retry(_PASSING_SSM, seconds=1, attempts=6)],
            "Catch": [
                catch(unanswered, assign=nobody, errors=("States.Timeout",)),
                catch("Hold", assign=because("the question could not be asked")),
            ],
            "Next": f"{name}Answer",
        },
        f"{name}Answer": choice(*answers, default="RollBack", assign=rejected),
    }


def answered(decision: str, then: str, *, assign: Assign | None = None) -> State:
    """Return the rule of a question's choice for one decision."""
    return when(f"$answer.decision = '{decision}'", then, assign=assign)
