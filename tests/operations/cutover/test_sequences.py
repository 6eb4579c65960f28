"""Sequences of one database are set beyond those of the other."""

from __future__ import annotations

import pytest

from shared.operations.cutover import sequences
from shared.operations.cutover.database import Database, DatabaseError


def make(statement: str, *databases: Database) -> None:
    for database in databases:
        database.do(statement)


def test_the_next_number_is_beyond_the_last_one_and_twice_is_as_once(source: Database, target: Database):
    make('CREATE SEQUENCE public."Receipts"', source, target)
    make("CREATE SEQUENCE down INCREMENT -2", source, target)
    make("CREATE SEQUENCE untouched", source, target)
    for _ in range(5):
        source.value("SELECT nextval('\"Receipts\"')")
        source.value("SELECT nextval('down')")
    lines = sequences.carry(source, target, ("public",), 10)
    assert lines == [
        "public.Receipts goes on after 15",
        "public.down goes on after -29",
        "public.untouched goes on after 11",
    ]
    assert target.value("SELECT nextval('\"Receipts\"')") == 16
    assert target.value("SELECT nextval('down')") == -31
    assert sequences.carry(source, target, ("public",), 10) == []


def test_a_sequence_that_is_ahead_stays(source: Database, target: Database):
    make("CREATE SEQUENCE a", source, target)
    target.value("SELECT setval('a', 500)")
    assert sequences.carry(source, target, ("public",), 10) == []
    assert target.value("SELECT nextval('a')") == 501


def test_nothing_is_set_when_one_is_missing_or_full(source: Database, target: Database):
    make("CREATE SEQUENCE fine", source, target)
    make("CREATE SEQUENCE full_one MAXVALUE 20", source, target)
    make("CREATE SEQUENCE only_here", source)
    with pytest.raises(DatabaseError) as caught:
        sequences.carry(source, target, ("public",), 100)
    assert "there is no sequence public.only_here" in str(caught.value)
    assert "the sequence public.full_one has no room for 100 steps after 1" in str(caught.value)
    assert target.value("SELECT nextval('fine')") == 1


def test_a_sequence_that_begins_anew_is_left_where_it_has_no_room(source: Database, target: Database):
    make("CREATE SEQUENCE ring MAXVALUE 20 CYCLE", source, target)
    assert sequences.carry(source, target, ("public",), 100) == []


@pytest.mark.parametrize(
    ("step", "last", "least", "most", "used"),
    [(1, 91, 1, 101, 0.9), (-1, -91, -101, -1, 0.9), (1, 5, 5, 5, 1.0)],
)
def test_how_much_of_a_sequence_is_used_up(step: int, last: int, least: int, most: int, used: float):
    sequence = sequences.Sequence(
        schema="public", name="a", last=last, called=True, step=step, least=least, most=most, cycles=False
    )
    assert sequence.used == pytest.approx(used)
