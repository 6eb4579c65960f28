"""What is measured by the clock and counted in the databases, for a chapter of the report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.rehearsal.cutover import bank, counting, pauses
from shared.rehearsal.cutover.ends import until
from shared.rehearsal.cutover.places import ADDRESSES, DATA_CENTRE, LANDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.cutover.counting import Count
    from shared.rehearsal.cutover.customers import Receipt
    from shared.rehearsal.cutover.journey import Journey

_SOME = 5
_MILLISECONDS = 1000


class Steps:
    """Notes when each step of an operation began."""

    def __init__(self, draft: Draft) -> None:
        self.began: dict[str, float] = {}
        """Step -> moment on the monotonic clock."""
        self._draft = draft

    def see(self, step: object) -> None:
        """Note a step; those that are done again after a kill keep their first time."""
        name = str(getattr(step, "name", step))
        self.began.setdefault(name, time.monotonic())
        self._draft.event("state", name)


def operation(draft: Draft, steps: Steps, began: float, ended: float) -> None:
    """Note how long the operation took, and each of its steps."""
    draft.number("Operation: from the command to its end", f"{ended - began:.1f} s", "by the clock")
    names, moments = list(steps.began), [*steps.began.values(), ended]
    for name, first, last in zip(names, moments, moments[1:], strict=False):
        draft.number(f"Step {name}", f"{last - first:.2f} s")


def paused(draft: Draft, journey: Journey, *, since: float, ttl: float) -> None:
    """Note the longest time without a payment, of all customers and of one, and the rate beside it."""
    receipts = journey.customers.paid(since=since)
    found = pauses.measure(receipts)
    kept = f"resolvers keep an answer for up to {ttl:g} s of it"
    if found.over_all and found.of_one:
        draft.number("Write pause: no payment of anybody", f"{found.over_all.seconds:.2f} s", kept)
        draft.number("Write pause: longest of one customer", f"{found.of_one.seconds:.2f} s", kept)
        seconds = receipts[-1].at - receipts[0].at - found.over_all.seconds
        rate = len(receipts) / seconds if seconds > 0 else 0.0
        draft.number(
            "Payments a second, without the pause", f"{rate:.0f}", f"{journey.customers.writers} writers"
        )
        draft.event("paused", f"{found.over_all.seconds:.2f} s without a payment")
    latencies = sorted(one.seconds for one in receipts if one.tries == 1)
    if latencies:
        middle, high = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
        draft.number("A payment takes, middle", f"{middle * _MILLISECONDS:.1f} ms")
        draft.number("A payment takes, 99 of 100 less than", f"{high * _MILLISECONDS:.1f} ms")


def one_writer(draft: Draft, receipts: Sequence[Receipt], first: str, then: str) -> None:
    """Check that nobody was told by one database after somebody was told by the other."""
    left = [one.at for one in receipts if one.place == ADDRESSES[first]]
    came = [one.at for one in receipts if one.place == ADDRESSES[then]]
    last, begun = max(left, default=0.0), min(came, default=float("inf"))
    draft.check(
        f"nobody pays into {first} any more when the first one pays into {then}",
        passed=last < begun,
        detail=f"{begun - last:.2f} s between the last and the first",
    )


def counted(draft: Draft, journey: Journey, place: str) -> Count:
    """Count every payment that was acknowledged, in the database that writes."""
    keys = list(journey.customers.receipts)
    with journey.connected(place) as connection:
        found = counting.count(connection, keys, journey.customers.name)
    draft.number("Payments acknowledged until now", str(found.acknowledged), f"{found.there} are in {place}")
    draft.number("Lost", str(len(found.lost)), "acknowledged, and not there")
    draft.number("Doubled", str(len(found.doubled)), "there more than once")
    draft.check("no acknowledged payment is lost", passed=not found.lost, detail=_some(found.lost))
    draft.check("no payment is doubled", passed=not found.doubled, detail=_some(found.doubled))
    sums = found.sums
    said = f"{sums.payments} payments, {sums.entries} entries, {sums.amounts} and {sums.balances} cents"
    draft.check("no payment is there in part: entries and balances fit", passed=sums.whole, detail=said)
    existing = found.existing == journey.payments
    draft.check(
        f"the {journey.payments} payments from before are there", passed=existing, detail=str(found.existing)
    )
    return found


def equal(draft: Draft, journey: Journey) -> None:
    """Check that both databases say the same, when nobody pays any more."""
    with journey.connected(DATA_CENTRE) as ours, journey.connected(LANDED) as theirs:
        until(journey, "both databases are the same", lambda: bank.sums(ours) == bank.sums(theirs))
        sums = bank.sums(theirs)
    draft.check("both databases have the same sums", passed=True, detail=f"{sums.payments} payments")


def _some(keys: tuple[str, ...]) -> str:
    return f"{len(keys)}: {', '.join(keys[:_SOME])}" if keys else "none"
