"""Ctrl-C: the first lets the engine finish, the second asks it to stop, and nothing ever kills it."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

    from shared.deploy.process import Processes

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def nothing_changed_yet(say: Callable[[str], None], again: str) -> Iterator[None]:
    """Until a run begins (its `Interrupts` take over), a signal ends the command at once.

    SIGTERM then means what Ctrl-C does. `say` gets what became of it, and `again`, the command that
    does what this one did not, in words of its own line. Raises KeyboardInterrupt.
    """
    begun = threading.current_thread() is threading.main_thread()

    def end(_number: int, _frame: FrameType | None) -> None:
        # once is enough: a second signal must not cut off what is said of the first
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _SIGNALS if begun}
    try:
        yield
    except KeyboardInterrupt:
        say("interrupted before the run began: nothing was changed")
        say(f"next: invoke {again}")
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Interrupts:
    """Handles SIGINT and SIGTERM while a run lasts (in the main thread; elsewhere it does nothing)."""

    def __init__(self, processes: Processes, say: Callable[[str], None]) -> None:
        self.stopping = threading.Event()
        self.forced = False
        """Whether the engine was asked to stop in the middle."""
        self._processes = processes
        self._say = say
        self._count = 0
        self._asking = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """While a person is asked nothing runs: a signal then ends the question at once."""
        self._asking = True
        try:
            yield
        except KeyboardInterrupt:
            self.stopping.set()
        finally:
            self._asking = False

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
        self.stopping.set()
        if self._asking:
            raise KeyboardInterrupt
        if self._count == 1:
            self._say(
                "interrupted: nothing new starts, what runs is let finish. "
                "Once more asks the engine to stop in the middle."
            )
        # a second SIGINT would make Terraform exit without writing its state, so it gets one only
        elif self._count == 2:  # noqa: PLR2004
            self.forced = True
            running = self._processes.interrupt()
            what = "1 running engine process" if running == 1 else f"{running} running engine processes"
            self._say(f"asked {what} to stop and to write the state")
        else:
            self._say("still waiting for the engine: killing it would lose what it has made")
