"""A client's view of names: an answer is kept for its TTL, then asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.exception
import dns.resolver

from shared.rehearsal.names import HOST

_SECONDS = 2.0


class NoAddressError(Exception):
    """A name has no address, or nobody answered."""


@dataclass
class Resolver:
    """Asks the name server at a port of 127.0.0.1."""

    port: int
    ttl_scale: float = 1.0
    """What a second of a TTL lasts."""
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[str, float]] = field(default_factory=dict)

    def lookup(self, name: str) -> str:
        """Return the address of a name. Raises NoAddressError."""
        address, until = self._kept.get(name, ("", 0.0))
        if address and self.clock() < until:
            return address
        address, ttl = self.ask(name)
        self._kept[name] = (address, self.clock() + ttl * self.ttl_scale)
        return address

    def ask(self, name: str) -> tuple[str, int]:
        """Return the address and the shortest TTL on the way to it, asked for now. Raises NoAddressError."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = [HOST], self.port, _SECONDS
        try:
            answer = resolver.resolve(name, "A")
        except dns.exception.DNSException as error:
            raise NoAddressError(f"{name}: {type(error).__name__}") from None
        ttl = min(int(one.ttl) for one in answer.response.answer)
        return str(answer[0]), ttl
