"""EventBridge rules with a schedule: their targets get an event by the clock.

moto 5.2.5 keeps `ScheduleExpression` and never runs it. Here `rate(...)` is run, shortened by
`--time-scale`; the first event comes one interval after the rule is seen. `cron(...)` is not emulated.

AWS: EventBridge user guide, "Creating a rule that runs on a schedule" (the event is `Scheduled Event` of
`aws.events`, its detail empty, its resource the rule). A region that is lost runs nothing.
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from moto.events.models import Rule, events_backends

from shared.rehearsal.extensions import clocks
from shared.rehearsal.extensions.event_delivery import deliver
from shared.rehearsal.extensions.outages import OUTAGES
from shared.rehearsal.extensions.pace import time_scale

#: How often the clock looks, in seconds.
TICK = 0.5
_RATE = re.compile(r"rate\((?P<count>\d+) (?P<unit>minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
#: On a rule: when it is run next, on the monotonic clock, and the expression that this was for.
_NEXT = "runs_next"


def install() -> None:
    """Start the clock."""
    clocks.start("schedules", TICK, tick)


def tick(now: float) -> None:
    """Run every rule that is due."""
    for account in list(events_backends.values()):
        for backend in list(account.values()):
            if OUTAGES.dead(backend.region_name):
                continue
            for bus in list(backend.event_buses.values()):
                for rule in list(bus.rules.values()):
                    _look(rule, now)


def interval(expression: str | None) -> float | None:
    """Return the seconds between two runs; None for what is not run here."""
    rate = _RATE.fullmatch(expression or "")
    return int(rate["count"]) * _SECONDS[rate["unit"]] * time_scale() if rate else None


def _look(rule: Rule, now: float) -> None:
    seconds = interval(rule.scheduled_expression)
    if seconds is None or rule.state != "ENABLED":
        rule.__dict__.pop(_NEXT, None)
        return
    due, expression = rule.__dict__.get(_NEXT, (0.0, None))
    if expression != rule.scheduled_expression:
        setattr(rule, _NEXT, (now + seconds, rule.scheduled_expression))
    elif now >= due:
        setattr(rule, _NEXT, (now + seconds, expression))
        deliver(rule, event_of(rule))


def event_of(rule: Rule) -> dict[str, Any]:
    """Return the event that a schedule makes."""
    moment = time.time()
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": moment,
        "ingestion-time": moment,
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
