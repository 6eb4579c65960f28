"""Runs blocks of the runbook, and says in which state of the world each of them makes sense."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.rehearsal.environment import environment
from tests.runbook_blocks import Block
from tests.tools import ROOT, Result, search_path

_LONGEST_SECONDS = 1200


class World(StrEnum):
    """Where the migration stands. Unless it says so, no execution runs and writes are not paused."""

    DEPLOYED = "weights 100 and 0, the writer in the source"
    RUNNING = "an execution moves the traffic"
    WAITING = "an execution waits for an answer"
    DIED = "an execution ended without having finished, its checkpoint says where"
    SHIFTED = "all traffic in the target, the writer in the source"
    PAUSED = "as shifted, and writes are paused"
    SWITCHING = "as paused, and the writer has been told to move"
    MOVED = "all traffic and the writer in the target"
    MOVED_PAUSED = "as moved, and writes are paused"
    RETURNING = "as moved and paused, and the writer has been told to move back"
    DEAD = "the source does not answer, the writer is still there"
    FINAL = "as moved, and the source is out of the global database"


ANY = frozenset(World)
_GOING = frozenset({World.RUNNING, World.WAITING})
_PAUSED = frozenset({World.PAUSED, World.MOVED_PAUSED, World.SWITCHING, World.RETURNING})


@dataclass(frozen=True, kw_only=True)
class Use:
    """When a block can be run."""

    needs: frozenset[World]
    """The worlds in which it ends well, printing what it should."""
    leaves: Mapping[World, World] = field(default_factory=dict)
    """The world before -> the world afterwards, where it changes."""
    answers: str = ""
    """What a person types, a line each; what has to be typed to finalize is not known here."""


def _in(*needs: World) -> Use:
    """A block that only looks, or leaves the world as it is."""
    return Use(needs=frozenset(needs))


def _to(after: World, *needs: World, answers: str = "") -> Use:
    """A block after which the world is another one."""
    return Use(needs=frozenset(needs), leaves=dict.fromkeys(needs, after), answers=answers)


_LOOKS = Use(needs=ANY)
_YES = "yes\n"
USES: Mapping[str, Use] = {
    "The account is the right one": _LOOKS,
    "Tools, settings and quotas are right": _in(World.DEPLOYED),
    "What is deployed is what is written": _in(World.DEPLOYED, World.SHIFTED, World.MOVED),
    "No migration runs": Use(needs=ANY - _GOING),
    "Both clusters have the same engine patch": _LOOKS,
    "The database writes in the source": _in(World.DEPLOYED, World.SHIFTED, World.PAUSED, *_GOING),
    "The target's database instances are available": _LOOKS,
    "Replication keeps up": _LOOKS,
    "Certificates are issued": _LOOKS,
    "The image is in both registries": _LOOKS,
    "The application's secret is replicated": _LOOKS,
    "The zone is delegated": _LOOKS,
    "The peering is active": _LOOKS,
    "The keys are enabled": _LOOKS,
    "Somebody hears the alarms": _LOOKS,
    "As many instances as in the source": _in(World.DEPLOYED),
    "Targets are healthy": _LOOKS,
    "Alarms are quiet": _in(World.DEPLOYED, World.SHIFTED),
    "Start, by invoke": _to(World.RUNNING, World.DEPLOYED, answers=_YES),
    "Start, by the AWS CLI": _to(World.RUNNING, World.DEPLOYED),
    "Everything on one page": _LOOKS,
    "Executions": _LOOKS,
    "What the last execution is doing": _LOOKS,
    "The checkpoint and its history": _LOOKS,
    "The open question": _LOOKS,
    "The weights": _LOOKS,
    "The alarms": _LOOKS,
    "Requests and errors": _LOOKS,
    "The database": _LOOKS,
    "Answer, by invoke": _to(World.RUNNING, World.WAITING),
    "Go on, by the AWS CLI": _to(World.RUNNING, World.WAITING),
    "Take everything back, by the AWS CLI": _to(World.DEPLOYED, World.WAITING),
    "Nothing else shifts": Use(needs=ANY - _GOING),
    "After each phase: check": _in(World.DEPLOYED, World.SHIFTED),
    "Stop and go back, by invoke": _to(World.DEPLOYED, *_GOING, answers=_YES),
    "Go back, by invoke": _to(World.DEPLOYED, World.DIED, World.SHIFTED, World.MOVED, answers=_YES),
    "Stop and go back, by the AWS CLI": _to(World.DEPLOYED, *_GOING, World.DIED, World.SHIFTED, World.MOVED),
    "Traffic back, by hand": _to(World.DEPLOYED, World.DEPLOYED, *_GOING, World.DIED, World.SHIFTED),
    "Switchover, by invoke": _to(World.MOVED, World.SHIFTED, answers=_YES),
    "Pause writes": Use(
        needs=frozenset({World.SHIFTED, World.MOVED}),
        leaves={World.SHIFTED: World.PAUSED, World.MOVED: World.MOVED_PAUSED},
    ),
    "Move the writer": _to(World.SWITCHING, World.PAUSED),
    "Wait until the writer has moved": Use(
        needs=frozenset({World.SWITCHING, World.MOVED, World.MOVED_PAUSED}),
        leaves={World.SWITCHING: World.MOVED_PAUSED},
    ),
    "Write a canary": _in(World.MOVED, World.MOVED_PAUSED),
    "Resume writes": Use(
        needs=ANY - {World.SWITCHING, World.RETURNING, World.DEAD},
        leaves={World.PAUSED: World.SHIFTED, World.MOVED_PAUSED: World.MOVED},
    ),
    "Record that the database has moved": _in(World.MOVED),
    "Move the writer back": _to(World.RETURNING, World.MOVED_PAUSED),
    "Wait until the writer is back": _to(World.PAUSED, World.RETURNING),
    "Stop the execution, and nothing else": Use(needs=ANY, leaves=dict.fromkeys(_GOING, World.DIED)),
    "Fail over, and lose what was not replicated": _to(
        World.MOVED, World.DEAD, World.DEPLOYED, World.SHIFTED
    ),
    "All traffic to the target": _in(World.MOVED),
    "No request reaches the source any more": _in(World.MOVED),
    "Finalize, by invoke": _to(World.FINAL, World.MOVED),
    "Finalize, by the AWS CLI": _to(World.FINAL, World.MOVED),
    "Go on from where it stopped": _to(World.RUNNING, World.DIED, answers=_YES),
    "Are writes still paused?": Use(needs=ANY - _PAUSED),
}
_SHIFT = re.compile(r"Phase (\d+): shift")
#: By hand, from a deployment to the point of no return: every block that changes something, in an order
#: in which each finds the world that it needs.
BY_HAND = (
    *("Nothing else shifts", "Phase 25: shift", "After each phase: check", "Traffic back, by hand"),
    *("Phase 25: shift", "Phase 50: shift", "Phase 75: shift", "Phase 100: shift", "After each phase: check"),
    *("Pause writes", "Move the writer", "Wait until the writer has moved", "Write a canary"),
    *("Resume writes", "Record that the database has moved"),
    *("Pause writes", "Move the writer back", "Wait until the writer is back", "Resume writes"),
    *("Traffic back, by hand", "Stop the execution, and nothing else"),
    *("Fail over, and lose what was not replicated", "Wait until the writer has moved"),
    *("All traffic to the target", "No request reaches the source any more", "Finalize, by the AWS CLI"),
)


def use(block: Block) -> Use:
    """When a block can be run. KeyError for one that nobody thought about."""
    shift = _SHIFT.fullmatch(block.title)
    if shift is None:
        return USES[block.title]
    if shift[1] == "100":
        return _to(World.SHIFTED, World.DEPLOYED)
    return _in(World.DEPLOYED)


def run_block(block: Block, endpoint: str, answers: str = "") -> Result:
    """Run a block as a person does, in the repository, against an embedded AWS.

    With `answers` there is a terminal on which they are typed; without, nobody is there to ask.
    """
    variables = environment(endpoint) | {"PATH": search_path()}
    if not answers:
        return _run(block, variables, subprocess.DEVNULL)
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, answers.encode())
        return _run(block, variables, terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)


def _run(block: Block, variables: Mapping[str, str], stdin: int) -> Result:
    done = subprocess.run(
        ["sh", "-c", block.commands],
        env=dict(variables),
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=_LONGEST_SECONDS,
    )
    return Result(done.returncode, done.stdout, done.stderr)
