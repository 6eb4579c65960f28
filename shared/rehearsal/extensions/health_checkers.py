"""Route 53's health checkers ask by themselves, not only when somebody wants to know.

moto 5.2.5 asks nothing. Here Lambda function URLs are asked by the clock, because Lambda counts the requests
and what they were answered, and alarms follow these counts. Nobody sees whether the other endpoints are
asked. One request stands for those of all checkers, every `request_interval` shortened by `--time-scale`,
though not more often than every LEAST seconds: functions are run for real.

AWS: "How Amazon Route 53 determines whether a health check is healthy". Checkers stand outside of every
region; a check that is disabled is not asked.
"""

from __future__ import annotations

import threading

from moto.route53.models import HealthCheck, route53_backends

from shared.rehearsal.extensions import clocks, function_urls, health_endpoints
from shared.rehearsal.extensions.pace import time_scale

#: How often the clock looks, and the shortest pause between two requests of a check, in seconds.
TICK, LEAST = 0.5, 2.0
#: On a check: when it is asked next, on the monotonic clock.
_NEXT = "asked_next"
#: On a check: the thread of its last request. On a busy machine it may not be done when the next is due.
_ASKING = "asking"


def install() -> None:
    """Start the clock."""
    clocks.start("checkers", TICK, tick)


def tick(now: float) -> None:
    """Ask every function URL whose check is due; an answer may take its time, so nobody waits for it."""
    for account in list(route53_backends.values()):
        for backend in list(account.values()):
            for check in list(backend.health_checks.values()):
                if _is_due(check, now):
                    _ask(check)


def _ask(check: HealthCheck) -> None:
    where = (str(check.fqdn), check.resource_path or "/")
    asking = threading.Thread(target=health_endpoints.ask, args=where, daemon=True)
    setattr(check, _ASKING, asking)
    asking.start()


def _is_due(check: HealthCheck, now: float) -> bool:
    if check.disabled or not function_urls.HOST.match(str(check.fqdn)):
        return False
    asking = check.__dict__.get(_ASKING)
    if now < check.__dict__.get(_NEXT, 0.0) or (asking is not None and asking.is_alive()):
        return False
    seconds = int(check.request_interval) * time_scale()
    setattr(check, _NEXT, now + max(seconds, LEAST))
    return True
