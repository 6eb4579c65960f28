"""Watches an execution: a live page on a terminal, a line for each change anywhere else.

Watching never holds an execution: Ctrl-C ends the watching, and the execution goes on.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal

from botocore.exceptions import BotoCoreError, ClientError
from rich.live import Live

from shared.deploy.saying import say
from shared.errors import UserError
from shared.operations.common.facts import Ended, SeenT
from shared.operations.common.machine import ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console, RenderableType

    from shared.operations.common.operator import Operator

#: Looks in a row that may fail: a region that is gone for a moment, credentials that are renewed.
_SILENCE = 24


def _nothing(_: object) -> tuple[str, ...]:
    return ()


def _never(_: object) -> bool:
    return False


class Screen(Generic[SeenT]):
    """Where a system is shown again and again."""

    def __init__(
        self,
        console: Console,
        *,
        page: Callable[[SeenT], RenderableType],
        line: Callable[[SeenT], str],
        more: Callable[[SeenT], Iterable[str]] = _nothing,
    ) -> None:
        """`page` is for a terminal; `line`, and the lines of `more` below it, for anything else."""
        self._console = console
        self._page = page
        self._text = line
        self._more = more
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

    def show(self, seen: SeenT) -> None:
        """Show what was seen; without a terminal, when the line that stands for it has changed."""
        if self._live:
            self._live.update(self._page(seen), refresh=True)
            return
        line = self._text(seen)
        if line != self._line:
            self._line = line
            for text in (line, *self._more(seen)):
                say(self._console, text)


@dataclass(frozen=True, kw_only=True)
class Watched(Generic[SeenT]):
    """How watching ended."""

    topology: SeenT
    why: Literal["ended", "question", "interrupted", "nothing"]
    ended: Ended | None = None


@dataclass(frozen=True, kw_only=True)
class Watch(Generic[SeenT]):
    """One execution, and how it is looked at."""

    operator: Operator[SeenT]
    arn: str
    region: str
    """Of the state machine."""
    observe: Callable[[], SeenT]
    screen: Screen[SeenT]
    again: str
    """The command that looks again."""
    enough: Callable[[SeenT], bool] = _never
    """Whether a question is open that an operator, who watches to the next one, wants to see."""

    def follow(self) -> Watched[SeenT]:
        """Watch as long as the operator wants.

        Raises UserError when nothing is said of the execution for long; it goes on by itself.
        """
        if self.operator.follow == "nothing":
            return Watched(topology=self.observe(), why="nothing")
        try:
            with self.screen.open():
                return self._follow()
        except KeyboardInterrupt:
            return Watched(topology=self.observe(), why="interrupted")

    def _follow(self) -> Watched[SeenT]:
        machine = self.operator.clients.client("stepfunctions", self.region)
        silence = 0
        while True:
            end, error = _end(machine, self.arn)
            silence = silence + 1 if error else 0
            if error and silence > _SILENCE:
                what = f"nothing is said of the execution any more: {error}"
                remedy = f"it goes on by itself; look again: `{self.again}`"
                raise UserError(what, remedy=remedy) from error
            # after the end was seen, so that nothing changes any more
            seen = self.observe()
            self.screen.show(seen)
            if self.operator.seen:
                self.operator.seen(seen)
            if end:
                return Watched(topology=seen, why="ended", ended=end)
            if self.operator.follow == "question" and self.enough(seen):
                return Watched(topology=seen, why="question")
            self.operator.sleep(self.operator.poll_seconds)


def _end(machine: Any, arn: str) -> tuple[Ended | None, Exception | None]:
    """Return how the execution ended, if it has, or the error of AWS's when it does not say."""
    try:
        return ended(machine, arn), None
    except (BotoCoreError, ClientError) as error:
        return None, error
