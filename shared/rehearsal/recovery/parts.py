"""The recovery's parts of a rehearsal: moved as planned, lost twice, failed over, and brought back."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from shared.operations.recovery import failback, failover, switchover
from shared.operations.recovery.request import Request
from shared.rehearsal.journeys import act
from shared.rehearsal.recovery import faults, measures
from shared.rehearsal.recovery.ends import AWAY, HOME, End, checked, until_possible, verdict
from shared.rehearsal.recovery.journey import PACE, Journey
from shared.rehearsal.recovery.reachable import unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.recovery.facts import Topology
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.scenario import Part

_SWITCHED = End(
    outcome="switched-over",
    writer="away",
    clients="away",
    pinned=True,
    stage="switched-over",
    told=("started", "pinned", "promoted", "drained", "switched-over"),
)
_REASON = Request(reason="rehearsal")
_ACCEPTED = Request(reason="rehearsal", accept_data_loss=True)
_WAYS = {"refuse": "refuses connections", "hang": "does not answer"}


def parts(journey: Journey) -> tuple[Part, ...]:
    """Return the parts, to be gone through after the rollout."""
    home, away = journey.rehearsal.regions
    plan = act(journey.rehearsal.plan_again)
    killed = faults.named("killed@promote")
    return journey.framed(
        (f"Planned switchover to {away}", act(partial(switch_over, journey))),
        ("The plan of every stack is empty after the switchover", plan),
        (f"Failback to {home}", act(partial(fail_back, journey, "Planned failback"))),
        ("A switchover is refused while the standby is behind", act(partial(behind, journey))),
        ("The plan of every stack is empty after the failback", plan),
        *_outage(journey, "refuse"),
        *_outage(journey, "hang"),
        (f"Fault {killed.name}: {killed.what}", act(partial(faults.suffer, journey, killed))),
        ("As it was before", act(partial(faults.restore, journey))),
    )


def _outage(journey: Journey, mode: str) -> tuple[Part, ...]:
    home = journey.rehearsal.regions[0]
    way = _WAYS[mode]
    return (
        (f"{home} is lost: it {way}; failover", act(partial(lose, journey, mode))),
        (f"What can be planned without {home} ({mode})", act(partial(plan_without_home, journey))),
        (f"{home} is back ({mode})", act(partial(come_back, journey, mode))),
        (f"Failback after the loss ({mode})", act(partial(fail_back, journey, f"Failback ({mode})"))),
        (f"The plan of every stack is empty after the failback ({mode})", act(journey.rehearsal.plan_again)),
    )


def behind(journey: Journey) -> None:
    """Ask for a switchover while the replication is behind: it has to be refused, and changes nothing."""
    faults.suffer(journey, faults.named("lag@switchover"))
    # whatever comes next takes longer than the minute that this lag is the worst of
    journey.telemetry.lag_ms = None


def switch_over(journey: Journey) -> None:
    """Move traffic and writer while both regions are well."""
    with journey.chapters.chapter("Planned switchover") as draft:
        until_possible(journey, "switchover")
        began = time.monotonic()
        result = switchover.run(journey.operator(seen=_states(draft)), _REASON)
        measures.operation(draft, result, time.monotonic() - began)
        checked(draft, journey, result.outcome, _SWITCHED)
        measures.payments(draft, journey, since=began)
        verdict(draft, journey)


def fail_back(journey: Journey, title: str) -> None:
    """Move the writer home, then the traffic; every payment that was accepted is in the database then."""
    with journey.chapters.chapter(title) as draft:
        until_possible(journey, "failback")
        began = time.monotonic()
        result = failback.run(journey.operator(seen=_states(draft)), _REASON)
        measures.operation(draft, result, time.monotonic() - began)
        measures.clients_are_home(journey)
        checked(draft, journey, result.outcome, HOME)
        measures.payments(draft, journey, since=began)
        verdict(draft, journey)


def lose(journey: Journey, mode: str, *, pace: float = 1.0) -> None:
    """Lose the home region, take the time of DNS by the clock, then fail over.

    `pace`: what a second of a checker's interval and of a TTL lasts; what is measured by the clock has to
    take as long as it takes.
    """
    with journey.chapters.chapter(f"{journey.home} is lost: it {_WAYS[mode]}") as draft:
        journey.pace(pace)
        lost = measures.lose(journey, draft, mode)
        measures.entry(journey, draft, lost)
        journey.pace(PACE)
        outcome = faults.attempt(journey, lambda: failover.run(journey.operator(), _REASON))
        draft.check("without --accept-data-loss it is refused", passed=outcome == "refused", detail=outcome)
        began = time.monotonic()
        result = failover.run(journey.operator(seen=_states(draft)), _ACCEPTED)
        measures.operation(draft, result, time.monotonic() - began)
        checked(draft, journey, result.outcome, AWAY)
        measures.outage(draft, journey, result, lost)
        verdict(draft, journey)


def plan_without_home(journey: Journey) -> None:
    """Plan the stacks that can be: first without the control planes of us-east-1, then with them."""
    rehearsal, home = journey.rehearsal, journey.home
    manifest, console = rehearsal.deployment.manifest, rehearsal.console
    found: dict[str, dict[str, str]] = {}
    for lost in ({home, "IAM", "Route 53", "CloudFront"}, {home}):
        without = unreachable(manifest, lost)
        reached = [address for address in rehearsal.stacks if address not in without]
        if reached:
            rehearsal.plan_again(reached)
        found[", ".join(sorted(lost))] = without
        console.print(f"Without {', '.join(sorted(lost))}: {len(reached)} planned, empty", highlight=False)
        for address, why in without.items():
            console.print(f"  {address} cannot be planned: it asks {why}", highlight=False)
        if len(lost) > 1:
            # they are the first to be back, whatever becomes of the region
            journey.controls.restore_control_planes(home)
    rehearsal.findings.setdefault("not planned", {}).update(found)


def come_back(journey: Journey, mode: str) -> None:
    """Bring the region back: the traffic stays where it is, and the old primary follows."""
    with journey.chapters.chapter(f"{journey.home} is back ({mode})") as draft:
        began = time.monotonic()
        journey.bring_back()
        draft.event("back", f"{journey.home} answers again")
        measures.follows_again(draft, journey, began)
        stayed = measures.stays(journey)
        draft.check(
            f"the traffic stays in {journey.away}", passed=stayed == {journey.away}, detail=str(stayed)
        )
        measures.late(draft, journey)
        verdict(draft, journey)


def _states(draft: Draft) -> Callable[[Topology], None]:
    """Note each new state of the machine."""
    names: list[str] = []

    def see(topology: Topology) -> None:
        name = topology.running.state if topology.running else ""
        if name and name not in names[-1:]:
            names.append(name)
            draft.event("state", name)

    return see
