"""Faults that a rehearsal puts into a failover or a switchover, each with the state that it has to end in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.errors import Refused
from shared.operations.recovery import failback, failover, switchover
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.request import Request
from shared.rehearsal import faults
from shared.rehearsal.fault_client import ALWAYS
from shared.rehearsal.recovery import measures
from shared.rehearsal.recovery.ends import (
    AWAY,
    End,
    checked,
    follows,
    until,
    until_clients_are_in,
    until_possible,
    verdict,
)
from shared.rehearsal.recovery.journey import Journey

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Result
    from shared.rehearsal.scenario import Part

Fault = faults.Fault[Journey, Topology, End]
Once = faults.Once[Journey, Topology, End]

_REASON = Request(reason="rehearsal")
_ACCEPTED = Request(reason="rehearsal", accept_data_loss=True)
#: More than any planned move takes.
HIGH_LAG_MS = 9000
#: The lag is the worst of a minute.
MINUTE_SECONDS = 60


def in_state(*names: str) -> Callable[[Topology], bool]:
    """While an execution is in one of these states."""
    return lambda seen: bool(seen.running and seen.running.state in names)


def _lose(mode: str, journey: Journey) -> None:
    journey.lose(mode)
    until_clients_are_in(journey, journey.away)


def _lose_unknown(journey: Journey) -> None:
    journey.controls.fail(
        "cloudwatch", "GetMetricData", "InternalServiceFault", status=500, count=ALWAYS, region=journey.away
    )
    _lose("refuse", journey)


def fall_behind(journey: Journey) -> None:
    """Let the replication be behind by more than a planned move takes, and wait until that is seen."""
    journey.telemetry.lag_ms = HIGH_LAG_MS
    limit = journey.environment.alarms.replication_lag_ms
    until(
        journey,
        "the lag is seen",
        lambda seen: any(lag.milliseconds > limit for lag in seen.lags.values()),
    )


def _kill(journey: Journey) -> None:
    running = journey.topology().running
    if running:
        machine = journey.clients.client("stepfunctions", journey.away)
        machine.stop_execution(executionArn=running.arn, error="Crash", cause="asked for by the rehearsal")


def _failed_over(journey: Journey) -> str:
    return failover.run(journey.operator(), _ACCEPTED).outcome


FAULTS: tuple[Fault, ...] = (
    Fault(
        name="refuse",
        what="the primary region is lost, its endpoints refuse every connection",
        act=partial(_lose, "refuse"),
        end=AWAY,
    ),
    Fault(
        name="hang",
        what="the primary region is lost, its endpoints take connections and never answer",
        act=partial(_lose, "hang"),
        end=AWAY,
    ),
    Fault(
        name="unknown-lag",
        what="the primary region is lost, and nobody knows how far the standby is behind",
        act=_lose_unknown,
        asked={"accept_data_loss": False},
        # Route 53 has moved the clients by itself; nothing else may have been done
        end=End(outcome="refused", writer="home", clients="away", pinned=False, stage=""),
    ),
    Fault(
        name="lag@switchover",
        what="the standby falls behind before a planned switchover",
        act=fall_behind,
        asked={"operation": "switchover"},
        end=End(outcome="refused", writer="home", clients="home", pinned=False, stage=""),
    ),
    Fault(
        name="killed@promote",
        what="the execution is killed while the standby is promoted; the next one finishes it",
        act=_kill,
        when=in_state("Promote", "Observe", "ObserveWait", "Arrived"),
        asked={"lost": True},
        then=_failed_over,
        end=AWAY,
    ),
    Fault(
        name="lost@switchover",
        what="the primary region is lost during a planned switchover; a failover takes over",
        act=lambda journey: journey.lose("refuse"),
        when=in_state("WaitForDns"),
        asked={"operation": "switchover"},
        then=_failed_over,
        end=AWAY,
    ),
)


def named(name: str) -> Fault:
    """Return one fault of the catalogue."""
    return next(fault for fault in FAULTS if fault.name == name)


def parts(journey: Journey, chosen: Sequence[faults.AnyFault]) -> tuple[Part, ...]:
    """Return the parts: for each fault the failover, the way back, and the plan."""
    return faults.parts(
        journey,
        chosen,
        suffer=partial(suffer, journey),
        settle=partial(settle, journey),
        restore=partial(restore, journey),
    )


def suffer(journey: Journey, fault: Fault, *, mode: str = "refuse") -> None:
    """Go through a failover or a switchover with the fault, and look where it ended.

    `mode`: how the primary is lost by a fault that has it lost beforehand.
    """
    with journey.chapters.chapter(f"Fault {fault.name}") as draft:
        until_possible(journey, "switchover")
        began, stage = time.monotonic(), journey.look().stage
        if fault.asked.get("lost"):
            _lose(mode, journey)
        hit = Once(journey, fault, draft)
        hit.begin()
        outcome = attempt(journey, lambda: _operate(journey, fault, hit))
        if fault.then:
            draft.event("state", outcome)
            outcome = fault.then(journey)
        hit.happened()
        checked(draft, journey, outcome, fault.end)
        if not fault.end.stage:
            now = journey.topology().stage
            draft.check("the checkpoint is what it was", passed=now == stage, detail=now)
        asked = journey.calls_to_lost() if journey.lost and "operation" not in fault.asked else {}
        draft.check(f"nothing was asked of {journey.home}", passed=not asked, detail=str(asked or "none"))
        measures.payments(draft, journey, since=began)
        verdict(draft, journey)


def _operate(journey: Journey, fault: Fault, hit: Once) -> Result:
    operator = journey.operator(seen=hit.see)
    if fault.asked.get("operation") == "switchover":
        return switchover.run(operator, _REASON)
    return failover.run(operator, _ACCEPTED if fault.asked.get("accept_data_loss", True) else _REASON)


def attempt(journey: Journey, operation: Callable[[], Result]) -> str:
    """Return what came of an operation; `refused` when it did not begin, and the report keeps the reasons."""
    try:
        return operation().outcome
    except Refused as refusal:
        said = "; ".join(problem.what for problem in refusal.problems)
        journey.refusals.append(said)
        journey.rehearsal.console.print(f"Refused: {said}", highlight=False, soft_wrap=True)
        return "refused"


def settle(journey: Journey) -> None:
    """Let everything answer again, and the old primary follow; the writer stays where it is."""
    journey.controls.clear_faults()
    if journey.lost:
        journey.bring_back()
    if journey.topology().writer == journey.away:
        until(journey, f"the cluster in {journey.home} follows", partial(follows, region=journey.home))


def restore(journey: Journey) -> None:
    """Take the fault and what it left behind back. RehearsalFailedError when that cannot be done."""
    settle(journey)
    if journey.telemetry.lag_ms is not None:
        journey.telemetry.lag_ms = None
        # the worst lag of a minute stays until it is over
        time.sleep(MINUTE_SECONDS)
    if journey.topology().writer != journey.home:
        until_possible(journey, "failback")
        failback.run(journey.operator(), _REASON)
    measures.clients_are_home(journey)
