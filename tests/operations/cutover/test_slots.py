"""What is said of slots that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from shared.operations.cutover import slots
from shared.operations.cutover.database import Database, connected
from shared.operations.cutover.facts import AURORA
from shared.operations.cutover.logins import Login


class Work:
    """Two logins, and who watches."""

    def __init__(self, pair: dict[str, Login]) -> None:
        self.pair = pair
        self.said: list[str] = []

    def database(self, side: str) -> AbstractContextManager[Database]:
        return connected(self.pair[side])

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


@pytest.fixture
def slot(target: Database) -> Iterator[str]:
    target.rows("SELECT pg_create_logical_replication_slot('dms_left', 'pgoutput')")
    yield "dms_left"
    target.rows("SELECT pg_drop_replication_slot('dms_left')")


def test_a_slot_that_nobody_reads_is_named_with_what_it_costs(
    pair: dict[str, Login], target: Database, slot: str
):
    target.do("CREATE TABLE much (t text)")
    target.do("INSERT INTO much SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
    [found] = slots.unread(target)
    assert found.name == slot
    assert 3 < found.megabytes < 30
    work = Work(pair)
    slots.tell(work)
    [said] = work.said
    assert re.match(r"Aurora: nobody reads the slot dms_left any more, and \d+\.\d MB of the log", said)
    assert said.endswith("SELECT pg_drop_replication_slot('dms_left')")


def test_a_database_that_does_not_answer_is_named(pair: dict[str, Login]):
    work = Work(pair | {AURORA: replace(pair[AURORA], port=1)})
    slots.tell(work)
    [said] = work.said
    assert said.startswith("Aurora: whether slots are left is not known: ")
