"""A name server on 127.0.0.1: clients of a rehearsal ask it, as they ask for names anywhere.

It answers for the zones of the embedded Route 53, by its rules (a record of weight 0 is never given), and
for a few hosts whose addresses it is told. An alias or a CNAME is followed, and both records are in the
answer.

    with NameServer({"payments-db.corp.example.net": "127.0.0.2"}, controls.dns) as names:
        Resolver(names.port).lookup("db.migration-db1234.payments.example.com")
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from dnslib import CNAME, QTYPE, RCODE, RR, A, DNSRecord

HOST = "127.0.0.1"
#: Seconds that the address of a host may be kept: as Aurora's own endpoints have it.
HOST_TTL = 5

Asked = Callable[[str, str], Mapping[str, Any]]
"""Takes a name and a type, returns the embedded Route 53's answer (`extensions/dns_answers.py`)."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One line of an answer."""

    name: str
    kind: str
    """`A` or `CNAME`."""
    value: str
    ttl: int


class NameServer:
    """Answers over UDP while it is open."""

    def __init__(self, hosts: Mapping[str, str], zones: Asked) -> None:
        """`hosts`: name -> address. `zones`: who is asked for every other name."""
        self._hosts = {name.rstrip(".").lower(): address for name, address in hosts.items()}
        self._zones = zones
        self._server = socketserver.ThreadingUDPServer((HOST, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="names", daemon=True)

    @property
    def port(self) -> int:
        """Return where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def records(self, name: str) -> list[Record]:
        """Return the answer to a question for an address; empty: there is no such name.

        Raises OSError and ValueError when the embedded AWS does not answer.
        """
        return list(self._follow(name.rstrip(".").lower(), seen=()))

    def _follow(self, name: str, seen: tuple[str, ...]) -> Iterator[Record]:
        if name in self._hosts:
            yield Record(name=name, kind="A", value=self._hosts[name], ttl=HOST_TTL)
            return
        answer = self._zones(name, "A")
        for value in answer["values"]:
            kind, ttl = str(answer["type"]), int(answer["ttl"] or HOST_TTL)
            yield Record(name=name, kind=kind, value=str(value).rstrip("."), ttl=ttl)
            if kind == "CNAME" and value not in seen:
                yield from self._follow(str(value).rstrip(".").lower(), (*seen, str(value)))

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        server = self

        class Handler(socketserver.BaseRequestHandler):
            """Answers one question."""

            def handle(self) -> None:
                """Read the question and send the answer; what is no question gets none."""
                packet, socket = self.request
                answer = server.answer(packet)
                if answer:
                    socket.sendto(answer, self.client_address)

        return Handler

    def answer(self, packet: bytes) -> bytes:
        """Return the packet that answers this one; nothing for one that cannot be read."""
        try:
            asked = DNSRecord.parse(packet)
        except Exception:  # noqa: BLE001 - whatever dnslib makes of bytes that are no question
            return b""
        reply = asked.reply(aa=1, ra=0)
        try:
            found = self.records(str(asked.q.qname))
        except (OSError, ValueError):
            reply.header.rcode = RCODE.SERVFAIL
            return bytes(reply.pack())
        if not found:
            reply.header.rcode = RCODE.NXDOMAIN
        if QTYPE[asked.q.qtype] in {"A", "CNAME", "ANY"}:
            for one in found:
                data = A(one.value) if one.kind == "A" else CNAME(one.value)
                reply.add_answer(RR(one.name, getattr(QTYPE, one.kind), rdata=data, ttl=one.ttl))
        return bytes(reply.pack())
