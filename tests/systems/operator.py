"""Somebody who goes through a runbook: runs its blocks, and looks each time where the platform stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from tests.runbook_blocks import Block, blocks
from tests.systems.runbook import Guide, run_block

#: Plans of every stack and four phases, on a busy machine.
PATIENCE_SECONDS = 600
LOOK_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A block that was run."""

    block: Block
    began: str
    seconds: float
    output: str


@dataclass(kw_only=True)
class Operator:
    """Runs blocks by their titles, each in a world that it is for, and keeps what was run."""

    text: str
    """The runbook."""
    endpoint: str
    """Of the embedded AWS."""
    guide: Guide
    worlds: Callable[[], frozenset[StrEnum]]
    """Where the platform stands: more than one only where an execution died."""
    stop: Callable[[], None]
    """Stops the execution that runs, if one does: when a test failed, so that nobody watches it for ever."""
    ran: list[Ran] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blocks = {block.title: block for block in blocks(self.text)}

    def run(self, title: str, *, answers: str = "") -> str:
        """Run a block, look that it left the world that it should, and return what it printed."""
        block, before = self.blocks[title], self._found(title)
        when = self.guide.use(block)
        output = self._execute(block, answers or when.answers)
        passing = self.guide.passing
        after = {when.leaves[world] for world in before & set(when.leaves)}
        if after:
            self.until({*after, *(passing[world] for world in after & set(passing))})
        elif not before & {*self.guide.going, *passing}:
            assert self.worlds() == before, f"{title} changed where it stands"
        return output

    @contextmanager
    def meanwhile(self, title: str) -> Iterator[None]:
        """Run a block that watches an execution to its end, while something else is done."""
        block, before = self.blocks[title], self._found(title)
        when = self.guide.use(block)
        with ThreadPoolExecutor(1) as pool:
            command = pool.submit(self._execute, block, when.answers)
            try:
                self.until({when.leaves[world] for world in before & set(when.leaves)}, command)
                yield
            except BaseException:
                self.stop()
                raise
            command.result()

    def until(self, wanted: Collection[StrEnum], command: Future[str] | None = None) -> None:
        """Wait until one of these worlds is there; a command that ends before is wrong."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (found := self.worlds()) & set(wanted):
            assert command is None or not command.done(), command and command.result()
            assert time.monotonic() < end, f"{sorted(found)}, and never {sorted(wanted)}"
            time.sleep(LOOK_SECONDS)

    def record(self, path: Path) -> None:
        """Write down every command that was run, in the order in which they were begun."""
        parts = [
            f"{number}. {one.block.place}\n   begun {one.began}, {one.seconds:.1f} s\n\n{one.block.commands}"
            for number, one in enumerate(sorted(self.ran, key=lambda ran: ran.began), start=1)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(parts))

    def _found(self, title: str) -> frozenset[StrEnum]:
        when = self.guide.use(self.blocks[title])
        found = self.worlds()
        assert found & when.needs, f"{title} is for {sorted(when.needs)}, and it is {sorted(found)}"
        return found & when.needs if when.leaves else found

    def _execute(self, block: Block, answers: str) -> str:
        began, at = datetime.now(UTC).isoformat(timespec="milliseconds"), time.monotonic()
        done = run_block(block, self.endpoint, answers)
        assert done.code == 0, f"{block.title}: {done.output}\n{done.errors}"
        assert self.guide.prints_what_it_should(block, done.output), f"{block.title}: {done.output}"
        seconds = time.monotonic() - at
        self.ran.append(Ran(block=block, began=began, seconds=seconds, output=done.output))
        return done.output
