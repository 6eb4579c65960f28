"""The runbook of the cutover: the worlds that there are, in which each block is run, and what it prints."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.operations.cutover import stages
from shared.operations.cutover.facts import AURORA, ON_PREMISES, Position
from tests.systems.runbook import YES, Guide, Use, to, within


class World(StrEnum):
    """Where the cutover stands. Where one is begun, the command that began it died."""

    DEPLOYED = "nothing was ever loaded"
    LOADED = "the forward task runs, the data centre is written to"
    DRAINED = "the data centre is frozen and drained, the reverse task runs, the name was not moved"
    OPENED = "as drained, and the data centre was opened by hand"
    MOVED = "the name leads to Aurora, and the cutover is not at its end"
    CUT_OVER = "Aurora is written to, the reverse task runs"
    FROZEN_BACK = "Aurora is frozen and drained, the data centre frozen, the name was not moved back"
    OPENED_BACK = "as frozen, and Aurora was opened by hand"
    DRAINED_BACK = "Aurora is frozen and drained, the data centre open, the name was not moved back"
    RETURNED = "the name leads back, and the rollback is not at its end"
    ROLLED_BACK = "the data centre is written to, nothing is replicated"
    FINISHED = "there is no way back any more"


ANY = frozenset(World)
BEGUN = ANY - {World.DEPLOYED}

_LOOKS = Use(needs=ANY)
_THERE, _BACK = "Before the name was moved: ", "Before the name was moved back: "
_FINISH = "Finish, without this program: "
USES: Mapping[str, Use] = {
    "The account is the right one": _LOOKS,
    "What is deployed is what is written": within(World.DEPLOYED, World.CUT_OVER),
    "DMS reaches both databases": _LOOKS,
    "Somebody hears the function": _LOOKS,
    "The zone is delegated": _LOOKS,
    "Load Aurora, by invoke": to(World.LOADED, World.DEPLOYED, World.LOADED, answers=YES),
    "Load Aurora again, by invoke": to(World.LOADED, World.ROLLED_BACK, answers=YES),
    "How the tables are": within(World.LOADED),
    "How far behind Aurora is": within(World.LOADED),
    "What speaks against it": within(World.LOADED),
    "Cut over, by invoke": to(World.CUT_OVER, World.LOADED, answers=YES),
    "Everything on one page": _LOOKS,
    "Both tasks": _LOOKS,
    "The state and its history": _LOOKS,
    "The weights": _LOOKS,
    "The alarms": within(World.LOADED),
    "What the function says": _LOOKS,
    "Snapshots from before": Use(needs=BEGUN),
    "Take it back, by invoke": to(World.ROLLED_BACK, World.CUT_OVER, answers=YES),
    f"{_THERE}open the data centre": to(World.OPENED, World.DRAINED),
    f"{_THERE}stop the reverse task": within(World.OPENED),
    f"{_THERE}forget the proofs": within(World.OPENED),
    f"{_THERE}let the forward task go on": within(World.OPENED),
    f"{_THERE}record it": to(World.LOADED, World.OPENED),
    "Have the name moved to Aurora": to(World.MOVED, World.DRAINED),
    f"{_BACK}open Aurora": to(World.OPENED_BACK, World.FROZEN_BACK),
    f"{_BACK}let the reverse task go on": within(World.OPENED_BACK),
    f"{_BACK}record it": to(World.CUT_OVER, World.OPENED_BACK),
    "Have the name moved back": to(World.RETURNED, World.DRAINED_BACK),
    # the name that is typed is not known here
    "Finish, by invoke": to(World.FINISHED, World.CUT_OVER),
    f"{_FINISH}stop the reverse task for good": within(World.CUT_OVER),
    f"{_FINISH}record it": to(World.FINISHED, World.CUT_OVER),
    "Remove the snapshots from before": Use(needs=BEGUN),
}
#: A cutover that died after the drain, taken back without the program.
TAKEN_BACK = tuple(
    f"{_THERE}{what}"
    for what in (
        *("open the data centre", "stop the reverse task", "forget the proofs"),
        *("let the forward task go on", "record it"),
    )
)
#: The same of a rollback.
UNDONE = tuple(f"{_BACK}{what}" for what in ("open Aurora", "let the reverse task go on", "record it"))
FINISHED_BY_HAND = (f"{_FINISH}stop the reverse task for good", f"{_FINISH}record it")

_TASK = r"task-(forward|reverse)-\S+ (ready|running|stopped) .*?"
_MOVED = r'\A\{"go": "move", .*"done": true, "everywhere": true\}\Z'
#: What is in the output of the blocks that do not always print the same, with single blanks.
SHOWS: Mapping[str, str] = {
    "What is deployed is what is written": r"Destroy (\S+/\S+ 0 0 0 0 no changes ){6}Result",
    "Somebody hears the function": r"\Asqs arn:aws:sqs:us-east-1:\S+ arn:aws:sns:us-east-1:\S+\Z",
    "The zone is delegated": r"\A(ns-\S+ ?){4}\Z",
    "Load Aurora, by invoke": r"every table is loaded and valid",
    "Load Aurora again, by invoke": r"tables of Aurora are empty .*every table is loaded and valid",
    "How the tables are": r"\A(\w+ \w+ Table completed Validated 0 0 0 ?)+\Z",
    # here the task has run for as many minutes as the test did, and on a machine with other work, too
    "How far behind Aurora is": r"\A(\d+(\.\d+)?(e-\d+)? ?){2,}\Z",
    "What speaks against it": r"\A(?!.*\bblocks\b).*\bok\b",
    "Cut over, by invoke": r"freeze: .*drain: .*start-reverse: .*move: .*canary: .*\bcut-over\b",
    "Everything on one page": r"\bwrite name leads to (the source|Aurora)\b.*\bwhat can be done now\b",
    "Both tasks": rf"\A{_TASK}{_TASK}\Z",
    # from the 101st version on the first ones are gone
    "The state and its history": r'\A\d+ \{"stage": ?"[a-z-]+".*\}\Z',
    "The weights": r"\Arecord-aurora-\S+ (0|100) 60 record-on-premises-\S+ (0|100) 60\Z",
    "The alarms": r"\A(alarm-lag-\S+ OK ?){2}\Z",
    "What the function says": r'\A\{"ready": (true|false), "reasons": \[.*"weights": \{.*\}.*\}\Z',
    "Snapshots from before": r"\A(before-cutover-\S+ available ?)+\Z",
    "Take it back, by invoke": r"freeze-aurora: .*drain-back: .*return: .*canary-back: .*\brolled-back\b",
    f"{_THERE}open the data centre": r"\Amay connect: (\S+ )*PUBLIC( \S+)* open\Z",
    f"{_THERE}stop the reverse task": r"\Astopped\Z",
    "Have the name moved to Aurora": _MOVED,
    f"{_BACK}open Aurora": r"\Amay connect: (\S+ )*PUBLIC( \S+)* open\Z",
    "Have the name moved back": _MOVED,
    "Finish, by invoke": r"no way back without loss.*\bfinished\b",
    "Remove the snapshots from before": r"\A(before-cutover-\S+ ?)+\Z",
}
GUIDE = Guide(uses=USES, shows=SHOWS, going=frozenset(), passing={})

_BY_STAGE = {
    stages.DRAINED: World.DRAINED,
    stages.MOVED: World.MOVED,
    stages.CUT_OVER: World.CUT_OVER,
    stages.DRAINING_BACK: World.FROZEN_BACK,
    stages.DRAINED_BACK: World.DRAINED_BACK,
    stages.RETURNED: World.RETURNED,
    stages.ROLLED_BACK: World.ROLLED_BACK,
    stages.FINISHED: World.FINISHED,
}
#: World -> the database that may be open in it by hand, and the world then.
_BY_HAND = {
    World.DRAINED: (ON_PREMISES, World.OPENED),
    World.FROZEN_BACK: (AURORA, World.OPENED_BACK),
}


def worlds(now: Position) -> frozenset[World]:
    """Where the cutover stands: always one world."""
    assert now.note, now.unread
    assert now.forward, now.unread
    assert not now.unreachable, now.unreachable
    if now.stage in stages.BEFORE:
        return frozenset({World.LOADED if now.forward.running else World.DEPLOYED})
    world = _BY_STAGE[now.stage]
    side, opened = _BY_HAND.get(world, ("", world))
    return frozenset({opened if side and now.gates[side].open else world})
