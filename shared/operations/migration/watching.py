"""Watches an execution of the migration; Ctrl-C ends the watching, and the execution goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.common import watching
from shared.operations.migration import moves, show
from shared.operations.migration.facts import Topology
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from shared.operations.migration.handles import Handles
    from shared.operations.migration.operator import Operator

Watched = watching.Watched[Topology]


class Screen(watching.Screen[Topology]):
    """Where the migration's topology is shown again and again; `place` is what its commands end with."""

    def __init__(self, console: Console, place: str) -> None:
        super().__init__(
            console,
            page=lambda seen: show.view(seen, moves.plan(seen, place)),
            line=show.headline,
            more=lambda seen: _question(seen, place),
        )


def _question(topology: Topology, place: str) -> Iterator[str]:
    if topology.question:
        yield f"  {show.asked(topology)}"
        command = moves.move("approve", topology, place).command
        yield f"  {command} --answer continue | rollback"


def follow(operator: Operator, handles: Handles, arn: str, *, answered: str = "") -> Watched:
    """Watch an execution as long as the operator wants.

    `answered` is the token of a question that was answered: it may be seen for another moment. Raises
    UserError when nothing is said of the execution for long; it goes on by itself.
    """

    def asks(seen: Topology) -> bool:
        return seen.question is not None and seen.question.token != answered

    return watching.Watch(
        operator=operator,
        arn=arn,
        region=handles.target.region,
        observe=lambda: observe(handles, operator.clients),
        screen=Screen(operator.console, handles.place),
        again=handles.command("status"),
        enough=asks,
    ).follow()
