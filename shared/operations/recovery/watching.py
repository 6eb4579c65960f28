"""Watches an execution that moves the database; Ctrl-C ends the watching, and the execution goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common import watching
from shared.operations.recovery import moves, show
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.topology import observe

if TYPE_CHECKING:
    from rich.console import Console

    from shared.operations.recovery.handles import Handles
    from shared.operations.recovery.operator import Operator

Watched = watching.Watched[Topology]


class Screen(watching.Screen[Topology]):
    """Where the topology is shown again and again; `place` is what its commands end with."""

    def __init__(self, console: Console, place: str) -> None:
        super().__init__(
            console, page=lambda seen: show.view(seen, moves.plan(seen, place)), line=show.headline
        )


def looking(handles: Handles, left_out: str) -> str:
    """Return the command that looks again, with what was left out left out."""
    options = f" --without {left_out}" if left_out else ""
    return handles.command(f"status --watch{options}")


def follow(operator: Operator, handles: Handles, arn: str) -> Watched:
    """Watch an execution as long as the operator wants.

    Raises UserError when nothing is said of the execution for long; it goes on by itself.
    """
    return watching.Watch(
        operator=operator,
        arn=arn,
        region=handles.away.region,
        observe=lambda: observe(handles, operator.clients, left_out=operator.left_out),
        screen=Screen(operator.console, handles.place),
        again=looking(handles, operator.left_out),
    ).follow()
