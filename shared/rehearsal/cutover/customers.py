"""Customers who pay all along: each looks the write name up as any client does, and connects there.

A client keeps the answer for its TTL and its connection as long as the answer stays the same. Whoever was
not told that a payment is made tries again with the same key, and looks first whether it was made. What
they were told is what has to be in the database in the end.

    with Customers(way, writers=4) as customers:
        ...
        customers.receipts["payment-4f1c2a-2-000017"].place
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import psycopg

from shared.rehearsal.cutover import bank
from shared.rehearsal.resolver import NoAddressError, Resolver

WRITERS = 4
#: Of one writer, between a payment and the next: about 150 payments a second of four.
PAUSE_SECONDS = 0.025
RETRY_SECONDS = 0.05
_CONNECT_SECONDS = 2
_LONGEST_REASON = 100


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the application reaches its database."""

    name: str
    """The write name."""
    port: int
    database: str
    username: str
    password: str = field(repr=False)
    authority: str | None
    """File with the authority's certificate: it is checked who signed, not the name, which is an alias."""
    resolver_port: int

    def connect(self, address: str) -> psycopg.Connection[Any]:
        """Connect to an address that the name led to. Raises psycopg.Error."""
        checked: dict[str, Any] = (
            {"sslmode": "verify-ca", "sslrootcert": self.authority}
            if self.authority
            else {"sslmode": "require"}
        )
        return psycopg.connect(
            host=self.name,
            hostaddr=address,
            port=self.port,
            dbname=self.database,
            user=self.username,
            password=self.password,
            connect_timeout=_CONNECT_SECONDS,
            application_name="payments",
            **checked,
        )


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A customer was told that a payment is made."""

    writer: int
    place: str
    """Address of the database that said so."""
    at: float
    """When, on the monotonic clock."""
    seconds: float
    """Since it was tried first."""
    tries: int


class Customers:
    """Pay while they run; what they were told may be read at any time, from any thread."""

    def __init__(self, way: Way, *, writers: int = WRITERS, pause: float = PAUSE_SECONDS) -> None:
        self.receipts: dict[str, Receipt] = {}
        """Key -> what was told."""
        self.failures: Counter[str] = Counter()
        """What was said instead, by its first line."""
        self.name = f"payment-{secrets.token_hex(3)}"
        """Every key begins with it."""
        self.writers = writers
        self._way = way
        self._pause = pause
        self._stop = threading.Event()
        self._resolvers = [Resolver(way.resolver_port) for _ in range(writers)]
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"customer {number}", daemon=True)
            for number in range(writers)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Let nobody pay any more, and return when nobody does; safe to repeat."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def pace(self, ttl_scale: float) -> None:
        """Let a second of a TTL last so many seconds, from the next answer on."""
        for resolver in self._resolvers:
            resolver.ttl_scale = ttl_scale

    def paid(self, *, since: float = 0.0) -> list[Receipt]:
        """Return the receipts since a moment (monotonic clock), in the order of time."""
        found = [one for one in list(self.receipts.values()) if one.at >= since]
        return sorted(found, key=lambda one: one.at)

    def _run(self, number: int) -> None:
        customer = _Customer(self._way, self._resolvers[number])
        made = 0
        while not self._stop.wait(self._pause):
            made += 1
            self._pay(customer, number, f"{self.name}-{number}-{made:06d}", made)
        customer.leave()

    def _pay(self, customer: _Customer, number: int, key: str, made: int) -> None:
        """Try until the payment is made, or nobody waits for it any more."""
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                customer.pay(key, 1 + (number * 7 + made) % bank.ACCOUNTS, 1 + made % 100)
            except (psycopg.Error, NoAddressError) as error:
                self.failures[_first_line(error)] += 1
                customer.leave()
                if self._stop.wait(RETRY_SECONDS):
                    return
                continue
            now = time.monotonic()
            self.receipts[key] = Receipt(
                writer=number, place=customer.place, at=now, seconds=now - began, tries=tries
            )
            return


@dataclass
class _Customer:
    """One client with its connection."""

    way: Way
    resolver: Resolver
    place: str = ""
    _connection: psycopg.Connection[Any] | None = None

    def pay(self, key: str, account: int, amount: int) -> None:
        """Make a payment where the name leads to. Raises psycopg.Error and NoAddressError."""
        address = self.resolver.lookup(self.way.name)
        if self._connection is None or address != self.place:
            self.leave()
            self._connection, self.place = self.way.connect(address), address
        bank.pay(self._connection, key, account, amount)

    def leave(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _first_line(error: Exception) -> str:
    """Return what was said, short, and without anything of where it was said."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    _, _, reason = line.rpartition("failed: ")
    return (reason or line)[:_LONGEST_REASON]
