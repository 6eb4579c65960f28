"""State machines: what they may leave undone, how they go back, where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.policy import tracing
from shared.policy.checks.roles import granted
from shared.policy.model import Platform, Resource
from shared.policy.registry import A, B, Judged, check, complaints, unless
from shared.policy.values import Block, blocks, document, first, mapping, number, texts

MACHINE = "aws_sfn_state_machine"
_SDK = "arn:aws:states:::aws-sdk:"
_CHANGES_TRAFFIC = f"{_SDK}route53:changeResourceRecordSets"
#: Step Functions writes every name of an AWS API as words: DnsName, not DNSName.
_PASCAL = re.compile(r"([A-Z][a-z0-9]+)+[A-Z]?")
_GOES_BACK = re.compile(r"roll_?back", re.IGNORECASE)
_PHASES = [25, 50, 75, 100]
_BAKE_SECONDS = 300


@check(
    "RS27",
    "State machines retry or catch every task, roll back from every shift, and stand where they survive",
    why="A task without either ends an execution in the middle of a move; wrong case of a field is "
    "refused when the machine is made (Step Functions Developer Guide, error handling and SDK "
    "integrations)",
    remedy="Build the definition with modules/machine/ or modules/failover_machine/.",
    systems=(A, B),
)
def machines(platform: Platform) -> Iterator[Judged]:
    """Look at every state machine: its definition, its region, and the phases that it is given."""
    for machine in platform.of(MACHINE):
        states = mapping(mapping(document(machine.get("definition"))).get("States"))
        yield from complaints(
            machine,
            unless(states, "its definition has no states, or cannot be read"),
            *_tasks(states),
            *_ways_back(states),
            *(_phases(platform, machine) if platform.system == A else ()),
            unless(
                machine.region == platform.away,
                f"it stands in {machine.region}, and has to outlive {platform.home}",
            ),
        )


def _tasks(states: Block) -> Iterator[str]:
    for name, state in states.items():
        if mapping(state).get("Type") != "Task":
            continue
        if not state.get("Retry") and not state.get("Catch"):
            yield f"{name} has neither Retry nor Catch"
        if str(state.get("Resource")).startswith(_SDK):
            wrong = sorted(set(_wrong_names(state.get("Arguments", state.get("Parameters")))))
            yield from (f"{name} names a field {each}, which Step Functions does not know" for each in wrong)


def _wrong_names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not _PASCAL.fullmatch(str(key).removesuffix(".$")):
                yield key
            yield from _wrong_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _wrong_names(inner)


def _next(state: Block) -> set[str]:
    """Return the states that may come after one."""
    found = [state.get("Next"), state.get("Default")]
    found += [each.get("Next") for name in ("Catch", "Choices") for each in blocks(state, name)]
    return {each for each in found if isinstance(each, str)}


def _reached(states: Block, begin: str) -> set[str]:
    seen: set[str] = set()
    ahead = [begin]
    while ahead:
        name = ahead.pop()
        if name not in seen and name in states:
            seen.add(name)
            ahead.extend(_next(mapping(states[name])))
    return seen


def _ways_back(states: Block) -> Iterator[str]:
    """Yield the tasks that change traffic and whose failure leads to no rollback."""
    shifts = [name for name, state in states.items() if mapping(state).get("Resource") == _CHANGES_TRAFFIC]
    entries = [name for name in states if _GOES_BACK.fullmatch(name)]
    back = set().union(*(_reached(states, name) for name in entries))
    if shifts and not entries:
        yield "it changes traffic and has no state RollBack"
    for name in [each for each in shifts if each not in back]:
        caught = [
            each for each in blocks(states[name], "Catch") if "States.ALL" in texts(each.get("ErrorEquals"))
        ]
        if not any(_reached(states, str(each.get("Next"))) & set(entries) for each in caught):
            yield f"no rollback is reached when {name} fails"


def _phases(platform: Platform, machine: Resource) -> Iterator[str]:
    """Yield what is wrong with the plan that the machine's first function is configured with."""
    functions = [
        each
        for each in tracing.resources(platform, machine.stack, machine.get("definition"))
        if each.kind == "aws_lambda_function"
    ]
    plans = [plan for each in functions for plan in _plans(each)]
    if not plans:
        yield "the phases that it goes through are not found"
    for plan in plans:
        if plan.get("phases") != _PHASES:
            yield f"its phases are {plan.get('phases')}, and the requirement is {_PHASES}"
        if (number(plan.get("bake_seconds")) or 0) < _BAKE_SECONDS:
            yield f"it waits {plan.get('bake_seconds')} s after a phase, and an alarm needs {_BAKE_SECONDS}"


def _plans(function: Resource) -> list[Block]:
    given = first(function.values, "environment", "variables")
    return [
        each for text in given.values() for each in blocks(document(text), "defaults") if "phases" in each
    ]


@check(
    "RS24",
    "The failover asks nothing of a control plane that may be lost",
    why="Route 53's control plane is in us-east-1: a failover that has to change a record fails "
    "together with the region (AWS, disaster recovery with Route 53; docs/decisions/0023)",
    remedy="Let health checks decide, and the machine set the pin; keep the functions in the standby.",
    systems=(B,),
)
def no_control_plane(platform: Platform) -> Iterator[Judged]:
    """Look at every state machine and at every function that it invokes."""
    for machine in platform.of(MACHINE):
        functions = [
            each
            for each in tracing.resources(platform, machine.stack, machine.get("definition"))
            if each.kind == "aws_lambda_function"
        ]
        for each in dict.fromkeys([machine, *functions]):
            allowed = sorted(
                {action for action in granted(platform, each) if action.lower().startswith("route53:change")}
            )
            yield from complaints(
                each,
                unless(not allowed, f"its role may call {', '.join(allowed)}"),
                unless(
                    each.region != platform.home,
                    f"it stands in {each.region}, which is the region that is lost",
                ),
            )
