"""How an execution begins: fresh, where an earlier one was stopped, or with the rollback."""

from __future__ import annotations

from modules.machine.inputs import MachineInputs
from modules.machine.records import notify, succeeded
from modules.machine.states import (
    CAUSE,
    States,
    catch,
    choice,
    fail,
    function,
    js,
    retry,
    wait,
    when,
)


def begin(inputs: MachineInputs) -> States:
    """Return the states up to the first look of the gate.

    The function `start` refuses an input that is not right and decides where to begin; nothing was
    changed so far, so its failure ends the execution without a rollback.
    """
    why = {"reasons": js(f"[{CAUSE}]")}
    back = {"reasons": js("[$plan.reason]")}
    task = function(
        inputs.start_function_arn,
        {
            "input": js("$states.input"),
            "execution": js("$states.context.Execution.Id"),
            "machine": js("$states.context.StateMachine.Id"),
        },
        then="Direction",
        assign={
            "plan": js("$states.result.Payload"),
            "weights": js("$states.result.Payload.weights"),
            "writer": js("$states.result.Payload.writer"),
            "why": js("$states.result.Payload.why"),
            "asked_for_rollback": js("$states.input.action = 'rollback'"),
            "step": js(
                "{'target': $states.result.Payload.weights.target, "
                "'source': $states.result.Payload.weights.source, 'approval': false}"
            ),
            "reasons": [],
            "index": 0,
            "errors": 0,
            "failures": 0,
            "inconclusives": 0,
            "polls": 0,
            "incomplete": False,
            "switch_asked": False,
            "source_ill": False,
            "scope": "start",
        },
        catchers=[
            catch("Refused", assign=why, errors=("InputRefused",)),
            catch("NotBegun", assign=why),
        ],
    )
    # A refusal is an answer; everything else may pass: AWS that does not answer, or the list of executions
    # that still has one which has just ended.
    task["Retry"] = [
        {"ErrorEquals": ["InputRefused"], "MaxAttempts": 0},
        *task["Retry"],
        retry(["States.TaskFailed", "States.Timeout"], seconds=2, attempts=5),
    ]
    return {
        "Begin": task,
        "Refused": fail("InputRefused"),
        "NotBegun": fail("MigrationNotBegun"),
        "Direction": choice(
            when("$plan.go = 'shift'", "Started"),
            when("$plan.go = 'ask_switchover'", "Started", assign={"index": js("$count($plan.steps)")}),
            when("$plan.go = 'switchover' and $plan.resumed", "CheckpointSwitching"),
            when("$plan.go = 'switchover'", "Judge", assign={"scope": "switchover"}),
            # A function that outlives its stopped execution may still ask for the switchover.
            when(
                "$plan.go = 'rollback' and $plan.stage = 'switching'",
                "LetFunctionsEnd",
                assign=back,
            ),
            when("$plan.go = 'rollback'", "RollBack", assign=back),
            default="Finished",
        ),
        "LetFunctionsEnd": wait("$plan.settle_seconds", "RollBack"),
        # A7: the health of both sides is verified before anything moves.
        "Started": notify(inputs, "started", then="Judge"),
        "Finished": succeeded("finished"),
    }
