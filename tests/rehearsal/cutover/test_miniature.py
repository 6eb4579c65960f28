"""The whole way by hand, over DMS's API: load, follow, freeze, drain, change over, and back."""

from shared.rehearsal.cutover import bank
from tests.rehearsal.waiting import until


def test_everything_is_loaded_and_every_change_follows(miniature):
    miniature.build(payments=500)
    with miniature.on_premises() as source, miniature.aurora() as target:
        miniature.load()
        bank.pay(source, "first", 1, 10)
        source.execute("UPDATE payments SET amount = 7 WHERE key = 'old-000000007'")
        source.execute("DELETE FROM entries WHERE payment = 9")
        until(lambda: bank.sums(target) == bank.sums(source))
        miniature.until_valid()
        assert target.execute("SELECT amount FROM payments WHERE key = 'old-000000007'").fetchone() == (7,)
    tables = miniature.tables()
    assert tables["public.payments"]["FullLoadRows"] == 500
    assert tables["public.payments"]["TableState"] == "Table completed"
    assert miniature.task("forward")["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100
