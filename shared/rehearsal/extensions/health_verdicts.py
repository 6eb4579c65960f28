"""Route 53's verdict on an endpoint changes as slowly as its checkers agree, when that is asked for.

`health_checks` judges an endpoint at the moment somebody wants to know. A rehearsal that takes the time of a
DNS failover by the clock turns this on: each endpoint is looked at every `request_interval`, and the verdict
changes after `failure_threshold` looks in a row that say the other thing. One checker stands for all of
them, which look at different moments. It begins with what is so when it is turned on; so does a check that is
made later.

AWS: "How Amazon Route 53 determines whether a health check is healthy" (an endpoint that takes no connection
within 4 s is given up; `FailureThreshold`: consecutive looks, for becoming unhealthy and healthy again).
Not emulated: that verdicts take a moment to reach the name servers.

    POST /moto-api/regionshift/verdicts {"scale": 0.1}     an interval of 10 s lasts 1 s
    GET                                 {"scale": 0.1}     null: at once
    DELETE                                                 at once, again
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from moto.moto_api._internal.models import MotoAPIBackend
from moto.route53.models import HealthCheck, route53_backends

from shared.rehearsal.extensions import clocks, controls
from shared.rehearsal.extensions.health_endpoints import TIMED_OUT
from shared.rehearsal.extensions.health_looks import CALCULATED, look

#: How often the clock looks what is due, in seconds.
TICK = 0.05
#: A checker gives up a connection after these seconds.
GIVE_UP_SECONDS = 4


@dataclass(kw_only=True)
class Verdict:
    """What is thought of one endpoint."""

    healthy: bool
    against: int = 0
    """Looks in a row that said the other thing."""
    due: float = 0.0
    """When it is looked at next, on the monotonic clock."""
    looking: bool = False

    def saw(self, *, healthy: bool, threshold: int) -> None:
        """Take a look into account."""
        self.against = 0 if healthy is self.healthy else self.against + 1
        if self.against >= threshold:
            self.healthy, self.against = healthy, 0


class Verdicts:
    """Those on all endpoints of this server; may be used by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[str, Verdict] = {}
        self.scale: float | None = None
        """What a second of an interval lasts; None: verdicts follow at once."""

    def pace(self, scale: float | None) -> None:
        """Begin, go on at another pace, or end (None)."""
        with self._lock:
            self.scale = scale
            if scale is None:
                self._all.clear()

    def of(self, check: HealthCheck) -> bool:
        """Return whether an endpoint counts as healthy."""
        if self.scale is None:
            return look(check)[0]
        return self._known(check).healthy

    def _known(self, check: HealthCheck) -> Verdict:
        with self._lock:
            known = self._all.get(check.id)
        if known is None:
            first = Verdict(healthy=look(check)[0])
            with self._lock:
                known = self._all.setdefault(check.id, first)
        return known

    def tick(self, now: float) -> None:
        """Look at every endpoint that is due; an answer may take its time, so nobody waits for it."""
        scale = self.scale
        if scale is None:
            return
        for account in list(route53_backends.values()):
            for backend in list(account.values()):
                for check in list(backend.health_checks.values()):
                    if check.type_ != CALCULATED and not check.disabled:
                        self._look_if_due(check, now, scale)

    def _look_if_due(self, check: HealthCheck, now: float, scale: float) -> None:
        verdict = self._known(check)
        with self._lock:
            if verdict.looking or now < verdict.due:
                return
            verdict.looking = True
            verdict.due = now + int(check.request_interval) * scale
        threading.Thread(target=self._look, args=(check, verdict, scale), daemon=True).start()

    def _look(self, check: HealthCheck, verdict: Verdict, scale: float) -> None:
        try:
            healthy, said = look(check)
            if said.endswith(TIMED_OUT):
                time.sleep(GIVE_UP_SECONDS * scale)
            with self._lock:
                verdict.saw(healthy=healthy, threshold=int(check.failure_threshold))
        finally:
            verdict.looking = False


VERDICTS = Verdicts()


def install() -> None:
    """Let verdicts be asked for here, start the clock, serve the control."""
    before = MotoAPIBackend.reset  # others wrapped it

    def reset(self: MotoAPIBackend) -> None:
        VERDICTS.pace(None)
        before(self)

    MotoAPIBackend.reset = reset
    clocks.start("verdicts", TICK, VERDICTS.tick)
    controls.add("verdicts", control)


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Set, show or forget the pace. ValueError for a scale that is not above 0, up to 1."""
    if method == "POST":
        scale = document.get("scale")
        if not isinstance(scale, int | float) or isinstance(scale, bool) or not 0 < scale <= 1:
            raise ValueError(f"scale has to be above 0 and not above 1, not {scale!r}")
        VERDICTS.pace(float(scale))
    elif method == "DELETE":
        VERDICTS.pace(None)
    return {"scale": VERDICTS.scale}
