"""How long clients may be sent to a region after it was lost: the arithmetic of a DNS failover.

    request_interval x failure_threshold + GIVE_UP_SECONDS + PUBLISH_SECONDS + ttl

What it covers is the entry point: from the loss until the last client that resolved the name just
before the change asks again. It is an upper bound by what is documented, not a measurement, and it
says nothing about writes: a new writer of Aurora takes minutes (docs/decisions/0017).
"""

from __future__ import annotations

from dataclasses import dataclass

#: A checker gives up a look after 4 seconds without a connection, or 2 seconds after it without a status
#: (Route 53 developer guide, "How Amazon Route 53 determines whether a health check is healthy").
GIVE_UP_SECONDS = 6
#: From the checkers' verdict to the answers of Route 53's name servers. AWS publishes no figure: the
#: verdict goes to the data plane by itself ("within seconds"); this is our allowance for it.
PUBLISH_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class RecoveryTime:
    """The terms of the sum; all in seconds but `failure_threshold`."""

    request_interval: int
    """Between two looks of a checker: 10 or 30."""
    failure_threshold: int
    """Looks in a row that have to fail."""
    ttl: int
    """How long a resolver may keep the old answer."""

    @property
    def seconds(self) -> int:
        """Return the sum."""
        looks = self.request_interval * self.failure_threshold
        return looks + GIVE_UP_SECONDS + PUBLISH_SECONDS + self.ttl

    def __str__(self) -> str:
        """Return the sum as a person checks it: `10 x 3 + 6 + 5 + 10 = 51 s`."""
        looks = f"{self.request_interval} x {self.failure_threshold}"
        return f"{looks} + {GIVE_UP_SECONDS} + {PUBLISH_SECONDS} + {self.ttl} = {self.seconds} s"
