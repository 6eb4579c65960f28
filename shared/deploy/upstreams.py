"""Contracts between stacks, checked against what stands before anything is planned.

Terraform itself ignores a missing output until an expression needs it (hashicorp/terraform#10101)
and has no word for an output that disappears while others read it (hashicorp/terraform#22211).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from shared.deploy.queue import command_for
from shared.deploy.states import ClientFactory, StateSummary, observe
from shared.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from shared.deploy.manifest import Manifest, Read, StackEntry
    from shared.deploy.plans import PlanSummary

_COLLECTION = re.compile(r"(list|set|map)\((.+)\)\Z")


def applied(manifest: Manifest, clients: ClientFactory) -> dict[str, StateSummary]:
    """Return the stacks that stand, with what their states say."""
    return observe(manifest, clients)


def finished(
    manifest: Manifest, states: Mapping[str, StateSummary], interrupted: Collection[str] = ()
) -> set[str]:
    """Return the stacks that are applied in full, so that others may stand on them.

    One that is in `interrupted` (its last apply has no end in any journal) is not.
    """
    return {
        address
        for address, state in states.items()
        if address not in interrupted and not lacks(manifest.stack(address), state)
    }


def lacks(entry: StackEntry, state: StateSummary) -> tuple[str, ...]:
    """Return, a few words each, what shows that the stack was applied in part only.

    An output that the code publishes since the last apply counts, too: who reads it has to wait.
    """
    missing = sorted(set(entry.publishes) - set(state.outputs))
    return (
        *(f"{address} is tainted" for address in state.tainted),
        *(f"output {name!r} is missing" for name in missing),
    )


def check(manifest: Manifest, entry: StackEntry, states: Mapping[str, StateSummary]) -> list[Problem]:
    """Return every reason why what `entry` reads cannot be read as the contracts say."""
    return [problem for read in entry.reads for problem in check_read(manifest, entry, read, states)]


def check_read(
    manifest: Manifest, entry: StackEntry, read: Read, states: Mapping[str, StateSummary]
) -> list[Problem]:
    """Return the problems of one upstream: no state, or outputs missing, empty or mistyped."""
    producer = manifest.stack(read.address)
    state = states.get(read.address)
    place = f"state s3://{producer.state_bucket}/{producer.state_key}"
    remedy = f"run `{command_for(read.address, manifest.place)}`"
    if state is None:
        return [
            Problem(
                where=entry.address,
                what=f"reads {read.address}, which was never applied ({place} is missing or empty)",
                remedy=remedy,
            )
        ]
    problems = []
    if state.tainted:
        what = f"reads {read.address}, which was applied in part only: {', '.join(state.tainted)} is tainted"
        problems.append(Problem(where=entry.address, what=f"{what} ({place})", remedy=remedy))
    for name in read.fields:
        fault = _fault(state.outputs, name, producer.publishes.get(name, "any"))
        if fault:
            what = f"reads output {name!r} of {read.address}, which {fault} ({place})"
            problems.append(Problem(where=entry.address, what=what, remedy=remedy))
    return problems


def _fault(outputs: Mapping[str, Any], name: str, expected: str) -> str | None:
    if name not in outputs:
        return "is missing"
    value = outputs[name]
    if value is None or value in ("", [], {}):
        return "is empty"
    if not conforms(value, expected):
        return f"is not of type {expected}"
    return None


def conforms(value: Any, expected: str) -> bool:
    """Tell whether a JSON value is of a Terraform type: `string`, `list(string)`, `map(number)`."""
    collection = _COLLECTION.match(expected)
    if collection:
        kind, inner = collection.groups()
        if kind == "map":
            return isinstance(value, dict) and all(conforms(item, inner) for item in value.values())
        return isinstance(value, list) and all(conforms(item, inner) for item in value)
    if expected == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    simple = {"string": str, "bool": bool}
    # `any` and object types are not looked into
    return isinstance(value, simple.get(expected, object))


def dropped_outputs(
    manifest: Manifest, address: str, plan: PlanSummary, standing: Container[str]
) -> list[Problem]:
    """Return a problem for each output that `plan` removes while a standing stack still reads it."""
    removed = {name for name, action in plan.outputs.items() if action == "delete"}
    return [
        Problem(
            where=address,
            what=f"this plan removes output {name!r}, which {consumer.address} still reads",
            remedy=f"keep the output until {consumer.address} was applied without it",
        )
        for consumer in manifest.stacks
        if consumer.address in standing
        for read in consumer.reads
        if read.address == address
        for name in sorted(removed & set(read.fields))
    ]
