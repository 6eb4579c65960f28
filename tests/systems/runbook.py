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
GOING = frozenset({World.RUNNING, World.WAITING})
_PAUSED = frozenset({World.PAUSED, World.MOVED_PAUSED, World.SWITCHING, World.RETURNING})


@dataclass(frozen=True, kw_only=True)
class Use:
    """When a block can be run."""

    needs: frozenset[World]
    """The worlds in which it ends well, printing what it should."""
    leaves: Mapping[World, World] = field(default_factory=dict)
    """The world before -> the world afterwards, where it changes."""
    answers: str = ""
    """What a person types, a line each; the name that is typed to finalize is not known here."""


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
    "No migration runs": Use(needs=ANY - GOING),
    "Both clusters have the same engine patch": _LOOKS,
    "The database writes in the source": _in(World.DEPLOYED, World.SHIFTED, World.PAUSED, *GOING),
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
    "Answer, by invoke": _to(World.RUNNING, World.WAITING, answers=_YES),
    "Go on, by the AWS CLI": _to(World.RUNNING, World.WAITING),
    "Take everything back, by the AWS CLI": _to(World.DEPLOYED, World.WAITING),
    "Nothing else shifts": Use(needs=ANY - GOING),
    "After each phase: check": _in(World.DEPLOYED, World.SHIFTED),
    "Stop and go back, by invoke": _to(World.DEPLOYED, *GOING, answers=_YES),
    "Go back, by invoke": _to(World.DEPLOYED, World.DIED, World.SHIFTED, World.MOVED, answers=_YES),
    "Stop and go back, by the AWS CLI": _to(World.DEPLOYED, *GOING, World.DIED, World.SHIFTED, World.MOVED),
    "Traffic back, by hand": _to(World.DEPLOYED, World.DEPLOYED, *GOING, World.DIED, World.SHIFTED),
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
    # on a busy machine it is back before anybody waits for it
    "Wait until the writer is back": Use(
        needs=frozenset({World.RETURNING, World.PAUSED}), leaves={World.RETURNING: World.PAUSED}
    ),
    "Stop the execution, and nothing else": Use(needs=ANY, leaves=dict.fromkeys(GOING, World.DIED)),
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
SHIFT = re.compile(r"Phase (\d+): shift")
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


_ARN_OF_EXECUTION = r"\Aarn:aws:states:eu-west-1:\d+:execution:\S+\Z"
_BACK = r"rolled-back: eu-west-1 has 0 % of the traffic; the writer is in us-east-1\b"
_MOVED = r"moved: eu-west-1 has all of the traffic; the writer is in eu-west-1\b"
#: What is in the output of the blocks that do not always print the same, with single blanks.
SHOWS: Mapping[str, str] = {
    "Tools, settings and quotas are right": r"\Awhat seen ok (?!.*\bfail\b).* ok state bucket ",
    "What is deployed is what is written": r"Destroy (\S+/\S+ 0 0 0 0 no changes ){11}Result",
    "The target's database instances are available": r"(?=.* 0 )\A(available \d \S+-target-\S+ ?){2}\Z",
    "Replication keeps up": r"\A(\S+ \d{1,3}(\.\d+)? ?)+\Z",
    "The image is in both registries": r"\A(sha256:[0-9a-f]{64}) \1\Z",
    "The zone is delegated": r"\A(ns-\S+ ?){4}\Z",
    "Somebody hears the alarms": r"\Asqs arn:aws:sqs:eu-west-1:\S+ arn:aws:sns:eu-west-1:\S+\Z",
    "As many instances as in the source": r"\A(\d+ \d+) \1\Z",
    "Targets are healthy": r"\A2 2\Z",
    "Start, by invoke": rf"\A(.*\bright ){{8}}.*{_MOVED}",
    "Start, by the AWS CLI": _ARN_OF_EXECUTION,
    "Everything on one page": r" us-east-1 \(source\) 100 writer available .* migrate\.start .* moves the",
    "Executions": r"\A((RUNNING|SUCCEEDED|FAILED|ABORTED) \S+ \S+ ?){0,5}\Z",
    "What the last execution is doing": r"\A((RUNNING|SUCCEEDED|ABORTED) |There was no execution yet)",
    "The checkpoint and its history": r'\A1 \{"stage": "none".*\}\Z',
    "The open question": r"\A\{.*\}\Z",
    "The weights": r"\Arecord-source-\w+ \d+ record-target-\w+ \d+\Z",
    "The alarms": r"\A(alarm-healthy-hosts-\w+ OK alarm-replication-lag-\w+ (OK|ALARM) ?){2}\Z",
    "Requests and errors": r"\Aus-\S+ RequestCount [1-9]\S+ \S+ RequestCount \S+ (\S+ HTTP\w+ [0.]+ ?){4}\Z",
    "The database": r"\Aavailable (\S+:us-east-1:\S+) \1 True \S+:eu-west-1:\S+ False\Z",
    "Answer, by invoke": rf"\bmove the database's writer to eu-west-1\?.* answered: continue .*{_MOVED}",
    "Stop and go back, by invoke": rf"\bstopped: \S+ .*{_BACK}",
    "Go back, by invoke": rf"the writer to us-east-1 first, .*{_BACK}",
    "Stop and go back, by the AWS CLI": _ARN_OF_EXECUTION,
    "Switchover, by invoke": _MOVED,
    "No request reaches the source any more": r"\A\d+(\.\d+)?\Z",
    "Finalize, by invoke": r"The point of no return: .* is in eu-west-1 alone; .* Next: invoke plan ",
    "Go on from where it stopped": rf"goes on from its checkpoint: the phase \d+ % is done again .*{_MOVED}",
}


def prints_what_it_should(block: Block, output: str) -> bool:
    """Say whether an output is the one that the runbook announces, or has what `SHOWS` says."""
    if block.expect is not None:
        return block.prints_what_it_should(output)
    return re.search(SHOWS[block.title], " ".join(output.split())) is not None


def use(block: Block) -> Use:
    """When a block can be run. KeyError for one that nobody thought about."""
    shift = SHIFT.fullmatch(block.title)
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
