"""What was acknowledged is there once, and the pause is the longest time without it."""

import pytest

from shared.rehearsal.cutover import bank, counting, pauses
from shared.rehearsal.cutover.customers import Receipt
from tests.cutover_miniature import anew


@pytest.fixture(scope="module")
def built(both):
    anew(both)
    bank.build(both, payments=10)
    return both


@pytest.fixture
def connection(built):
    with built.on_premises.connect(built.database) as opened:
        opened.execute("BEGIN")
        yield opened
        opened.execute("ROLLBACK")


def test_every_payment_that_was_acknowledged_is_counted(connection):
    bank.pay(connection, "mine-1", 1, 10)
    bank.pay(connection, "mine-2", 2, 20)
    found = counting.count(connection, ["mine-1"], "mine")
    assert (found.acknowledged, found.there, found.unheard, found.existing) == (1, 1, 1, 10)
    assert found.right


def test_what_is_not_there_is_lost(connection):
    bank.pay(connection, "mine-1", 1, 10)
    found = counting.count(connection, ["mine-1", "mine-2"], "mine")
    assert found.lost == ("mine-2",)
    assert not found.right


def test_what_is_there_twice_is_doubled(connection):
    for _ in range(2):
        connection.execute("INSERT INTO payments (key, account, amount) VALUES ('mine-1', 1, 1)")
    found = counting.count(connection, ["mine-1"], "mine")
    assert found.doubled == ("mine-1",)
    assert not found.right


def test_what_is_there_in_part_does_not_fit(connection):
    connection.execute("INSERT INTO payments (key, account, amount) VALUES ('mine-1', 1, 1)")
    assert not counting.count(connection, [], "mine").right


def test_a_payment_is_made_once(connection):
    first = bank.pay(connection, "mine-1", 1, 10)
    assert bank.pay(connection, "mine-1", 1, 10) == first
    assert bank.sums(connection).payments == 11


def receipt(writer, at):
    return Receipt(writer=writer, place="127.0.0.2", at=at, seconds=0.1, tries=1)


def test_the_longest_time_between_two_is_the_pause_of_all_and_of_one():
    told = ((0, 1.0), (1, 2.0), (0, 6.0), (1, 4.0), (2, 5.0))
    found = pauses.measure([receipt(*one) for one in told])
    assert (found.over_all.began, found.over_all.seconds) == (2.0, 2.0)
    assert (found.of_one.began, found.of_one.seconds) == (1.0, 5.0)
    assert set(found.by_writer) == {0, 1}


@pytest.mark.parametrize("told", [(), ((0, 1.0),)])
def test_fewer_than_two_have_no_pause(told):
    found = pauses.measure([receipt(*one) for one in told])
    assert (found.over_all, found.of_one) == (None, None)
