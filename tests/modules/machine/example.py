"""The machine of the documented example, as the tests of its parts look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from modules.machine.definition import definition
from modules.machine.inputs import MachineInputs, RecordSide

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:"
INPUTS = MachineInputs(
    source_region="us-east-1",
    target_region="eu-west-1",
    hosted_zone_id="Z0",
    record_name="api.payments.example.com",
    source=RecordSide(set_identifier="source", dns_name="source.elb.amazonaws.com", zone_id="ZUS"),
    target=RecordSide(set_identifier="target", dns_name="target.elb.amazonaws.com", zone_id="ZEU"),
    start_function_arn=f"{FUNCTION}start",
    gate_function_arn=f"{FUNCTION}gate",
    writer_function_arn=f"{FUNCTION}writer",
    checkpoint_parameter="/migration/x1/checkpoint",
    approval_parameter="/migration/x1/approval",
    kms_key_arn="arn:aws:kms:eu-west-1:123456789012:key/1",
    topic_arn="arn:aws:sns:eu-west-1:123456789012:alarms",
)
MACHINE = definition(INPUTS)
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
ENDS = {name for name, state in STATES.items() if state["Type"] in {"Succeed", "Fail"}}
_EXPRESSION = re.compile(r"\{%(.*?)%\}", re.DOTALL)
#: `$name` that is neither a function's call nor the context of the state (`$states`).
_VARIABLE = re.compile(r"\$(?!states\b)([a-z_]+)\b(?!\s*\()")


def ways(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every way out of a state: where to, what it assigns, and whether the state failed."""
    own = state.get("Assign", {})
    if "Next" in state:
        yield state["Next"], own, False
    if "Default" in state:
        yield state["Default"], own, False
    for rule in state.get("Choices", []):
        yield rule["Next"], rule.get("Assign", {}), False
    for catcher in state.get("Catch", []):
        yield catcher["Next"], catcher.get("Assign", {}), True


def graph(states: Mapping[str, dict[str, Any]]) -> nx.DiGraph:
    """Which state leads to which, by every way out."""
    found = nx.DiGraph()
    found.add_nodes_from(states)
    for name, state in states.items():
        found.add_edges_from((name, then) for then, _, _ in ways(state))
    return found


def unassigned(states: Mapping[str, dict[str, Any]], first: str = "Begin") -> dict[str, set[str]]:
    """State -> the variables that it reads, and that have no value on some way there; only where any are."""
    known: dict[str, set[str] | None] = dict.fromkeys(states)
    known[first] = set()
    ahead = [first]
    while ahead:
        name = ahead.pop()
        for then, assigned, _ in ways(states[name]):
            arriving = (known[name] or set()) | assigned.keys()
            before = known[then]
            merged = arriving if before is None else before & arriving
            if merged != before:
                known[then] = merged
                ahead.append(then)
    missing = {name: variables(state) - (known[name] or set()) for name, state in states.items()}
    return {name: names for name, names in missing.items() if names}


def expressions(part: Any) -> Iterator[str]:
    """Every JSONata expression in a part of the document."""
    if isinstance(part, str):
        yield from (match.strip() for match in _EXPRESSION.findall(part))
    elif isinstance(part, dict):
        for value in part.values():
            yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)


def variables(part: Any) -> set[str]:
    """The variables that a part of the document reads."""
    return {name for text in expressions(part) for name in _VARIABLE.findall(text)}
