"""One question to the resolver of this machine: which name servers a zone has (RFC 1035).

The standard library resolves addresses only. The answer of four name servers fits into one datagram;
one that does not is an answer that cannot be read, which is said.
"""

from __future__ import annotations

import secrets
import socket
import struct
from pathlib import Path

CONFIGURATION = Path("/etc/resolv.conf")
_PORT = 53
_SECONDS = 3.0
_TRIES = 2
_DATAGRAM = 4096
_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_NS, _IN = 2, 1
#: Recursion desired; in the answer: truncated, and the result's code.
_ASK, _TRUNCATED, _CODE = 0x0100, 0x0200, 0x000F
_NAME_ERROR = 3
_POINTER = 0xC0


class NoAnswerError(Exception):
    """Nobody answered, or nobody who knows; the message says who was asked."""


def name_servers(zone: str, *, servers: list[tuple[str, int]] | None = None) -> frozenset[str]:
    """Return the zone's name servers, in small letters without the dot at the end; none: no such zone.

    `servers` are address and port of resolvers (default: this machine's). Raises NoAnswerError.
    """
    asked = resolvers() if servers is None else servers
    failures = []
    for server in asked * _TRIES:
        try:
            return _ask(zone, server)
        except (OSError, ValueError, IndexError, struct.error) as error:
            failures.append(f"{server[0]}: {error}")
    raise NoAnswerError("; ".join(dict.fromkeys(failures)) or f"{CONFIGURATION} names no resolver")


def resolvers() -> list[tuple[str, int]]:
    """Return the resolvers of this machine."""
    try:
        lines = [line.split() for line in CONFIGURATION.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []
    return [(words[1], _PORT) for words in lines if words[:1] == ["nameserver"] and len(words) > 1]


def _ask(zone: str, server: tuple[str, int]) -> frozenset[str]:
    number = secrets.randbelow(1 << 16)
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as talk:
        talk.settimeout(_SECONDS)
        # from now on nobody else's datagrams are taken
        talk.connect(server)
        talk.send(_question(number, zone))
        return _answer(number, talk.recv(_DATAGRAM))


def _question(number: int, zone: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in zone.strip(".").split("."))
    return _HEADER.pack(number, _ASK, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", _NS, _IN)


def _answer(number: int, message: bytes) -> frozenset[str]:
    found, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
    if found != number or flags & _TRUNCATED:
        raise ValueError("the answer is not whole, or not to this question")
    code = flags & _CODE
    if code == _NAME_ERROR:
        return frozenset()
    if code:
        raise ValueError(f"it answers with the code {code}")
    place = _HEADER.size
    for _ in range(questions):
        place = _name(message, place)[1] + 4
    servers = set()
    for _ in range(answers):
        place = _name(message, place)[1]
        kind, _, _, length = _RECORD.unpack_from(message, place)
        place += _RECORD.size
        if kind == _NS:
            servers.add(_name(message, place)[0].lower())
        place += length
    return frozenset(servers)


def _name(message: bytes, place: int) -> tuple[str, int]:
    """Return the name at a place, and the place after it; names may end with a pointer to another."""
    labels: list[str] = []
    after = 0
    seen = set()
    while message[place]:
        length = message[place]
        if length >= _POINTER:
            after = after or place + 2
            place = struct.unpack_from("!H", message, place)[0] & ~(_POINTER << 8)
            if place in seen:
                raise ValueError("its names point at each other")
            seen.add(place)
            continue
        labels.append(message[place + 1 : place + 1 + length].decode("ascii"))
        place += 1 + length
    return ".".join(labels), after or place + 1
