"""Which regions are lost at the moment. Used by `dead_region`, and by what runs by itself in a region.

AWS: "AWS Fault Isolation Boundaries", appendix A: the control planes of the partition's services (IAM,
Organizations, Route 53, CloudFront, Shield, WAF for CloudFront, ...) are in us-east-1, and requests to
them are signed for that region.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

REFUSE, HANG = "refuse", "hang"
#: How a lost region answers: the connection is closed at once, or nothing comes.
MODES = (REFUSE, HANG)

#: Services whose only control plane is in us-east-1, by the name that requests are signed with.
CONTROL_PLANES = frozenset(
    (
        "account",
        "budgets",
        "ce",
        "cloudfront",
        "health",
        "iam",
        "organizations",
        "route53",
        "route53domains",
        "shield",
        "waf",
    )
)
_HOME = "us-east-1"

#: Calls to a lost region that are kept with what they asked for; all are counted.
KEPT_CALLS = 500


@dataclass(kw_only=True)
class Outage:
    """One region's."""

    region: str
    mode: str = REFUSE
    control_planes: bool = True
    """Whether CONTROL_PLANES are lost with us-east-1. Nothing for another region."""
    over: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    """How many calls came, by service."""
    calls: list[dict[str, str]] = field(default_factory=list)
    """The first ones: `service`, `action`, `agent` (who asked)."""
    ended: threading.Event = field(default_factory=threading.Event)

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "region": self.region,
            "mode": self.mode,
            "control_planes": self.control_planes,
            "over": self.over,
            "count": self.asked.total(),
            "asked": dict(self.asked),
            "calls": list(self.calls),
        }


Listener = Callable[[str], None]


class Outages:
    """Those of this server; may be used by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Outage] = []
        self._begins: list[Listener] = []
        self._ends: list[Listener] = []

    def on_begin(self, listener: Listener) -> None:
        """Call `listener` with the name of a region that is lost."""
        self._begins.append(listener)

    def on_end(self, listener: Listener) -> None:
        """Call `listener` with the name of a region that is back."""
        self._ends.append(listener)

    def begin(self, outage: Outage) -> None:
        """Lose a region. ValueError when it is lost already."""
        with self._lock:
            if any(one.region == outage.region and not one.over for one in self._all):
                raise ValueError(f"{outage.region} is lost already")
            self._all.append(outage)
        for listener in self._begins:
            listener(outage.region)

    def end(self, region: str | None = None) -> None:
        """Bring a region back, or all of them; nothing happens when it is not lost."""
        with self._lock:
            ending = [one for one in self._all if not one.over and region in (None, one.region)]
            for one in ending:
                one.over = True
        for one in ending:
            for listener in self._ends:
                listener(one.region)
            # last: what hangs goes on in a region that is whole
            one.ended.set()

    def bring_control_planes_back(self, region: str) -> None:
        """Let CONTROL_PLANES answer again while the region stays lost. ValueError when it is not."""
        outage = self._of(region)
        if outage is None:
            raise ValueError(f"{region} is not lost")
        outage.control_planes = False

    def forget(self) -> None:
        """Bring all back and forget what was counted."""
        self.end()
        with self._lock:
            self._all.clear()

    def dead(self, region: str) -> bool:
        """Say whether nothing runs in the region."""
        return self._of(region) is not None

    def mode(self, region: str) -> str:
        """Return how a lost region answers; empty for one that is there."""
        outage = self._of(region)
        return outage.mode if outage else ""

    def meets(self, service: str, region: str) -> Outage | None:
        """Return the outage that a call of a service in a region meets."""
        if service not in CONTROL_PLANES:
            return self._of(region)
        # with an endpoint of its own an SDK signs for the region that it was made with
        found = self._of(_HOME)
        return found if found and found.control_planes else None

    def count(self, outage: Outage, service: str, action: str, agent: str) -> None:
        """Note a call that met it."""
        with self._lock:
            outage.asked[service] += 1
            if len(outage.calls) < KEPT_CALLS:
                outage.calls.append({"service": service, "action": action, "agent": agent})

    def shown(self) -> list[dict[str, Any]]:
        """Return all as JSON values, those that are over too."""
        with self._lock:
            return [one.shown() for one in self._all]

    def _of(self, region: str) -> Outage | None:
        with self._lock:
            return next((one for one in self._all if one.region == region and not one.over), None)


OUTAGES = Outages()
