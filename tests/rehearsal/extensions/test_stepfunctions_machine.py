"""A whole machine: phases, a function, a person's answer, named errors."""

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import SDK, events, finished, start, task
from tests.rehearsal.extensions.test_stepfunctions_callbacks import QUESTION, answer, question

GATE = """
class GateError(Exception): ...

def handle(event, context):
    if event["phase"] == 75 and not event["errors"]:
        raise GateError("no metrics")
    return {"verdict": "pass", "reasons": []}
"""

STATES = {
    "Begin": {
        "Type": "Pass",
        "Assign": {"steps": "{% $states.input.steps %}", "errors": 0, "index": 0, "answers": []},
        "Next": "NextPhase",
    },
    "NextPhase": {
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $index >= $count($steps) %}", "Next": "Finished"},
            {"Condition": "{% $steps[$index].approval %}", "Next": "Ask"},
        ],
        "Default": "Judge",
    },
    "Ask": {
        **task(f"{SDK}ssm:putParameter.waitForTaskToken", QUESTION, TimeoutSeconds=30),
        "Assign": {"answers": "{% $append($answers, [$states.result.decision]) %}"},
        "Next": "Judge",
    },
    "Judge": {
        **task(
            "arn:aws:states:::lambda:invoke",
            {
                "FunctionName": "function-start",
                "Payload": {"phase": "{% $steps[$index].target %}", "errors": "{% $errors %}"},
            },
        ),
        "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "Lambda.TooManyRequestsException"]}],
        "Catch": [
            {
                "ErrorEquals": ["GateError"],
                "Assign": {
                    "errors": "{% $errors + 1 %}",
                    "why": "{% $parse($states.errorOutput.Cause).errorMessage %}",
                },
                "Next": "Again",
            },
            {"ErrorEquals": ["States.ALL"], "Next": "Broken"},
        ],
        "Assign": {"verdict": "{% $states.result.Payload.verdict %}", "index": "{% $index + 1 %}"},
        "Next": "NextPhase",
    },
    "Again": {"Type": "Wait", "Seconds": "{% $errors %}", "Next": "Judge"},
    "Finished": {
        "Type": "Fail",
        "Error": "{% 'Finished' & $uppercase($verdict) %}",
        "Cause": "{% $join([$string($errors), $why, $string($answers)], '; ') %}",
    },
    "Broken": {"Type": "Fail", "Error": "Broken"},
}
for name in ("Ask", "Judge"):
    del STATES[name]["End"]


def test_phases_are_judged_asked_about_and_tried_again(aws: Aws) -> None:
    create(aws, GATE)
    steps = [{"target": phase, "approval": phase == 50} for phase in (25, 50, 75)]
    execution = start(aws, STATES, {"steps": steps})
    answer(aws, question(aws))
    ended = finished(aws, execution)
    assert (ended["error"], ended["cause"]) == ("FinishedPASS", '1; no metrics; ["continue"]')
    assert events(aws, execution).count("WaitStateEntered") == 1
