"""Customers pay where the name leads to, and try again with the same key."""

import pytest

from shared.rehearsal.cutover import bank, counting
from shared.rehearsal.cutover.customers import Customers, Way
from shared.rehearsal.databases.pair import APPLICATION, AURORA, ON_PREMISES
from shared.rehearsal.names import NameServer
from tests.cutover_miniature import anew
from tests.rehearsal.waiting import until

NAME = "db.payments.example.com"


class Zones:
    leads_to = "here"

    def __call__(self, name, _kind):
        values = [self.leads_to] if name == NAME and self.leads_to else []
        return {"type": "CNAME", "values": values, "ttl": 0}


@pytest.fixture
def zones():
    return Zones()


@pytest.fixture
def way(both, zones):
    anew(both)
    bank.build(both, payments=5)
    with both.aurora.connect(both.database) as connection:
        connection.execute("INSERT INTO accounts (id) SELECT generate_series(1, %s)", [bank.ACCOUNTS])
    with NameServer({"here": ON_PREMISES, "there": AURORA}, zones) as server:
        yield Way(
            name=NAME,
            port=both.port,
            database=both.database,
            username=APPLICATION,
            password=both.passwords[APPLICATION],
            authority=None,
            resolver_port=server.port,
        )


def test_they_pay_and_know_what_they_were_told(both, way):
    with Customers(way, writers=2, pause=0.005) as customers:
        until(lambda: len(customers.receipts) > 20)
    paid = customers.paid()
    assert {one.place for one in paid} == {ON_PREMISES}
    assert {one.writer for one in paid} == {0, 1}
    assert [one.at for one in paid] == sorted(one.at for one in paid)
    assert customers.paid(since=paid[-1].at) == paid[-1:]
    with both.on_premises.connect(both.database) as connection:
        found = counting.count(connection, list(customers.receipts), customers.name)
    assert found.right
    assert found.there == len(paid)


def test_they_go_where_the_name_leads_to(way, zones):
    with Customers(way, writers=1, pause=0.005) as customers:
        customers.pace(0.5)
        until(lambda: customers.receipts)
        zones.leads_to = "there"
        until(lambda: customers.paid()[-1].place == AURORA)
        zones.leads_to = ""
        until(lambda: customers.failures)
        assert "NXDOMAIN" in next(iter(customers.failures))
        zones.leads_to = "here"
        before = len(customers.receipts)
        until(lambda: len(customers.receipts) > before)
        assert max(one.tries for one in customers.paid()) > 1
        customers.leave()
        customers.leave()


def test_who_leaves_does_not_wait_for_an_answer(way, zones):
    zones.leads_to = ""
    with Customers(way, writers=1, pause=0.001) as customers:
        until(lambda: customers.failures)
    assert not customers.receipts
