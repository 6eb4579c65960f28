"""The gate: one look at both regions, and what follows from its verdict.

It is asked at four moments (`scope`): before anything moves, after each phase, before the switchover
and after it. Inconclusive never goes on by itself.
"""

from __future__ import annotations

from modules.machine.inputs import MachineInputs
from modules.machine.records import answered, question
from modules.machine.states import States, catch, choice, function, js, only, wait, when

_PASSED = "GatePassed"


def gate(inputs: MachineInputs) -> States:
    """Return the states of the gate, with the limits of the execution's plan.

    A limit is how often something is tolerated (Argo Rollouts' `failureLimit`, `inconclusiveLimit`,
    `consecutiveErrorLimit`).
    """
    payload = {
        "phase": js("$step.target"),
        "writer": js("$writer"),
        "window_seconds": js("$plan.bake_seconds"),
        "dry_run_metrics": js("$plan.dry_run_metrics"),
        "scope": js("$scope"),
    }
    return {
        "Judge": function(
            inputs.gate_function_arn,
            payload,
            then="Verdict",
            assign={
                "verdict": js("$states.result.Payload.verdict"),
                "reasons": js("$states.result.Payload.reasons"),
                "source_ill": js("$states.result.Payload.source_ill"),
                "errors": 0,
            },
            catchers=[catch("GateFailed", assign={**only("the gate failed"), "errors": js("$errors + 1")})],
        ),
        "GateFailed": choice(
            when("$errors <= $plan.limits.consecutive_error", "JudgeAgainWait"),
            when("$scope = 'moved'", "AskInconclusive"),
            default="RollBack",
        ),
        "JudgeAgainWait": wait("$plan.retry_seconds", "Judge"),
        "Verdict": choice(
            when("$verdict = 'pass'", _PASSED),
            when(
                "$verdict = 'inconclusive' and $inconclusives < $plan.limits.inconclusive",
                "JudgeAgainWait",
                assign={"inconclusives": js("$inconclusives + 1")},
            ),
            when("$verdict = 'inconclusive'", "AskInconclusive"),
            when(
                "$failures < $plan.limits.failure",
                "JudgeAgainWait",
                assign={"failures": js("$failures + 1")},
            ),
            # Going back after the switchover is a switchover of its own: a person orders it.
            when("$scope = 'moved'", "AskInconclusive"),
            default="RollBack",
        ),
        **question(
            inputs,
            "Inconclusive",
            "inconclusive",
            answers=[
                answered("continue", _PASSED),
                answered("again", "Judge", assign={"inconclusives": 0, "failures": 0, "errors": 0}),
            ],
            unanswered="InconclusiveUnanswered",
        ),
        # Nobody's silence orders a switchover back, or moves traffic to a source that is ill itself.
        "InconclusiveUnanswered": choice(when("$scope = 'moved' or $source_ill", "Hold"), default="RollBack"),
        _PASSED: choice(
            when("$scope = 'shift'", "PhasePassed"),
            when("$scope = 'switchover'", "CanaryBefore"),
            when("$scope = 'moved'", "CheckpointMoved"),
            default="NextPhase",
        ),
    }
