"""Watches an execution: a live page on a terminal, a line for each change anywhere else.

Watching never holds an execution: Ctrl-C ends the watching, and the execution goes on.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError
from rich.live import Live

from shared.deploy.saying import say
from shared.errors import UserError
from shared.operations.migration import moves, show
from shared.operations.migration.reads.machine import ended
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from shared.operations.migration.facts import Ended, Topology
    from shared.operations.migration.handles import Handles
    from shared.operations.migration.operator import Operator

#: Looks in a row that may fail: a region that is gone for a moment, credentials that are renewed.
_SILENCE = 24


class Screen:
    """Where a topology is shown again and again."""

    def __init__(self, console: Console, place: str) -> None:
        self._console = console
        self._place = place
        self._live: Live | None = None
        self._line = ""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Show the page, on a terminal, until the block ends."""
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield
        self._live = None

    def show(self, topology: Topology) -> None:
        """Show the topology; without a terminal, when the line that stands for it has changed."""
        if self._live:
            self._live.update(show.view(topology, moves.plan(topology, self._place)), refresh=True)
            return
        line = show.headline(topology)
        if line != self._line:
            self._line = line
            say(self._console, line)
            if topology.question:
                say(self._console, f"  {show.asked(topology)}")
                command = moves.move("approve", topology, self._place).command
                say(self._console, f"  {command} --answer continue | rollback")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How watching ended."""

    topology: Topology
    why: Literal["ended", "question", "interrupted", "nothing"]
    ended: Ended | None = None


def follow(operator: Operator, handles: Handles, arn: str, *, answered: str = "") -> Watched:
    """Watch an execution as long as the operator wants.

    `answered` is the token of a question that was answered: it may be seen for another moment. Raises
    UserError when nothing is said of the execution for long; it goes on by itself.
    """
    if operator.follow == "nothing":
        return Watched(topology=observe(handles, operator.clients), why="nothing")
    screen = Screen(operator.console, handles.place)
    try:
        with screen.open():
            return _follow(operator, handles, arn, answered, screen)
    except KeyboardInterrupt:
        return Watched(topology=observe(handles, operator.clients), why="interrupted")


def _follow(operator: Operator, handles: Handles, arn: str, answered: str, screen: Screen) -> Watched:
    machine = operator.clients.client("stepfunctions", handles.target.region)
    silence = 0
    while True:
        end: Ended | None = None
        try:
            end = ended(machine, arn)
            silence = 0
        except (BotoCoreError, ClientError) as error:
            silence += 1
            if silence > _SILENCE:
                what = f"nothing is said of the execution any more: {error}"
                remedy = f"it goes on by itself; look again: `{handles.command('status')}`"
                raise UserError(what, remedy=remedy) from error
        # after the end was seen, so that nothing changes any more
        topology = observe(handles, operator.clients)
        screen.show(topology)
        if operator.seen:
            operator.seen(topology)
        if end:
            return Watched(topology=topology, why="ended", ended=end)
        question = topology.question
        if operator.follow == "question" and question and question.token != answered:
            return Watched(topology=topology, why="question")
        operator.sleep(operator.poll_seconds)
