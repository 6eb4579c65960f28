"""The whole way by hand, while customers pay: over, back, and over again."""

import time

from shared.rehearsal.cutover import bank, counting, pauses
from shared.rehearsal.databases.pair import AURORA, ON_PREMISES
from tests.rehearsal.cutover import way
from tests.rehearsal.waiting import until


def paid_at(customers, place, *, since=0):
    return until(lambda: [one for one in list(customers.receipts.values()) if one.place == place][since:])


def all_know_the_way(customers, place, *, since):
    """Nobody's resolver keeps another answer any more."""
    until(
        lambda: (
            {one.writer for one in customers.paid(since=since) if one.place == place}
            == set(range(customers.writers))
        )
    )


def counted(customers, connection):
    return counting.count(connection, list(customers.receipts), customers.name)


def test_over_and_back_and_over_again_loses_nothing(miniature, aws):
    miniature.build(payments=500)
    with way.paying(miniature, aws) as customers:
        miniature.load()
        miniature.until_valid()
        miniature.latency()
        assert way.cut_over(miniature)["done"]
        assert miniature.weights == (0, 100)
        paid_at(customers, AURORA)
        assert way.roll_back(miniature)["done"]
        assert miniature.weights == (100, 0)
        all_know_the_way(customers, ON_PREMISES, since=time.monotonic())
        way.load_again(miniature)
        miniature.until_valid()
        aurora = len(paid_at(customers, AURORA))
        assert way.cut_over(miniature)["done"]
        paid_at(customers, AURORA, since=aurora)
    with miniature.on_premises() as source, miniature.aurora() as target:
        found = counted(customers, target)
        assert (found.lost, found.doubled, found.existing) == ((), (), 500)
        assert found.right
        until(lambda: bank.sums(source) == bank.sums(target))
    pause = pauses.measure(customers.paid())
    assert 0 < pause.over_all.seconds <= pause.of_one.seconds < 60
    assert any("permission denied" in said for said in customers.failures)


def test_without_draining_payments_are_lost(miniature, aws):
    miniature.build(payments=100)
    with way.paying(miniature, aws) as customers:
        miniature.load()
        miniature.until_valid()
        miniature.latency()
        miniature.stop("forward")
        before = len(customers.receipts)
        until(lambda: len(customers.receipts) > before + 20)
        way.freeze(miniature, miniature.both.on_premises)
        miniature.start("reverse")
        assert way.invoke(miniature, "cutover", "drained")["done"]
        paid_at(customers, AURORA)
    with miniature.aurora() as target:
        found = counted(customers, target)
    assert found.lost
    assert not found.right
