"""Outputs of stacks, as their states in the state bucket say: ids for operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.deploy import states
from shared.deploy.queue import command_for
from shared.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory

Outputs = dict[str, dict[str, Any]]
"""Address of a stack -> its outputs."""


def read(manifest: Manifest, clients: ClientFactory, addresses: Collection[str]) -> Outputs:
    """Return the outputs of those stacks that have a state. Raises UserError without the bucket."""
    found = states.observe(manifest, clients, addresses)
    return {address: dict(state.outputs) for address, state in found.items()}


def missing(
    outputs: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Collection[str]], place: str
) -> list[Problem]:
    """Return the stacks that lack outputs (`wanted`: address -> names), with what applies them.

    `place` is what commands end with.
    """
    return [
        Problem(where=address, what=what, remedy=f"run `{command_for(address, place)}`")
        for address, names in wanted.items()
        if (what := _missing(outputs.get(address), names))
    ]


def _missing(outputs: Mapping[str, Any] | None, names: Collection[str]) -> str:
    if outputs is None:
        return "it was not applied"
    absent = sorted(name for name in names if name not in outputs)
    return f"it was not applied to its end: it has no {', '.join(absent)}" if absent else ""
