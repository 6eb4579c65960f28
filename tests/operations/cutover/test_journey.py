"""The whole way, there and back, on two databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.operations.cutover import finish, replicate, rollback
from shared.rehearsal.cutover import bank
from tests.operations.cutover.platform import Platform


@contextmanager
def process_list() -> Iterator[set[str]]:
    """Collect what a list of all processes shows meanwhile, as long as it is open."""
    seen: set[str] = set()
    closed = threading.Event()

    def look() -> None:
        while not closed.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):  # it has ended
                    seen.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        closed.set()
        looking.join()


def test_a_cutover_goes_there_and_back_and_there_again(loaded: Platform):
    assessment = loaded.assess()
    assert [f"{one.code}: {one.what}" for one in assessment.blocking()] == []
    result = loaded.cut_over()
    assert (result.outcome, result.exit_code) == ("cut-over", 0), (result.said, loaded.shown)
    assert loaded.weights == (0, 100)
    with loaded.aurora("payments_app") as aurora:
        made = bank.pay(aurora, "new-1", 1, 5)
        assert made > 1200
        with loaded.on_premises() as source:
            assert bank.sums(source).whole
    result = rollback.run(loaded.operator())
    assert (result.outcome, result.exit_code) == ("rolled-back", 0), (result.said, loaded.shown)
    assert loaded.weights == (100, 0)
    with loaded.on_premises("payments_app") as source:
        assert bank.pay(source, "new-1", 1, 5) == made
        assert bank.pay(source, "new-2", 1, 5) > made + 1000
    result = replicate.run(loaded.operator(), again=True)
    assert (result.outcome, result.exit_code) == ("replicating", 0), (result.said, loaded.shown)
    loaded.latency()
    result = loaded.cut_over()
    assert (result.outcome, result.exit_code) == ("cut-over", 0), (result.said, loaded.shown)
    with loaded.aurora("payments_app") as aurora:
        bank.pay(aurora, "new-3", 1, 5)
        assert bank.sums(aurora).payments == 203
    result = finish.run(loaded.operator(), no_way_back=True)
    assert (result.outcome, result.exit_code) == ("finished", 0), (result.said, loaded.shown)
    with loaded.aurora() as aurora:
        [(left,)] = aurora.execute("SELECT slot_name FROM pg_replication_slots WHERE NOT active").fetchall()
    assert f"Aurora: nobody reads the slot {left} any more" in loaded.shown


def test_no_password_is_in_the_process_list(loaded: Platform):
    with process_list() as seen:
        assert loaded.cut_over().outcome == "cut-over"
        assert rollback.run(loaded.operator()).outcome == "rolled-back"
    assert any("postgres: dms payments" in line for line in seen)
    assert [line for line in seen if any(one in line for one in loaded.both.passwords.values())] == []
