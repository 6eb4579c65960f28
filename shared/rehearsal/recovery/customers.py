"""The platform's customers and the service that answers them: a stand-in that knows what it was told.

So many payments a second, all along. Each is sent to the region that DNS has named, as a resolver that keeps
answers for their TTL has it, and the service there accepts it as an intent (`shared/intents`, as in
docs/intents.md). A region that is lost answers nobody; whoever was not answered tries again, with the same
key, until it is told "accepted". What was told is what has to be in the database in the end.

    with Customers(answered, intents, lost=controls.lost_regions) as customers:
        ...
        customers.receipts["payment-4f1c2a-000017"].region
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from shared.intents.accept import Accepted

#: New payments of all customers together.
PER_SECOND = 2.0
#: Payments of one account stay in order.
ACCOUNTS = 20


class Dns(Protocol):
    """Who is asked where to send a payment."""

    def answer(self) -> tuple[str, float]:
        """Return the region, and the seconds that the answer may be kept."""


class Service(Protocol):
    """One region's service."""

    def accept(self, *, key: str, ordering_key: str, payload: Mapping[str, str]) -> Accepted:
        """Accept a payment intent."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A customer was told "accepted"."""

    region: str
    """Who said so."""
    at: float
    """When, on the monotonic clock."""
    tries: int
    """How often it was sent until then."""


class Customers:
    """Pay while they run; what they were told may be read at any time, from any thread."""

    def __init__(
        self,
        dns: Dns,
        services: Mapping[str, Service],
        *,
        lost: Callable[[], Collection[str]],
        per_second: float = PER_SECOND,
        name: str = "",
    ) -> None:
        """`name` begins every key: random, so that nobody who paid before has the same ones."""
        self.receipts: dict[str, Receipt] = {}
        """Idempotency key -> what was told."""
        self.unanswered: dict[str, int] = {}
        """Idempotency key -> tries, of what nobody has accepted yet."""
        self.failed = 0
        """Tries that nobody answered, or that were refused."""
        self.ttl_scale = 1.0
        """What a second of a TTL lasts."""
        self.turn = threading.Lock()
        """Held while payments are sent: who holds it knows that none is under way."""
        self._dns = dns
        self._services = services
        self._lost = lost
        self._pause = 1 / per_second
        self._name = name or f"payment-{secrets.token_hex(3)}"
        self._made = 0
        self._kept: tuple[str, float] = ("", 0.0)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def accepted(self, *, since: float = 0.0, region: str = "") -> list[Receipt]:
        """Return the receipts since a moment (monotonic clock), of one region or of both."""
        return [
            one
            for one in list(self.receipts.values())
            if one.at >= since and (not region or one.region == region)
        ]

    def _run(self) -> None:
        while not self._stop.wait(self._pause):
            self.pay()

    def pay(self) -> None:
        """Make one payment, and send it with all that nobody has answered yet."""
        self._made += 1
        self.unanswered[f"{self._name}-{self._made:06d}"] = 0
        with self.turn:
            lost = set(self._lost())
            for key in list(self.unanswered):
                self._try(key, lost)

    def _try(self, key: str, lost: Collection[str]) -> None:
        self.unanswered[key] += 1
        try:
            region = self._send(key, lost)
        except (BotoCoreError, ClientError, OSError) as error:
            sys.stderr.write(f"customers: {key} was not accepted: {error}\n")
            region = ""
        if region:
            tries = self.unanswered.pop(key)
            self.receipts[key] = Receipt(region=region, at=time.monotonic(), tries=tries)
        else:
            self.failed += 1

    def _send(self, key: str, lost: Collection[str]) -> str:
        """Return the region that accepted it; nothing when none answered."""
        region = self._region()
        if region in lost or region not in self._services:
            return ""
        number = int(key.rpartition("-")[2])
        self._services[region].accept(
            key=key,
            ordering_key=f"account-{number % ACCOUNTS:02d}",
            payload={"amount": f"{number % 1000}.00", "currency": "EUR"},
        )
        return region

    def _region(self) -> str:
        """Return the region that was resolved, anew when the answer is too old."""
        now = time.monotonic()
        if now >= self._kept[1]:
            region, ttl = self._dns.answer()
            self._kept = (region, now + ttl * self.ttl_scale)
        return self._kept[0]
