"""Faults that a rehearsal puts into a migration, each with the state that it has to end in.

`invoke rehearse --fault alarm@50`: the name, and where on the way it happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.errors import UserError
from shared.operations.migration import abort, approve, rollback, start
from shared.rehearsal.fault_client import ALWAYS
from shared.rehearsal.journey import Journey, request
from shared.rehearsal.migration import BEGINNING, MOVED, checked

if TYPE_CHECKING:
    from shared.operations.migration.facts import Topology
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.scenario import Part

Act = Callable[[Journey], None]

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


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: when it happens, what it does, how the operator answers, and the end."""

    name: str
    what: str
    """A sentence for people."""
    act: Act
    when: Callable[[Topology], bool] | None = None
    """Seen while the execution is watched; None is before it starts."""
    end: End = _BACK
    asked: dict[str, Any] = field(default_factory=dict)
    """What the execution's input says otherwise."""
    then: Callable[[Journey], str] | None = None
    """What the operator does after the fault; returns the outcome."""


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
    ),
    Fault(name="lag@75", what="at 75 % the replication falls behind", act=_lag, when=_shared(75)),
    Fault(
        name="gate-error@25",
        what="at 25 % CloudWatch gives the gate no answer any more",
        act=_gate,
        when=_shared(25),
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


def chosen(names: tuple[str, ...]) -> tuple[Fault, ...]:
    """Return the faults of these names; `all` is every one. UserError for a name that is none."""
    known = {fault.name: fault for fault in FAULTS}
    if names == ("all",):
        return FAULTS
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(f"no such fault: {', '.join(unknown)}", remedy=f"there are: {', '.join(known)}, all")
    return tuple(known[name] for name in names)


def parts(journey: Journey, faults: tuple[Fault, ...]) -> tuple[Part, ...]:
    """Return the parts: for each fault the migration, the plan, and the way back."""
    found: list[Part] = [
        ("Systems report, alarms are quiet, the zone is delegated", lambda _: journey.open())
    ]
    for fault in faults:
        found += [
            (f"Fault {fault.name}: {fault.what}", lambda _, fault=fault: suffer(journey, fault)),  # type: ignore[misc]
            (
                f"The plan of every stack is empty after {fault.name}",
                lambda _: journey.rehearsal.plan_again(),
            ),
            (f"As it was before {fault.name}", lambda _: restore(journey)),
        ]
    return (*found, ("Systems report no more", lambda _: journey.close()))


def suffer(journey: Journey, fault: Fault) -> None:
    """Go through a migration with the fault, and look where it ended. Raises RehearsalFailedError."""
    with journey.chapters.chapter(f"Fault {fault.name}") as draft:
        hit = _Once(journey, fault, draft)
        if fault.when is None:
            hit.strike()
        outcome = _migrate(journey, fault, hit)
        draft.outcome = fault.then(journey) if fault.then else outcome
        draft.check("the fault happened", passed=hit.done, detail=fault.what)
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


class _Once:
    """Makes the fault happen, once, when its moment is seen."""

    def __init__(self, journey: Journey, fault: Fault, draft: Draft) -> None:
        self._journey, self._fault, self._draft = journey, fault, draft
        self.done = False

    def see(self, topology: Topology) -> None:
        """Look whether this is the moment."""
        when = self._fault.when
        if when and not self.done and when(topology):
            self.strike()

    def strike(self) -> None:
        """Let it happen."""
        self.done = True
        self._draft.event("fault", self._fault.what)
        self._fault.act(self._journey)


def _migrate(journey: Journey, fault: Fault, hit: _Once) -> str:
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
