"""The runbook of the migration: the worlds that there are, in which each block is run, and what it prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from shared.operations.migration.facts import FULL, Topology
from shared.operations.migration.moves import UNFINISHED
from tests.systems.runbook import YES, Guide, Use, to, within


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

_LOOKS = Use(needs=ANY)
USES: Mapping[str, Use] = {
    "The account is the right one": _LOOKS,
    "Tools, settings and quotas are right": within(World.DEPLOYED),
    "What is deployed is what is written": within(World.DEPLOYED, World.SHIFTED, World.MOVED),
    "No migration runs": Use(needs=ANY - GOING),
    "Both clusters have the same engine patch": _LOOKS,
    "The database writes in the source": within(World.DEPLOYED, World.SHIFTED, World.PAUSED, *GOING),
    "The target's database instances are available": _LOOKS,
    "Replication keeps up": _LOOKS,
    "Certificates are issued": _LOOKS,
    "The image is in both registries": _LOOKS,
    "The application's secret is replicated": _LOOKS,
    "The zone is delegated": _LOOKS,
    "The peering is active": _LOOKS,
    "The keys are enabled": _LOOKS,
    "Somebody hears the alarms": _LOOKS,
    "As many instances as in the source": within(World.DEPLOYED),
    "Targets are healthy": _LOOKS,
    "Alarms are quiet": within(World.DEPLOYED, World.SHIFTED),
    "Start, by invoke": to(World.RUNNING, World.DEPLOYED, answers=YES),
    "Start, by the AWS CLI": to(World.RUNNING, World.DEPLOYED),
    "Everything on one page": _LOOKS,
    "Executions": _LOOKS,
    "What the last execution is doing": _LOOKS,
    "The checkpoint and its history": _LOOKS,
    "The open question": _LOOKS,
    "The weights": _LOOKS,
    "The alarms": _LOOKS,
    "Requests and errors": _LOOKS,
    "The database": _LOOKS,
    "Answer, by invoke": to(World.RUNNING, World.WAITING, answers=YES),
    "Go on, by the AWS CLI": to(World.RUNNING, World.WAITING),
    "Take everything back, by the AWS CLI": to(World.DEPLOYED, World.WAITING),
    "Nothing else shifts": Use(needs=ANY - GOING),
    "After each phase: check": within(World.DEPLOYED, World.SHIFTED),
    "Stop and go back, by invoke": to(World.DEPLOYED, *GOING, answers=YES),
    "Go back, by invoke": to(World.DEPLOYED, World.DIED, World.SHIFTED, World.MOVED, answers=YES),
    "Stop and go back, by the AWS CLI": to(World.DEPLOYED, *GOING, World.DIED, World.SHIFTED, World.MOVED),
    "Traffic back, by hand": to(World.DEPLOYED, World.DEPLOYED, *GOING, World.DIED, World.SHIFTED),
    "Switchover, by invoke": to(World.MOVED, World.SHIFTED, answers=YES),
    "Pause writes": Use(
        needs=frozenset({World.SHIFTED, World.MOVED}),
        leaves={World.SHIFTED: World.PAUSED, World.MOVED: World.MOVED_PAUSED},
    ),
    "Move the writer": to(World.SWITCHING, World.PAUSED),
    "Wait until the writer has moved": Use(
        needs=frozenset({World.SWITCHING, World.MOVED, World.MOVED_PAUSED}),
        leaves={World.SWITCHING: World.MOVED_PAUSED},
    ),
    "Write a canary": within(World.MOVED, World.MOVED_PAUSED),
    "Resume writes": Use(
        needs=ANY - {World.SWITCHING, World.RETURNING, World.DEAD},
        leaves={World.PAUSED: World.SHIFTED, World.MOVED_PAUSED: World.MOVED},
    ),
    "Record that the database has moved": within(World.MOVED),
    "Move the writer back": to(World.RETURNING, World.MOVED_PAUSED),
    # on a busy machine it is back before anybody waits for it
    "Wait until the writer is back": Use(
        needs=frozenset({World.RETURNING, World.PAUSED}), leaves={World.RETURNING: World.PAUSED}
    ),
    "Stop the execution, and nothing else": Use(needs=ANY, leaves=dict.fromkeys(GOING, World.DIED)),
    "Fail over, and lose what was not replicated": to(World.MOVED, World.DEAD, World.DEPLOYED, World.SHIFTED),
    "All traffic to the target": within(World.MOVED),
    "No request reaches the source any more": within(World.MOVED),
    "Finalize, by invoke": to(World.FINAL, World.MOVED),
    "Finalize, by the AWS CLI": to(World.FINAL, World.MOVED),
    "Go on from where it stopped": to(World.RUNNING, World.DIED, answers=YES),
    "Are writes still paused?": Use(needs=ANY - _PAUSED),
}
SHIFT = r"Phase (\d+): shift"
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


def _shift(title: re.Match[str]) -> Use:
    return to(World.SHIFTED, World.DEPLOYED) if title[1] == "100" else within(World.DEPLOYED)


GUIDE = Guide(
    uses=USES,
    shows=SHOWS,
    going=GOING,
    passing={World.SWITCHING: World.MOVED_PAUSED, World.RETURNING: World.PAUSED},
    families={SHIFT: _shift},
)


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
