"""A name server answers for the zones of the embedded Route 53, and for hosts whose addresses it knows."""

import socket

import pytest
from dnslib import DNSRecord

from shared.rehearsal.names import HOST, NameServer
from shared.rehearsal.resolver import NoAddressError, Resolver

NAME, LEADS_TO = "db.payments.example.com", "Server.corp.example.net"


class Zones:
    """What the embedded Route 53 says."""

    def __init__(self):
        self.asked = []
        self.known = {NAME: {"type": "CNAME", "values": [f"{LEADS_TO}."], "ttl": 60}}

    def __call__(self, name, kind):
        self.asked.append((name, kind))
        if name not in self.known:
            return {"type": None, "values": [], "ttl": None}
        if isinstance(self.known[name], Exception):
            raise self.known[name]
        return self.known[name]


@pytest.fixture
def zones():
    return Zones()


@pytest.fixture
def server(zones):
    with NameServer({LEADS_TO: "127.0.0.2"}, zones) as opened:
        yield opened


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_name_is_followed_to_an_address_and_its_shortest_ttl(server):
    assert Resolver(server.port).ask(NAME) == ("127.0.0.2", 5)


def test_an_answer_is_kept_for_its_ttl(server, zones):
    clock = Clock()
    resolver = Resolver(server.port, ttl_scale=2.0, clock=clock)
    assert resolver.lookup(NAME) == "127.0.0.2"
    assert len(zones.asked) == 1
    clock.now += 9.9
    resolver.lookup(NAME)
    assert len(zones.asked) == 1
    clock.now += 0.2
    resolver.lookup(NAME)
    assert len(zones.asked) == 2


def test_what_does_not_exist_has_no_address(server):
    with pytest.raises(NoAddressError, match="NXDOMAIN"):
        Resolver(server.port).lookup("other.example.com")


def test_who_cannot_ask_route_53_says_so(server, zones):
    for error in (OSError("gone"), ValueError("no such policy")):
        zones.known[NAME] = error
        with pytest.raises(NoAddressError, match="NoNameservers"):
            Resolver(server.port).ask(NAME)


def test_an_address_in_a_zone_is_an_answer_and_an_alias_has_a_ttl(server, zones):
    zones.known["plain.example.com"] = {"type": "A", "values": ["127.0.0.9"], "ttl": None}
    assert Resolver(server.port).ask("plain.example.com") == ("127.0.0.9", 5)


def test_names_that_lead_to_each_other_have_an_end(server, zones):
    zones.known["one.example.com"] = {"type": "CNAME", "values": ["two.example.com"], "ttl": 1}
    zones.known["two.example.com"] = {"type": "CNAME", "values": ["one.example.com"], "ttl": 1}
    assert [one.value for one in server.records("one.example.com")] == [
        "two.example.com",
        "one.example.com",
        "two.example.com",
    ]


def test_another_kind_of_question_has_an_empty_answer(server):
    answer = DNSRecord.parse(server.answer(DNSRecord.question(NAME, "TXT").pack()))
    assert answer.header.rcode == 0
    assert answer.rr == []


def test_what_is_no_question_has_no_answer(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.sendto(b"nonsense", (HOST, server.port))
        with pytest.raises(TimeoutError):
            client.recv(512)
    assert Resolver(server.port).lookup(NAME) == "127.0.0.2"
