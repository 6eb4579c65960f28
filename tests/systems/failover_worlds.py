"""The runbook of the failover: the worlds that there are, in which each block is run, and what it prints."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.operations.recovery.facts import Topology
from shared.operations.recovery.stages import BEGUN
from tests.systems.runbook import YES, Guide, Use, to, within


class World(StrEnum):
    """Where the platform stands. Unless it says so, both regions answer and no execution runs."""

    HOME = "the primary serves and writes"
    PINNED = "the primary writes, and is pinned"
    RUNNING = "an execution runs"
    PROMOTING = "pinned, and the writer has been told to move to the standby"
    BEHIND = "pinned, the standby writes, the old primary does not follow yet"
    AWAY = "pinned, the standby writes, the old primary follows"
    RETURNING = "pinned, and the writer has been told to move back"
    LOST = "the primary does not answer, and is still the writer"
    LOST_PINNED = "as lost, and the primary is pinned"
    LOST_RUNNING = "as lost, and an execution runs"
    LOST_PROMOTING = "as lost and pinned, and the writer has been told to move to the standby"
    LOST_AWAY = "the primary does not answer, is pinned, and the standby writes"
    DETACHED = "the standby is no member of the global database any more, and writes by itself"
    LOST_DETACHED = "as detached, and the primary does not answer"
    DIED = "besides: an execution ended without having finished, its checkpoint says where"


#: Nothing but what needs no global database can be done then.
_DETACHED = frozenset({World.DETACHED, World.LOST_DETACHED})
ANY = frozenset(World) - _DETACHED
GOING = frozenset({World.RUNNING, World.LOST_RUNNING})
PASSING = {
    World.PROMOTING: World.AWAY,
    World.BEHIND: World.AWAY,
    World.RETURNING: World.PINNED,
    World.LOST_PROMOTING: World.LOST_AWAY,
}
_LOST = frozenset({World.LOST, World.LOST_PINNED, World.LOST_AWAY, World.LOST_RUNNING, World.LOST_PROMOTING})
#: The standby writes.
_AWAY = frozenset({World.AWAY, World.BEHIND, World.LOST_AWAY})

_LOOKS = Use(needs=ANY)
_FAILS_OVER = {
    "needs": frozenset({World.LOST, World.LOST_PINNED, World.DIED}),
    "leaves": dict.fromkeys((World.LOST, World.LOST_PINNED, World.DIED), World.LOST_AWAY),
}
_STARTS = {
    World.LOST: World.LOST_RUNNING,
    World.LOST_PINNED: World.LOST_RUNNING,
    World.DIED: World.LOST_RUNNING,
}
USES: Mapping[str, Use] = {
    "Nothing of a failover needs the primary": within(World.HOME, World.LOST),
    "The account is the right one": _LOOKS,
    "What is deployed is what is written": within(World.HOME, World.AWAY),
    "Both clusters have the same engine patch": within(World.HOME, World.PINNED, World.AWAY),
    "The standby's database instances are available": Use(needs=ANY - set(PASSING) - GOING),
    "Replication keeps up": within(World.HOME, World.PINNED, World.LOST, World.LOST_PINNED),
    "The standby's service is healthy": _LOOKS,
    "The alarms": within(World.HOME),
    "Somebody hears the alarms": _LOOKS,
    "What DNS answers": Use(needs=ANY - _LOST),
    "Everything on one page": _LOOKS,
    "Executions": _LOOKS,
    "What the last execution is doing": _LOOKS,
    # of an execution that there was
    "Wait until it has ended": within(*GOING, World.HOME, World.AWAY, World.LOST_AWAY),
    "The checkpoint and its history": _LOOKS,
    "The database": _LOOKS,
    "The last known lag": _LOOKS,
    "Is the primary pinned?": _LOOKS,
    "How many intents wait": _LOOKS,
    "Pin, by invoke": Use(
        needs=frozenset({World.HOME, World.LOST}),
        leaves={World.HOME: World.PINNED, World.LOST: World.LOST_PINNED},
        answers=YES,
    ),
    "Pin, by the AWS CLI": Use(
        needs=ANY - set(PASSING), leaves={World.HOME: World.PINNED, World.LOST: World.LOST_PINNED}
    ),
    "Unpin, by invoke": to(World.HOME, World.PINNED, answers=YES),
    "Unpin, by the AWS CLI": to(World.HOME, World.PINNED),
    "Switch over, by invoke": to(World.AWAY, World.HOME, World.DIED, answers=YES),
    "Switch over, by the AWS CLI": to(World.RUNNING, World.HOME),
    "Fail over, by invoke": Use(**_FAILS_OVER, answers=YES),
    "Fail over and accept a loss, by invoke": Use(**_FAILS_OVER, answers=YES),
    "Fail over, by the AWS CLI": Use(needs=frozenset(_STARTS), leaves=_STARTS),
    "Fail over and accept a loss, by the AWS CLI": Use(needs=frozenset(_STARTS), leaves=_STARTS),
    "Write the lag down": within(World.PINNED, World.LOST_PINNED),
    "Promote the standby": Use(
        needs=frozenset({World.PINNED, World.LOST_PINNED}),
        leaves={World.PINNED: World.PROMOTING, World.LOST_PINNED: World.LOST_PROMOTING},
    ),
    "Detach the standby instead": Use(
        needs=frozenset({World.PINNED, World.LOST_PINNED}),
        leaves={World.PINNED: World.DETACHED, World.LOST_PINNED: World.LOST_DETACHED},
    ),
    # on a busy machine it is there before anybody waits for it
    "Wait until the standby writes": Use(
        needs=frozenset({World.PROMOTING, World.LOST_PROMOTING, *_AWAY}),
        leaves={World.PROMOTING: World.AWAY, World.LOST_PROMOTING: World.LOST_AWAY},
    ),
    "Write a canary into the standby": within(*_AWAY, *_DETACHED),
    "Bring the intents in": within(*_AWAY, *_DETACHED),
    "Record that the standby writes": within(*_AWAY),
    "What Aurora said about it": within(*_AWAY),
    "Fence the old primary's load balancer": within(World.AWAY, World.BEHIND),
    "Cut the old primary's database off": within(World.AWAY, World.BEHIND),
    "Lift the fence": Use(needs=ANY - _LOST - GOING),
    "Wait until the old primary follows": to(World.AWAY, World.AWAY, World.BEHIND),
    "What the old primary held": within(World.AWAY),
    "Keep it": within(World.AWAY),
    "Restore it beside, to compare": within(World.AWAY),
    "Remove what was restored": within(World.AWAY),
    "Fail back, by invoke": to(World.HOME, World.AWAY, answers=YES),
    "Fail back, by the AWS CLI": to(World.RUNNING, World.AWAY),
    "Move the writer back": to(World.RETURNING, World.AWAY),
    "Wait until the primary writes": Use(
        needs=frozenset({World.RETURNING, World.PINNED}), leaves={World.RETURNING: World.PINNED}
    ),
    "Write a canary into the primary": within(World.PINNED, World.HOME),
    "Bring the intents into the primary": within(World.PINNED, World.HOME),
    "Record that the primary writes": within(World.HOME),
    "Remove the kept snapshot": within(World.HOME, World.AWAY),
    "Stop the execution, and nothing else": _LOOKS,
}
#: By hand, from the loss to the failback: every block that changes something without the machine, in an
#: order in which each finds the world that it needs. The primary comes back before `BACK_BY_HAND`.
AWAY_BY_HAND = (
    *("Pin, by the AWS CLI", "Write the lag down", "Promote the standby", "Wait until the standby writes"),
    *("Write a canary into the standby", "Bring the intents in", "Record that the standby writes"),
    "What Aurora said about it",
)
#: Where AWS refuses the failover. It takes the global database apart, so it is not run against the deployed
#: platform that all tests share, but in `tests/executions/failover/test_detached.py`.
DETACHED_BY_HAND = ("Pin, by the AWS CLI", "Detach the standby instead", "Write a canary into the standby")
BACK_BY_HAND = (
    *("Fence the old primary's load balancer", "Cut the old primary's database off", "Lift the fence"),
    *("Wait until the old primary follows", "Bring the intents in", "What the old primary held", "Keep it"),
    *("Restore it beside, to compare", "Remove what was restored"),
    *("Move the writer back", "Wait until the primary writes", "Write a canary into the primary"),
    *("Bring the intents into the primary", "Unpin, by the AWS CLI", "Record that the primary writes"),
    "Remove the kept snapshot",
)

_ARN_OF_EXECUTION = r"\Aarn:aws:states:us-west-2:\d+:execution:\S+\Z"
_DRAINED = (
    r'\A(\{"drained": \d+, .*"done": (true|false)\} ?)*\{"drained": \d+, .*"failed": 0, .*"done": true\}\Z'
)
#: What is in the output of the blocks that do not always print the same, with single blanks.
SHOWS: Mapping[str, str] = {
    "Nothing of a failover needs the primary": r"\A(?!.*\bfail\b).*\bok\b",
    "What is deployed is what is written": r"Destroy (\S+/\S+ 0 0 0 0 no changes ){14}Result",
    "The standby's database instances are available": r"(?=.* 0 )\A(available \d \S+-standby-\S+ ?){2}\Z",
    "Replication keeps up": r"\A(\S+ \d{1,3}(\.\d+)? ?)+\Z",
    "The standby's service is healthy": r'\A2 \{"statusCode": 200, .*\}\Z',
    "The alarms": r"\A(alarm-\S+ OK ?){8}\Z",
    "Somebody hears the alarms": r"\Asqs arn:aws:sqs:us-west-2:\S+ arn:aws:sns:us-west-2:\S+\Z",
    "What DNS answers": r"\A\S+\.us-(east-1|west-2)\.elb\.amazonaws\.com\Z",
    "Everything on one page": r"\bus-west-2\b",
    "Executions": r"\A((RUNNING|SUCCEEDED|FAILED|ABORTED) \S+ \S+ ?){0,5}\Z",
    "What the last execution is doing": r"\A((RUNNING|SUCCEEDED|FAILED|ABORTED) |There was no execution yet)",
    "Wait until it has ended": r'\ASUCCEEDED .*"outcome": ?"(failed-over|switched-over|failed-back)"',
    "The checkpoint and its history": r'\A(\d+ \{"stage": .*?\} ?)+\Z',
    "The database": r"\A\S+ \S+:cluster:\S+ (\S+:us-(east-1|west-2):\S+ (True|False) ){2}8\.0\S+ \S+\Z",
    "The last known lag": r"\A(\S+ \d+(\.\d+)? ?){0,5}\Z",
    "Is the primary pinned?": r"\A[01]\Z",
    "How many intents wait": r'\A\{"waiting": \d+\}\Z',
    "Pin, by invoke": r"pinned",
    "Unpin, by invoke": r"not pinned",
    "Switch over, by invoke": r"switched-over",
    "Switch over, by the AWS CLI": _ARN_OF_EXECUTION,
    "Fail over, by invoke": r"failed-over",
    "Fail over and accept a loss, by invoke": r"failed-over",
    "Fail over, by the AWS CLI": _ARN_OF_EXECUTION,
    "Fail over and accept a loss, by the AWS CLI": _ARN_OF_EXECUTION,
    "Write the lag down": r"\A(\d+(\.\d+)? \S+|None)\Z",
    "Bring the intents in": _DRAINED,
    "What Aurora said about it": r"Global failover to DB cluster \S+ in Region us-west-2 completed",
    "Cut the old primary's database off": r"\A0 (\S+|Nothing writes there\.)\Z",
    "What the old primary held": r"\Ards:unplanned-global-failover-\S+\Z",
    "Fail back, by invoke": r"failed-back",
    "Fail back, by the AWS CLI": _ARN_OF_EXECUTION,
    "Bring the intents into the primary": _DRAINED,
}
GUIDE = Guide(uses=USES, shows=SHOWS, going=GOING, passing=PASSING)


def worlds(now: Topology, *, lost: bool) -> frozenset[World]:
    """Where the platform stands, as the standby sees it; `lost`: whether the primary answers is not seen."""
    if now.running:
        return frozenset({World.LOST_RUNNING if lost else World.RUNNING})
    assert now.executions_read, now.unread
    assert now.database, now.unread
    died = now.ended and now.ended.status != "SUCCEEDED" and now.stage in BEGUN
    return frozenset({_world(now, lost=lost)} | ({World.DIED} if died else set()))


def _world(now: Topology, *, lost: bool) -> World:
    if now.changing:
        if lost:
            return World.LOST_PROMOTING
        return World.PROMOTING if now.writer == now.home else World.RETURNING
    if now.member(now.away) is None:
        return World.LOST_DETACHED if lost else World.DETACHED
    if now.writer == now.home:
        return _home(now.pinned, lost=lost)
    old = now.member(now.home)
    if lost:
        return World.LOST_AWAY
    return World.AWAY if old and old.synchronization == "connected" else World.BEHIND


def _home(pinned: bool | None, *, lost: bool) -> World:
    if lost:
        return World.LOST_PINNED if pinned else World.LOST
    return World.PINNED if pinned else World.HOME
