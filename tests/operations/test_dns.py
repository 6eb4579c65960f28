"""Against a resolver of our own, whose answers are written byte by byte (RFC 1035, 4.1)."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.operations.migration import dns

ZONE = "payments.example.com"


@contextmanager
def resolver(
    answer: Callable[[bytes], bytes | None], family: int = socket.AF_INET
) -> Iterator[tuple[str, int]]:
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family, socket.SOCK_DGRAM) as serving:
        serving.bind((host, 0))
        serving.settimeout(5)

        def serve() -> None:
            while True:
                try:
                    message, who = serving.recvfrom(4096)
                except OSError:
                    return
                if message == b"end":
                    return
                said = answer(message)
                if said is not None:
                    serving.sendto(said, who)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield host, serving.getsockname()[1]
        with socket.socket(family, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", serving.getsockname())
        thread.join()


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def record(kind: int, data: bytes) -> bytes:
    # the owner is a pointer to the question's name
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 300, len(data)) + data


def reply(question: bytes, *records: bytes, flags: int = 0x8180) -> bytes:
    return (
        question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + question[12:] + b"".join(records)
    )


def ask(answer: Callable[[bytes], bytes | None]) -> frozenset[str]:
    with resolver(answer) as server:
        return dns.name_servers(ZONE, servers=[server])


def test_the_question_is_for_the_name_servers_of_the_zone() -> None:
    asked: list[bytes] = []

    def answer(question: bytes) -> bytes:
        asked.append(question)
        return reply(question)

    assert ask(answer) == frozenset()
    assert asked[0][2:] == struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + name(ZONE) + struct.pack("!HH", 2, 1)


def test_name_servers_are_read_whole_and_by_pointers() -> None:
    # "ns2." and a pointer to "example.com", which begins 9 bytes into the question's name at 12
    pointed = b"\x03ns2" + struct.pack("!H", 0xC000 | (12 + 9))
    other = record(5, name("cname.example"))

    found = ask(lambda q: reply(q, record(2, name("NS1.AwsDns.ORG")), other, record(2, pointed)))

    assert found == {"ns1.awsdns.org", "ns2.example.com"}


def test_a_zone_that_does_not_exist_has_none() -> None:
    assert ask(lambda question: reply(question, flags=0x8183)) == frozenset()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda q: reply(q, flags=0x8182), "it answers with the code 2"),
        (lambda q: reply(q, flags=0x8380), "the answer is not whole"),
        (lambda q: bytes([q[0] ^ 1]) + reply(q)[1:], "not to this question"),
        (lambda q: reply(q, record(2, b"\xc0" + bytes([12 + len(name(ZONE)) + 16]))), "point at each other"),
        (lambda q: reply(q)[:12] + b"\x3f", "index out of range"),
        (lambda _: b"short", "unpack"),
    ],
)
def test_an_answer_that_cannot_be_read_is_none(answer: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(dns.NoAnswerError, match=said):
        ask(answer)


def test_a_resolver_that_is_silent_is_asked_twice_and_then_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "_SECONDS", 0.2)
    asked: list[bytes] = []
    with (
        resolver(asked.append) as silent,
        resolver(lambda question: reply(question, record(2, name("ns1.example.com")))) as other,
    ):
        assert dns.name_servers(ZONE, servers=[silent, other]) == {"ns1.example.com"}
        with pytest.raises(dns.NoAnswerError, match="timed out"):
            dns.name_servers(ZONE, servers=[silent])
    assert len(asked) == 3


def test_a_resolver_may_have_an_address_of_version_6() -> None:
    with resolver(
        lambda question: reply(question, record(2, name("ns1.example.com"))), socket.AF_INET6
    ) as server:
        assert dns.name_servers(ZONE, servers=[server]) == {"ns1.example.com"}


def test_the_resolvers_are_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "resolv.conf"
    monkeypatch.setattr(dns, "CONFIGURATION", configuration)
    assert dns.resolvers() == []
    with pytest.raises(dns.NoAnswerError, match="names no resolver"):
        dns.name_servers(ZONE)
    configuration.write_text(
        "# local\nsearch example.com\nnameserver\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n"
    )
    assert dns.resolvers() == [("192.0.2.1", 53), ("2001:db8::1", 53)]
