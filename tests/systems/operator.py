"""Somebody who goes through the runbook: runs its blocks, and looks each time where the platform stands."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from shared.operations.migration.facts import FULL, Topology
from shared.operations.migration.moves import UNFINISHED
from shared.rehearsal.journey import Journey
from tests.runbook_blocks import Block, blocks
from tests.systems.runbook import GOING, World, prints_what_it_should, run_block, use
from tests.systems.standing import Deployed

#: Plans of every stack and four phases, on a busy machine.
_PATIENCE_SECONDS = 600
_LOOK_SECONDS = 0.5
#: Worlds that end by themselves, soon.
_PASSING = {World.SWITCHING: World.MOVED_PAUSED, World.RETURNING: World.PAUSED}


def worlds(now: Topology) -> frozenset[World]:
    """Where the migration stands: more than one only where an execution died."""
    if now.running:
        return frozenset({World.WAITING if now.question else World.RUNNING})
    assert now.executions_read, now.unread
    assert now.database, now.unread
    if now.database.changing:
        return frozenset({World.SWITCHING if now.writer == now.source else World.RETURNING})
    if not now.source_member:
        return frozenset({World.FINAL})
    if now.writer == now.target:
        return frozenset({World.MOVED_PAUSED if now.paused else World.MOVED})
    if now.paused:
        return frozenset({World.PAUSED})
    died = now.ended and now.ended.status != "SUCCEEDED" and now.stage in UNFINISHED
    return frozenset(
        {World.SHIFTED if now.share == FULL else World.DEPLOYED} | ({World.DIED} if died else set())
    )


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

    deployed: Deployed
    journey: Journey
    ran: list[Ran] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blocks = {block.title: block for block in blocks(self.deployed.flat["migration_runbook"])}

    def run(self, title: str, *, answers: str = "") -> str:
        """Run a block, look that it left the world that it should, and return what it printed."""
        block, before = self.blocks[title], self._found(title)
        when = use(block)
        output = self._execute(block, answers or when.answers)
        after = {when.leaves[world] for world in before & set(when.leaves)}
        if after:
            self.until({*after, *(_PASSING[world] for world in after & set(_PASSING))})
        elif not before & {*GOING, *_PASSING}:
            assert worlds(self.journey.topology()) == before, f"{title} changed where it stands"
        return output

    @contextmanager
    def meanwhile(self, title: str) -> Iterator[None]:
        """Run a block that watches an execution to its end, while something else is done."""
        block, before = self.blocks[title], self._found(title)
        when = use(block)
        with ThreadPoolExecutor(1) as pool:
            command = pool.submit(self._execute, block, when.answers)
            try:
                self.until({when.leaves[world] for world in before & set(when.leaves)}, command)
                yield
            except BaseException:
                self._stop()  # or it would be watched for ever
                raise
            command.result()

    def until(self, wanted: Collection[World], command: Future[str] | None = None) -> None:
        """Wait until one of these worlds is there; a command that ends before is wrong."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while not (found := worlds(self.journey.topology())) & set(wanted):
            assert command is None or not command.done(), command and command.result()
            assert time.monotonic() < end, f"{sorted(found)}, and never {sorted(wanted)}"
            time.sleep(_LOOK_SECONDS)

    def until_share(self, share: int) -> None:
        """Wait until an execution has moved that much of the traffic."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while (self.journey.topology().share or 0) < share:
            assert time.monotonic() < end, f"never {share} per cent"
            time.sleep(_LOOK_SECONDS)

    def record(self, path: Path) -> None:
        """Write down every command that was run, in the order in which they were begun."""
        parts = [
            f"{number}. {one.block.place}\n   begun {one.began}, {one.seconds:.1f} s\n\n{one.block.commands}"
            for number, one in enumerate(sorted(self.ran, key=lambda ran: ran.began), start=1)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(parts))

    def _found(self, title: str) -> frozenset[World]:
        found, needs = worlds(self.journey.topology()), use(self.blocks[title]).needs
        assert found & needs, f"{title} is for {sorted(needs)}, and it is {sorted(found)}"
        return found & needs if use(self.blocks[title]).leaves else found

    def _execute(self, block: Block, answers: str) -> str:
        began, at = datetime.now(UTC).isoformat(timespec="milliseconds"), time.monotonic()
        done = run_block(block, self.deployed.endpoint, answers)
        assert done.code == 0, f"{block.title}: {done.output}\n{done.errors}"
        assert prints_what_it_should(block, done.output), f"{block.title}: {done.output}"
        seconds = time.monotonic() - at
        self.ran.append(Ran(block=block, began=began, seconds=seconds, output=done.output))
        return done.output

    def _stop(self) -> None:
        running = self.journey.topology().running
        if running:
            self.deployed.client("stepfunctions").stop_execution(executionArn=running.arn)
