"""What is measured by the clock and counted in the databases, for a chapter of the report."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from shared.rehearsal.journeys import LOOK_SECONDS
from shared.rehearsal.recovery import counting
from shared.rehearsal.recovery.ends import follows, until, until_clients_are_in
from shared.rehearsal.recovery.journey import PACE

if TYPE_CHECKING:
    from shared.operations.recovery.operator import Result
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.recovery.counting import Count
    from shared.rehearsal.recovery.journey import Journey

#: How long the replication of the table is held before a loss: what is accepted then stays in the region.
_HELD_SECONDS = 2.0
#: How long it is looked whether the traffic stays where it is: more than Route 53 would take to go back.
_STAYS_SECONDS = 6.0


def lose(journey: Journey, draft: Draft, mode: str) -> float:
    """Lose the home region with payments in it that nobody else has; return when, on the monotonic clock."""
    journey.look()
    journey.controls.hold_replication()
    until(journey, "a payment was accepted", lambda _: journey.controls.replication_under_way() > 0)
    time.sleep(_HELD_SECONDS)
    journey.lose(mode)
    lost = time.monotonic()
    journey.controls.release_replication()
    draft.event("lost", f"{journey.home} {mode}s every connection" if mode == "refuse" else "nothing answers")
    return lost


def entry(journey: Journey, draft: Draft, lost: float) -> None:
    """Take the time until DNS answers with the standby, and until a customer was served there."""
    until_clients_are_in(journey, journey.away)
    answered = time.monotonic() - lost
    draft.event("DNS", f"answers with {journey.away}")
    until(
        journey,
        "a payment was accepted in the standby",
        lambda _: bool(journey.customers.accepted(since=lost, region=journey.away)),
    )
    served = min(one.at for one in journey.customers.accepted(since=lost, region=journey.away)) - lost
    failover = journey.environment.failover
    most, ttl = failover.recovery_time, failover.ttl
    draft.number(
        "Entry: DNS answers with the standby",
        f"{answered:.1f} s",
        f"by the clock, from the loss; {most} less the TTL of {ttl} s by arithmetic",
    )
    draft.number(
        "Entry: the first payment accepted there",
        f"{served:.1f} s",
        f"by the clock, of clients that keep an answer for its TTL; {most} by arithmetic",
    )
    draft.check(
        f"DNS answers with {journey.away} within {failover.rto_limit_seconds} s",
        passed=served <= failover.rto_limit_seconds,
        detail=f"{answered:.1f} s, and {served:.1f} s until the first payment was accepted",
    )


def operation(draft: Draft, result: Result, seconds: float) -> None:
    """Note how long an operation took, and what it moved."""
    said = f"{result.operation}; its waits are shortened"
    draft.number("Operation: from the command to its end", f"{seconds:.1f} s", said)
    draft.number("Writer, before and after", f"{result.before.writer} → {result.after.writer}", "as RDS says")


def outage(draft: Draft, journey: Journey, result: Result, lost: float) -> None:
    """Note what the failover asked of the lost region, and what was accepted without it."""
    asked = journey.calls_to_lost()
    detail = ", ".join(f"{service} {number}" for service, number in asked.items()) or "none of any service"
    draft.number(f"Calls to {journey.home} and its control planes", str(sum(asked.values())), detail)
    draft.check(f"nothing was asked of {journey.home}", passed=not asked, detail=detail)
    checkpoint = result.after.checkpoint
    if checkpoint:
        lag = "not known" if checkpoint.lag_ms is None else f"{checkpoint.lag_ms:.0f} ms"
        draft.number("Replication lag before the failover", lag, f"in the checkpoint, of {checkpoint.lag_at}")
        writes = checkpoint.writes.replace("-", " ")
        draft.number("Writes in the lost region", writes, "as RDS's events in the standby say")
    payments(draft, journey, since=lost)


def payments(draft: Draft, journey: Journey, *, since: float) -> None:
    """Count what was accepted since a moment, and look for every payment that ever was."""
    customers = journey.customers
    during = customers.accepted(since=since)
    late = [one for one in during if one.tries > 1]
    draft.number("Payments accepted meanwhile", str(len(during)), f"{_regions(journey, during)}")
    draft.number("Of these after more than one try", str(len(late)), "under the same key each time")
    writer = journey.topology().writer
    if journey.lost and writer == journey.lost:
        draft.number("Lost", "not known", f"the database is in {writer}, which does not answer")
        return
    found = count(journey, writer)
    draft.number(
        "Payments accepted until now",
        str(found.accepted),
        f"{found.in_database} in payment_intents, {found.waiting} wait in the table",
    )
    missing = len(found.missing)
    if journey.lost:
        said = f"what {journey.home} had accepted last comes when it is back"
        draft.number("Lost", f"{missing} not here yet", said)
    else:
        draft.number("Lost", str(missing), "in neither payment_intents nor the table")
        draft.check("no accepted payment is lost", passed=not found.missing, detail=_some(found.missing))
    doubled = (*found.doubled, *found.altered)
    draft.number("Doubled", str(len(found.doubled)), "rows of one key in payment_intents")
    draft.check("no payment is doubled or altered", passed=not doubled, detail=_some(doubled))


def count(journey: Journey, writer: str) -> Count:
    """Look for every accepted payment where one can look now."""
    regions = [region for region in (journey.home, journey.away) if region != journey.lost]
    keys = list(journey.customers.receipts)
    return counting.count(keys, journey.books, journey.clients, writer=writer, regions=regions)


def _regions(journey: Journey, receipts: object) -> str:
    return ", ".join(
        f"{sum(one.region == region for one in receipts)} in {region}"  # type: ignore[attr-defined]
        for region in (journey.home, journey.away)
    )


def _some(keys: tuple[str, ...]) -> str:
    return f"{len(keys)}: {', '.join(keys[:5])}" if keys else "none"


def clients_are_home(journey: Journey) -> None:
    """Wait until DNS answers with the home region, and its alarms are quiet."""
    until_clients_are_in(journey, journey.home)
    journey.wait_for_alarms()


def follows_again(draft: Draft, journey: Journey, began: float) -> None:
    """Wait until the old primary is a secondary that follows."""
    until(journey, f"the cluster in {journey.home} follows", partial(follows, region=journey.home))
    seconds = time.monotonic() - began
    draft.event("follows", f"the old primary in {journey.home} is a secondary")
    draft.number("The old primary follows again", f"{seconds:.1f} s", "the embedded AWS takes two")


def stays(journey: Journey) -> set[str]:
    """Return every region that DNS answered with, for longer than it would take to go back."""
    interval = journey.environment.failover.request_interval * PACE
    end = time.monotonic() + max(
        _STAYS_SECONDS, 2 * journey.environment.failover.failure_threshold * interval
    )
    seen = set()
    while time.monotonic() < end:
        journey.look()
        seen.add(journey.dns.region())
        time.sleep(LOOK_SECONDS)
    return seen


def late(draft: Draft, journey: Journey) -> None:
    """Look that what the lost region had accepted last has arrived."""
    until(
        journey,
        "everything that was accepted is here",
        lambda seen: not count(journey, seen.writer).missing,
    )
    draft.check("what it had accepted last has arrived", passed=True, detail="in the table, or drained")
