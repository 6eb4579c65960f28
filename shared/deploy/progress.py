"""What people see while a run lasts: a live table on a terminal, plain lines anywhere else."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.live import Live
from rich.table import Table
from rich.text import Text

from shared.deploy.saying import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

#: Without a terminal a line is due at least this often for a stack at work, so that a pipeline
#: which stops silent jobs leaves this one alone.
_SILENCE_SECONDS = 30.0
_COLOURS = {
    "applied": "green",
    "destroyed": "green",
    "no changes": "green",
    "failed": "red",
    "refused": "red",
    "deferred": "yellow",
    "blocked": "yellow",
}


@dataclass
class _Row:
    phase: str = "queued"
    done: int = 0
    total: int = 0
    begun: float | None = None
    ended: float | None = None
    last_line: float = 0.0

    def elapsed(self) -> str:
        """Return minutes and seconds since the stack started."""
        if self.begun is None:
            return ""
        seconds = int((self.ended or time.monotonic()) - self.begun)
        return f"{seconds // 60}:{seconds % 60:02d}"


class Progress:
    """The progress of a run. Safe to call from any thread; lines of two stacks never mix."""

    def __init__(self, console: Console, addresses: Sequence[str]) -> None:
        self.console = console
        self._rows = {address: _Row() for address in addresses}
        self._lock = threading.Lock()
        self._live: Live | None = None

    @contextlib.contextmanager
    def live(self) -> Iterator[None]:
        """Show the table, on a terminal, until the block ends."""
        if not self.console.is_terminal:
            yield
            return
        with Live(
            console=self.console, get_renderable=self._table, refresh_per_second=4, transient=True
        ) as self._live:
            yield
        self._live = None

    def phase(self, address: str, phase: str, detail: str = "") -> None:
        """Show that the stack is in another phase: `init`, `plan`, `apply`, `destroy`."""
        with self._lock:
            row = self._rows[address]
            row.begun = row.begun or time.monotonic()
            row.phase, row.ended, row.done, row.total = phase, None, 0, 0
            self._plain(address, f"{phase}{': ' + detail if detail else ''}")

    def end(self, address: str, phase: str, detail: str = "") -> None:
        """Show how the stack ended."""
        with self._lock:
            row = self._rows[address]
            row.phase, row.ended = phase, time.monotonic()
            self._plain(address, f"{phase}{': ' + detail if detail else ''}")

    def advance(self, address: str, done: int, total: int) -> None:
        """Show how many resources are done."""
        with self._lock:
            row = self._rows[address]
            row.done, row.total = done, total
            if time.monotonic() - row.last_line > _SILENCE_SECONDS:
                self._plain(address, f"{row.phase}: {done} of {total} resources, {row.elapsed()}")

    def say(self, text: str, address: str | None = None) -> None:
        """Print a line, above the table if there is one."""
        say(self.console, f"{address}: {text}" if address else text)

    def _plain(self, address: str, text: str) -> None:
        self._rows[address].last_line = time.monotonic()
        if not self.console.is_terminal:
            self.say(text, address)

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for heading in ("Stack", "Phase", "Resources", "Elapsed"):
            table.add_column(heading, justify="right" if heading in {"Resources", "Elapsed"} else "left")
        with self._lock:
            for address, row in self._rows.items():
                count = f"{row.done}/{row.total}" if row.total else ""
                phase = Text(row.phase, style=_COLOURS.get(row.phase, ""))
                table.add_row(address, phase, count, row.elapsed())
        return table
