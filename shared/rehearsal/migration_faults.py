"""Faults that a rehearsal puts into a migration, each with the state that it has to end in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from shared.operations.migration import abort, approve, rollback, start
from shared.operations.migration.facts import Topology
from shared.rehearsal import faults
from shared.rehearsal.fault_client import ALWAYS
from shared.rehearsal.journey import Journey, request
from shared.rehearsal.migration import BEGINNING, MOVED, checked
from shared.rehearsal.scenario import Part

#: The shortest window that the gate reads metrics of.
GATE_WINDOW_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a fault has to end."""

    outcome: str
    """The operation's outcome, or the error that the execution ends with."""
    weights: dict[str, int]
    writer: str
    """`source` or `target`."""
    stage: str
    told: tuple[str, ...]


_BACK = End(
    outcome="MigrationRolledBack",
    weights=BEGINNING,
    writer="source",
    stage="rolled-back",
    told=("rolling-back", "rolled-back"),
)


Fault = faults.Fault[Journey, Topology, End]
Once = faults.Once[Journey, Topology, End]


def _shared(share: int) -> Callable[[Topology], bool]:
    """At the wait after a phase."""
    return lambda seen: seen.share == share and bool(seen.running and seen.running.state == "Bake")


def _alarm(journey: Journey) -> None:
    journey.telemetry.healthy_hosts[journey.handles.target.region] = 1


def _lag(journey: Journey) -> None:
    journey.telemetry.lag_ms = 5000


def _gate(journey: Journey) -> None:
    journey.controls.fail("cloudwatch", "GetMetricData", "InternalServiceFault", status=500, count=ALWAYS)


def _throttle(journey: Journey) -> None:
    journey.controls.fail("route53", "ChangeResourceRecordSets", "ThrottlingException", count=3)


def _crash(journey: Journey) -> None:
    machine = journey.rehearsal.deployment.clients.client("stepfunctions", journey.handles.target.region)
    running = journey.topology().running
    if running:
        machine.stop_execution(executionArn=running.arn, error="Crash", cause="asked for by the rehearsal")


def _leave(_: Journey) -> None:
    """As Ctrl-C: the operator watches no more, the execution goes on."""
    raise KeyboardInterrupt


def _aborted(journey: Journey) -> str:
    return abort.run(journey.operator(), request(reason="rehearsal")).outcome


def _resumed(journey: Journey) -> str:
    return start.run(journey.operator(), request()).outcome


FAULTS = (
    Fault(
        name="alarm@50",
        what="at 50 % hosts in the target fall ill, and the alarm goes off",
        act=_alarm,
        when=_shared(50),
        end=_BACK,
    ),
    Fault(
        name="lag@75",
        what="at 75 % the replication falls behind",
        act=_lag,
        when=_shared(75),
        end=_BACK,
    ),
    Fault(
        name="gate-error@25",
        what="at 25 % CloudWatch gives the gate no answer any more",
        act=_gate,
        when=_shared(25),
        end=_BACK,
        asked={"limits": {"consecutive_error": 1}},
    ),
    Fault(
        name="crash@switchover",
        what="the execution is killed while the writer moves; the next one finishes it",
        act=_crash,
        when=lambda seen: bool(seen.running and seen.running.state in {"WriterObserve", "WriterWait"}),
        then=_resumed,
        end=End(outcome="moved", weights=MOVED, writer="target", stage="moved", told=("moved",)),
    ),
    Fault(
        name="throttle@25",
        what="Route 53 throttles the change to 25 % three times",
        act=_throttle,
        asked={"switchover": False},
        end=End(outcome="shifted", weights=MOVED, writer="source", stage="shifted", told=("shifted",)),
    ),
    Fault(
        name="operator-abort@75",
        what="at 75 % the operator aborts",
        act=_leave,
        when=_shared(75),
        then=_aborted,
        end=End(
            outcome="rolled-back",
            weights=BEGINNING,
            writer="source",
            stage="rolled-back",
            told=("rolling-back", "rolled-back"),
        ),
    ),
    Fault(
        name="lost-approval",
        what="nobody answers the question before the switchover",
        act=lambda _: None,
        asked={"approval_timeout_seconds": 3},
        end=End(
            outcome="MigrationHeld", weights=MOVED, writer="source", stage="held", told=("waiting", "held")
        ),
    ),
)


def parts(journey: Journey, chosen: Sequence[faults.AnyFault]) -> tuple[Part, ...]:
    """Return the parts: for each fault the migration, the plan, and the way back."""
    return faults.parts(journey, chosen, suffer=partial(suffer, journey), restore=partial(restore, journey))


def suffer(journey: Journey, fault: Fault) -> None:
    """Go through a migration with the fault, and look where it ended. Raises RehearsalFailedError."""
    with journey.chapters.chapter(f"Fault {fault.name}") as draft:
        hit = Once(journey, fault, draft)
        hit.begin()
        outcome = _migrate(journey, fault, hit)
        draft.outcome = fault.then(journey) if fault.then else outcome
        hit.happened()
        end = fault.end
        checked(
            draft,
            journey,
            outcome=(draft.outcome, end.outcome),
            weights=end.weights,
            writer=getattr(journey.handles, end.writer).region,
            stage=end.stage,
            told=list(end.told),
        )


def _migrate(journey: Journey, fault: Fault, hit: Once) -> str:
    """Start, and answer the question before the switchover unless the fault is its silence."""
    silent = "approval_timeout_seconds" in fault.asked
    operator = journey.operator(follow="end" if silent else "question", seen=hit.see)
    outcome = start.run(operator, request(**fault.asked)).outcome
    if outcome != "waiting":
        return outcome
    return approve.run(journey.operator(seen=hit.see), answer="continue", comment="rehearsal").outcome


def restore(journey: Journey) -> None:
    """Take the fault and what it left behind back. Raises RehearsalFailedError when alarms stay."""
    journey.controls.clear()
    journey.telemetry.healthy_hosts.clear()
    if journey.telemetry.lag_ms is not None:
        journey.telemetry.lag_ms = None
        # the gate looks at a minute's worst lag: the next migration must not see this one's
        time.sleep(GATE_WINDOW_SECONDS)
    if journey.topology().stage not in {"none", "rolled-back"}:
        rollback.run(journey.operator(), request(reason="rehearsal"))
    journey.wait_for_alarms()
